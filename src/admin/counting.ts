/** What buckets hold and what protects it, counted from the inventory and the uploads, in short views. */
import { toHex } from '../base/bytes.ts';
import { type Clock, isoTime } from '../base/time.ts';
import type { InventoryEntry, InventoryPage, InventoryQuery } from '../store/inventory.ts';
import type { Store } from '../store/store.ts';
import type { BucketCounts, InventorySummary, InventorySummaryRow } from './contract.ts';
import { SharedScans } from './shared-scans.ts';

export interface CountingParts {
  readonly store: Store;
  /** A page of the inventory. */
  readonly inventory: (query: InventoryQuery) => Promise<InventoryPage>;
  readonly clock: Clock;
}

/** A bucket by name and by the id that it is meant under. */
export interface CountedBucket {
  readonly name: string;
  readonly id: Uint8Array;
}

export type SummaryQuery = Pick<InventoryQuery, 'account' | 'bucket' | 'prefix'>;

export class Counting {
  readonly #parts: CountingParts;
  readonly #buckets: SharedScans<BucketCounts>;
  readonly #summaries: SharedScans<InventorySummary>;

  constructor(parts: CountingParts) {
    this.#parts = parts;
    this.#buckets = new SharedScans(parts.clock);
    this.#summaries = new SharedScans(parts.clock);
  }

  /** As they were at most a short while ago. */
  bucket(bucket: CountedBucket): Promise<BucketCounts> {
    return this.#buckets.get(toHex(bucket.id), () => this.countNow(bucket));
  }

  async countNow({ name }: CountedBucket): Promise<BucketCounts> {
    const { clock, inventory } = this.#parts;
    const countedAt = isoTime(clock());
    const counts = { objects: 0, versions: 0, deleteMarkers: 0, bytes: 0 };
    let key: string | undefined;
    await everyEntry(inventory, { bucket: name }, (entry) => {
      if (entry.deleteMarker) counts.deleteMarkers += 1;
      else counts.versions += 1;
      counts.bytes += entry.size ?? 0;
      // Newest first: the first of a key is its latest.
      if (entry.key !== key && !entry.deleteMarker) counts.objects += 1;
      ({ key } = entry);
    });
    return { ...counts, uploads: await this.#uploads(name), countedAt };
  }

  summary(query: SummaryQuery): Promise<InventorySummary> {
    const { account = null, bucket = null, prefix = null } = query;
    const name = JSON.stringify([account, bucket, prefix]);
    return this.#summaries.get(name, () => this.#summarize(query));
  }

  async #summarize(query: SummaryQuery): Promise<InventorySummary> {
    const { clock, inventory } = this.#parts;
    const countedAt = isoTime(clock());
    const rows = new Map<
      string,
      { -readonly [M in keyof InventorySummaryRow]: InventorySummaryRow[M] }
    >();
    await everyEntry(inventory, query, ({ deleteMarker, protection, keyVersion, size }) => {
      if (deleteMarker) return;
      const name = `${keyVersion} ${protection}`;
      const row = rows.get(name) ?? { protection, keyVersion, versions: 0, bytes: 0 };
      row.versions += 1;
      row.bytes += size ?? 0;
      rows.set(name, row);
    });
    const sorted = [...rows.values()].toSorted(
      (a, b) => a.keyVersion - b.keyVersion || (a.protection < b.protection ? -1 : 1),
    );
    return { rows: sorted, countedAt };
  }

  async #uploads(bucket: string): Promise<number> {
    const { store } = this.#parts;
    let count = 0;
    let marker: { keyMarker?: string; uploadIdMarker?: string } = {};
    for (;;) {
      using view = store.view();
      const query = { bucket, prefix: '', delimiter: '', limit: 1_000, ...marker };
      const page = await store.listing.uploads(view, query);
      count += page.uploads.length;
      if (!page.truncated || page.nextKeyMarker === undefined) return count;
      marker = {
        keyMarker: page.nextKeyMarker,
        ...(page.nextUploadIdMarker === undefined
          ? {}
          : { uploadIdMarker: page.nextUploadIdMarker }),
      };
    }
  }
}

async function everyEntry(
  inventory: CountingParts['inventory'],
  query: InventoryQuery,
  each: (entry: InventoryEntry) => void,
): Promise<void> {
  let after: string | undefined;
  do {
    const page = await inventory({ ...query, after });
    for (const entry of page.entries) each(entry);
    after = page.next;
  } while (after !== undefined);
}
