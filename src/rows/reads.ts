/** What a view and a transaction read alike: rows of the store and rows of a bucket, opened. */
import { assert } from '../base/refusal.ts';
import { DataKey } from '../crypto/data-key.ts';
import type { SecretKey } from '../crypto/secret-key.ts';
import type { Reader } from '../engines/metadata.ts';
import type { KeySchedule } from '../keys/key-schedule.ts';
import type { BucketConfigKind } from './bucket-config-row.ts';
import { bucketRow } from './bucket-row.ts';
import { directoryRow } from './directory-row.ts';
import { directoryShard } from './keyspace.ts';
import { type ManifestPart, decodeManifest, manifestCode, manifestKey } from './manifest-row.ts';
import { type PayloadOwner, encodeOwner, payloadCode, payloadKey } from './payload-row.ts';
import type { BucketRowKind, StoreRowKind } from './row-kind.ts';
import { type DataRow, type OpenBucket, type RowSeals, missing, naming } from './row-seals.ts';
import type {
  BucketReads,
  DataKeyPlace,
  Row,
  RowRange,
  SealedPayload,
  StoreReads,
} from './rows.ts';
import type { StoredDataKey } from './wrapped-key-body.ts';

/** The keys in force while a view or an attempt lasts. */
export interface Sealing {
  readonly schedule: KeySchedule;
  readonly seals: RowSeals;
}

/** Bucket name → the id (16 bytes) of the bucket that was decided about. */
export type DecidedBuckets = ReadonlyMap<string, Uint8Array>;

const noneDecided: DecidedBuckets = new Map();

export class ReadRows implements StoreReads {
  protected readonly sealing: Sealing;
  protected readonly reader: Reader;
  readonly #decided: DecidedBuckets;
  /** By name; undefined where there is none. */
  protected readonly buckets = new Map<string, OpenBucket | undefined>();

  constructor(sealing: Sealing, reader: Reader, decided: DecidedBuckets = noneDecided) {
    this.sealing = sealing;
    this.reader = reader;
    this.#decided = decided;
  }

  async get<K, V>(kind: StoreRowKind<K, V>, key: K): Promise<V | undefined> {
    const rowKey = kind.encodeKey(key);
    const value = await this.reader.get(rowKey);
    if (value !== undefined) return this.sealing.seals.open(kind, rowKey, value, undefined);
    if (kind.directoryName === undefined) return undefined;
    const name = kind.directoryName(key);
    const names = await this.get(directoryRow, directoryShard(name));
    if (names?.has(name) === true) throw missing({ kind: kind.name, rowKey, bucket: undefined });
    return undefined;
  }

  async range<K, V>(kind: StoreRowKind<K, V>, query: RowRange): Promise<readonly Row<K, V>[]> {
    const entries = await this.reader.range(query);
    return entries.map(({ key, value }) => ({
      key: kind.decodeKey(key),
      value: this.sealing.seals.open(kind, key, value, undefined),
    }));
  }

  async bucket(name: string): Promise<OpenBucket | undefined> {
    const known = this.buckets.get(name);
    if (known !== undefined) return known;
    const row = await this.get(bucketRow, name);
    if (row === undefined) return undefined;
    const wrapped = row.secret;
    if (wrapped === undefined) {
      // Shredded: what this process knew of the bucket's keys goes too.
      this.sealing.schedule.forgetBucket(row.id);
      return undefined;
    }
    const decided = this.#decided.get(name);
    // The name was given again, to another bucket: to who was let into the first there is none.
    if (decided !== undefined && Buffer.compare(decided, row.id) !== 0) return undefined;
    const secret = naming(
      { kind: 'bucket', rowKey: bucketRow.encodeKey(name), bucket: undefined, value: undefined },
      () => this.sealing.schedule.bucketSecret(row.id, wrapped),
    );
    const bucket = { name, row, secret };
    this.buckets.set(name, bucket);
    return bucket;
  }

  /** Only what was opened in this view or attempt: another may hold another row. */
  protected assertOpened(bucket: OpenBucket): void {
    const own = this.buckets.get(bucket.name) === bucket;
    assert(own, 'a bucket was used outside the view or transaction that opened it');
  }
}

export class ReadBucket implements BucketReads {
  protected readonly sealing: Sealing;
  protected readonly reader: Reader;
  protected readonly bucket: OpenBucket;

  constructor(sealing: Sealing, reader: Reader, bucket: OpenBucket) {
    this.sealing = sealing;
    this.reader = reader;
    this.bucket = bucket;
  }

  async get<K, V>(kind: BucketRowKind<K, V>, key: K): Promise<V | undefined> {
    const rowKey = kind.encodeKey(this.bucket.row.id, key);
    const value = await this.reader.get(rowKey);
    return value && this.sealing.seals.open(kind, rowKey, value, this.bucket);
  }

