/** A `RowView` over a snapshot of the engine. */
import { encodePrefix, decodeString } from './keyspace.ts';
import type { Snapshot } from '../engines/metadata.ts';
import { type DecidedBuckets, ReadBucket, ReadRows, type Sealing } from './reads.ts';
import type { BucketRowKind } from './row-kind.ts';
import type { OpenBucket } from './row-seals.ts';
import type { BucketView, Grouped, RowView } from './rows.ts';

export class SnapshotRows extends ReadRows implements RowView {
  readonly #snapshot: Snapshot;

  constructor(sealing: Sealing, snapshot: Snapshot, decided?: DecidedBuckets) {
    super(sealing, snapshot, decided);
    this.#snapshot = snapshot;
  }

  in(bucket: OpenBucket): BucketView {
    this.assertOpened(bucket);
    return new SnapshotBucket(this.sealing, this.#snapshot, bucket);
  }

  [Symbol.dispose](): void {
    this.#snapshot[Symbol.dispose]();
  }
}

/** In front of the object key: the kind and the bucket's id. */
const keyFrontBytes = 17;

class SnapshotBucket extends ReadBucket implements BucketView {
  readonly #snapshot: Snapshot;

  constructor(sealing: Sealing, snapshot: Snapshot, bucket: OpenBucket) {
    super(sealing, snapshot, bucket);
    this.#snapshot = snapshot;
  }

  async grouped<V>(
    kind: BucketRowKind<string, V>,
    query: Parameters<BucketView['grouped']>[1],
  ): Promise<readonly Grouped<V>[]> {
    const found = await this.#snapshot.prefixes({
      start: query.start,
      end: query.end,
      limit: query.limit,
      prefixBytes: keyFrontBytes + encodePrefix(query.prefix).length,
      delimiter: encodePrefix(query.delimiter),
    });
    return found.map((result): Grouped<V> => {
      if (result.kind === 'prefix') return { kind: 'prefix', prefix: decodePrefix(result.prefix) };
      const { key, value } = result.entry;
      const opened = this.sealing.seals.open(kind, key, value, this.bucket);
      return { kind: 'row', key: kind.decodeKey(key), value: opened };
    });
  }
}

const terminator = Buffer.of(0x00, 0x01);

/** The text of a key that was cut behind a delimiter: it has lost its end. */
function decodePrefix(key: Uint8Array): string {
  return decodeString(Buffer.concat([key, terminator]), keyFrontBytes).text;
}
