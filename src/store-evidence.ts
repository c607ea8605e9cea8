/** What an auditor asks of a store: its inventory, and the proof that all of it opens. */
import type { AdminServices } from './admin/operation.ts';
import type { OpenedStore } from './open-store.ts';
import { RowInspector } from './rows/inspection.ts';
import { listInventory } from './store/inventory.ts';
import { Verifier } from './store/verify.ts';

export function storeEvidence({
  metadata,
  keys,
  blobs,
}: EvidenceSource): Pick<AdminServices, 'inventory' | 'verify'> {
  const inspector = new RowInspector({ metadata, keys });
  const verifier = new Verifier({ inspector, keys, blobs });
  return {
    inventory: (query) => listInventory(inspector, query),
    verify: (query) => verifier.page(query),
  };
}

/** Any engines will do: those of tests too. */
export type EvidenceSource = Pick<OpenedStore, 'keys' | 'blobs'> & {
  readonly metadata: ConstructorParameters<typeof RowInspector>[0]['metadata'];
};