  async range<K, V>(kind: BucketRowKind<K, V>, query: RowRange): Promise<readonly Row<K, V>[]> {
    const entries = await this.reader.range(query);
    return entries.map(({ key, value }) => ({
      key: kind.decodeKey(key),
      value: this.sealing.seals.open(kind, key, value, this.bucket),
    }));
  }

  async config<V>(kind: BucketConfigKind<V>): Promise<V | undefined> {
    if (!this.bucket.row.configs.includes(kind.config)) return undefined;
    const value = await this.get(kind, undefined);
    if (value !== undefined) return value;
    const rowKey = kind.encodeKey(this.bucket.row.id, undefined);
    throw missing({ kind: kind.name, rowKey, bucket: this.bucket });
  }

  openDataKey(place: DataKeyPlace, stored: StoredDataKey): DataKey {
    const known = openedDataKeys.get(stored);
    if (known !== undefined && samePlace(known.place, place)) {
      if (known.wrap === this.keysOf(stored.version).wrap) return known.dataKey;
    }
    const { bucket } = this;
    const rowKey = Buffer.from(`?${place.objectKey}`);
    const kind = `the data key in the ${place.purpose}`;
    return naming({ kind, rowKey, bucket, value: undefined }, () => {
      const { wrap } = this.keysOf(stored.version);
      const dataKey = DataKey.unwrap(wrap, this.wrapContext(place), stored);
      openedDataKeys.set(stored, { place, wrap, dataKey });
      return dataKey;
    });
  }

  async hasPayload(blobId: Uint8Array): Promise<boolean> {
    return (await this.reader.get(payloadKey(this.bucket.row.id, blobId))) !== undefined;
  }

  async payload(blobId: Uint8Array): Promise<SealedPayload> {
    const rowKey = payloadKey(this.bucket.row.id, blobId);
    const value = await this.reader.get(rowKey);
    if (value === undefined) throw missing({ kind: 'payload', rowKey, bucket: this.bucket });
    const row = (scheme: 'inline' | 'twin', owner: PayloadOwner): DataRow => {
      const clear = encodeOwner(owner);
      return { kind: 'payload', code: payloadCode, scheme, rowKey, clear };
    };
    const { seals } = this.sealing;
    const { bucket } = this;
    return {
      inline: (dataKey, owner) => {
        const key = (): ReturnType<DataKey['payloadKey']> => dataKey.payloadKey(blobId);
        return seals.openData(row('inline', owner), value, bucket, key);
      },
      twin: (dataKey, owner) => {
        seals.openData(row('twin', owner), value, bucket, () => dataKey.twinKey(blobId));
      },
    };
  }

  async manifest(
    versionId: Uint8Array,
    page: number,
    dataKey: DataKey,
  ): Promise<readonly ManifestPart[]> {
    const rowKey = manifestKey(this.bucket.row.id, versionId, page);
    const { bucket } = this;
    const value = await this.reader.get(rowKey);
    if (value === undefined) throw missing({ kind: 'manifest', rowKey, bucket });
    const row = { kind: 'manifest', code: manifestCode, scheme: 'manifest', rowKey } as const;
    const body = this.sealing.seals.openData(row, value, bucket, () => dataKey.manifestKey());
    return naming({ kind: 'manifest', rowKey, bucket, value }, () => decodeManifest(body));
  }

  protected keysOf(version: number): ReturnType<KeySchedule['bucketKeys']> {
    return this.sealing.schedule.bucketKeys(version, this.bucket.row.id, this.bucket.secret);
  }

  protected wrapContext(place: DataKeyPlace) {
    const { storeId } = this.sealing.schedule;
    return { ...place, storeId, bucketId: this.bucket.row.id };
  }
}

/** A data key, and what it was opened for and with. */
interface OpenedDataKey {
  readonly place: DataKeyPlace;
  readonly wrap: SecretKey;
  readonly dataKey: DataKey;
}

/**
 * Data keys beside the opened rows that hold their wraps. A kept row (row-cache.ts) is given again
 * only for the same bytes, just read from the store: so a key is used as long as its row stands
 * unchanged, and there are no more of them than kept rows. It is used only with the wrap key that
 * opened it: the bucket's row is read in the same view and its secret opened, so that a bucket
 * shredded or a master key destroyed takes the key with it.
 */
const openedDataKeys = new WeakMap<StoredDataKey, OpenedDataKey>();

function samePlace(a: DataKeyPlace, b: DataKeyPlace): boolean {
  return a.objectKey === b.objectKey && a.purpose === b.purpose && Buffer.compare(a.id, b.id) === 0;
}
