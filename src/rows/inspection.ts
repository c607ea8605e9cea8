/**
 * Rows for whoever looks at each one by itself: a check that goes on after one that does not open, a
 * listing of everything there is. Entries come sealed, as the engine gives them, and are opened one by
 * one. It remembers no objects, so that a walk over millions pushes out nothing that requests need.
 */
import type { Entry, Metadata, RangeQuery } from '../engines/metadata.ts';
import type { KeysInForce } from '../keys/keys-in-force.ts';
import { RowCache, cacheLimits } from './row-cache.ts';
import type { BucketRowKind, StoreRowKind } from './row-kind.ts';
import { type OpenBucket, RowSeals } from './row-seals.ts';
import type { RowView } from './rows.ts';
import { SnapshotRows } from './view.ts';

/** All reads of it see one moment of the store. Dispose it as soon as the rows are read. */
export interface Inspection extends RowView {
  /** Sealed rows of any kind, in order of their keys. */
  entries(query: RangeQuery): Promise<readonly Entry[]>;
  /** One sealed row, or undefined where there is none. */
  sealed(rowKey: Uint8Array): Promise<Uint8Array | undefined>;
  /** Opens a row of the store that was read here. `Fault('damaged')` where it does not open. */
  openStoreRow<K, V>(kind: StoreRowKind<K, V>, entry: Entry): V;
  /** Opens a row of a bucket that was opened here. */
  openBucketRow<K, V>(kind: BucketRowKind<K, V>, entry: Entry, bucket: OpenBucket): V;
}

export class RowInspector {
  readonly #metadata: Metadata;
  readonly #keys: KeysInForce;
  readonly #caches = {
    settings: new RowCache(cacheLimits.settings),
    objects: new RowCache({ rowsMax: 0, bytesMax: 0 }),
  };

  constructor(parts: { readonly metadata: Metadata; readonly keys: KeysInForce }) {
    this.#metadata = parts.metadata;
    this.#keys = parts.keys;
  }

  /** A view that sees everything acknowledged before, by any process. */
  look(): Inspection {
    // The snapshot first: the keys that open it are then never older than it.
    const snapshot = this.#metadata.snapshot();
    const { schedule } = this.#keys.newest;
    return new InspectedRows({ schedule, seals: new RowSeals(schedule, this.#caches) }, snapshot);
  }
}

class InspectedRows extends SnapshotRows implements Inspection {
  entries(query: RangeQuery): Promise<readonly Entry[]> {
    return this.reader.range(query);
  }

  sealed(rowKey: Uint8Array): Promise<Uint8Array | undefined> {
    return this.reader.get(rowKey);
  }

  openStoreRow<K, V>(kind: StoreRowKind<K, V>, { key, value }: Entry): V {
    return this.sealing.seals.open(kind, key, value, undefined);
  }

  openBucketRow<K, V>(kind: BucketRowKind<K, V>, { key, value }: Entry, bucket: OpenBucket): V {
    this.assertOpened(bucket);
    return this.sealing.seals.open(kind, key, value, bucket);
  }
}
