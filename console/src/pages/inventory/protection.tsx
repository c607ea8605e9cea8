import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { InventoryEntryReport } from '../../../../src/admin/contract.ts';

/** What was promised for an object. It is sealed either way. */
export function Protection({ of }: { readonly of: InventoryEntryReport['protection'] }) {
  return of === 'none' ? (
    <StatusIndicator type="warning">None</StatusIndicator>
  ) : (
    <StatusIndicator type="success">{of}</StatusIndicator>
  );
}
