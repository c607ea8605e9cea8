/** A `RowTransaction` over one attempt of the engine: the fence, and every way a row is written. */
import { assert } from '../base/refusal.ts';
import { generateBucketSecret, wrapBucketSecret } from '../crypto/bucket-secret.ts';
import type { DataKey } from '../crypto/data-key.ts';
import { readHeader } from '../crypto/envelope.ts';
import type { SecretKey } from '../crypto/secret-key.ts';
import type { Transaction } from '../engines/metadata.ts';
import type { KeyringReference } from '../keys/keyring-file.ts';
import { sameReference } from '../keys/keys-in-force.ts';
import type { WrapBudget } from '../keys/wrap-budget.ts';
import type { BucketConfigKind } from './bucket-config-row.ts';
import { type BucketRow, type BucketSettings, bucketRow } from './bucket-row.ts';
import { directoryRow } from './directory-row.ts';
import { decodeKeyringReference, keyringRow } from './keyring-row.ts';
import { directoryShard } from './keyspace.ts';
import { type ManifestPart, encodeManifest, manifestCode, manifestKey } from './manifest-row.ts';
import { type PayloadOwner, encodeOwner, payloadCode, payloadKey } from './payload-row.ts';
import { type DecidedBuckets, ReadBucket, ReadRows, type Sealing } from './reads.ts';
import { type Resealed, Resealer, resealRows } from './reseal.ts';
import type { BucketRowKind, StoreRowKind } from './row-kind.ts';
import type { OpenBucket } from './row-seals.ts';
import type {
  BucketTransaction,
  DataKeyPlace,
  RowTransaction,
  ShreddedRemoval,
  ShreddedStep,
} from './rows.ts';
import { shreddedRows } from './shredded-rows.ts';
import { trashRow } from './trash-row.ts';
import type { StoredDataKey } from './wrapped-key-body.ts';

export class TransactionRows extends ReadRows implements RowTransaction {
  readonly #transaction: Transaction;
  readonly #budget: WrapBudget;

  constructor(
    sealing: Sealing,
    transaction: Transaction,
    { budget, decided }: { readonly budget: WrapBudget; readonly decided?: DecidedBuckets },
  ) {
    super(sealing, transaction, decided);
    this.#transaction = transaction;
    this.#budget = budget;
  }

  /**
   * The fence: a transaction that asked commits only while this keyring stays in force. The name is
   * read in clear first: a row under a master key that is not known yet does not open.
   */
  async isInForce(reference: KeyringReference): Promise<boolean> {
    const value = await this.reader.get(keyringRow.encodeKey(undefined));
    if (value === undefined) return false;
    if (!sameReference(decodeKeyringReference(readHeader(value).clear), reference)) return false;
    this.sealing.seals.open(keyringRow, keyringRow.encodeKey(undefined), value, undefined);
    return true;
  }

  in(bucket: OpenBucket): BucketTransaction {
    this.assertOpened(bucket);
    return new TransactionBucket(this.sealing, this.#transaction, bucket, {
      budget: this.#budget,
      change: (configs) => this.changeBucket(bucket, { ...bucket.row, configs }),
    });
  }

  put<K, V>(kind: StoreRowKind<K, V>, key: K, value: V): void {
    const rowKey = kind.encodeKey(key);
    this.#transaction.put(rowKey, this.sealing.seals.seal(kind, rowKey, value, undefined));
  }

  delete<K, V>(kind: StoreRowKind<K, V>, key: K): void {
    assert(kind.directoryName === undefined, `a ${kind.name} is removed with its directory name`);
    this.#transaction.delete(kind.encodeKey(key));
  }

  async create<K, V>(kind: StoreRowKind<K, V>, key: K, value: V): Promise<void> {
    await this.#changeDirectory(nameOf(kind, key), (names, name) => names.add(name));
    this.put(kind, key, value);
  }

  async remove<K, V>(kind: StoreRowKind<K, V>, key: K): Promise<void> {
    await this.#changeDirectory(nameOf(kind, key), (names, name) => names.delete(name));
    this.#transaction.delete(kind.encodeKey(key));
  }

  async createBucket(name: string, row: BucketSettings): Promise<OpenBucket> {
    const secret = generateBucketSecret();
    const whole = this.#withSecret(row, secret);
    await this.create(bucketRow, name, whole);
    return this.#opened({ name, row: whole, secret });
  }

  changeBucket(bucket: OpenBucket, row: BucketSettings): OpenBucket {
    this.assertOpened(bucket);
    const whole = this.#withSecret(row, bucket.secret);
    this.put(bucketRow, bucket.name, whole);
    return this.#opened({ ...bucket, row: whole });
  }

  shredBucket(bucket: OpenBucket, shreddedAt: Date): void {
    this.assertOpened(bucket);
    this.put(bucketRow, bucket.name, { ...bucket.row, secret: undefined, shreddedAt });
    this.buckets.delete(bucket.name);
  }

  async removeShredded(name: string, { limit, now }: ShreddedRemoval): Promise<ShreddedStep> {
    const row = await this.get(bucketRow, name);
    if (row === undefined) return { rows: 0, trash: 0, done: true };
    assert(row.shreddedAt !== undefined, 'a bucket is removed whole only once it was shredded');
    const found = await shreddedRows(this.reader, row.id, limit);
    for (const { key } of found.entries) this.#transaction.delete(key);
    for (const blobId of found.twins) this.put(trashRow, blobId, { since: now });
    const done = found.entries.length < limit;
    if (done) await this.remove(bucketRow, name);
    return { rows: found.entries.length, trash: found.twins.length, done };
  }

  reseal(rowKeys: readonly Uint8Array[]): Promise<Resealed> {
    const { schedule } = this.sealing;
    const wrapped = (): void => this.#budget.count(schedule.current);
    const writing = { attempt: this.#transaction, wrapped };
    return resealRows(new Resealer(schedule, undefined), rowKeys, writing);
  }

  #opened(bucket: OpenBucket): OpenBucket {
    this.buckets.set(bucket.name, bucket);
    return bucket;
  }

  #withSecret(row: BucketSettings, secret: SecretKey): BucketRow {
    const { schedule } = this.sealing;
    const version = schedule.current;
    const storeKey = schedule.storeKey(version, 'bucket-secret');
    const context = { storeId: schedule.storeId, bucketId: row.id };
    this.#budget.count(version);
    const wrapped = wrapBucketSecret(secret, storeKey, context);
    return { ...row, secret: { version, wrapped }, shreddedAt: undefined };
  }

  async #changeDirectory(
    name: string,
    change: (names: Set<string>, name: string) => void,
  ): Promise<void> {
    const shard = directoryShard(name);
    const names = new Set(await this.get(directoryRow, shard));
    change(names, name);
    if (names.size === 0) this.delete(directoryRow, shard);
    else this.put(directoryRow, shard, names);
  }
}

function nameOf<K, V>(kind: StoreRowKind<K, V>, key: K): string {
  assert(kind.directoryName, `the directory does not list ${kind.name} rows`);
  return kind.directoryName(key);
}

interface BucketWriting {
  readonly budget: WrapBudget;
  /** Writes the bucket's row with other names of configurations. */
  change(configs: readonly string[]): OpenBucket;
}

class TransactionBucket extends ReadBucket implements BucketTransaction {
  readonly #transaction: Transaction;
  readonly #writing: BucketWriting;

  constructor(
    sealing: Sealing,
    transaction: Transaction,
    bucket: OpenBucket,
    writing: BucketWriting,
  ) {
    super(sealing, transaction, bucket);
    this.#transaction = transaction;
    this.#writing = writing;
  }

  put<K, V>(kind: BucketRowKind<K, V>, key: K, value: V): void {
    const rowKey = kind.encodeKey(this.bucket.row.id, key);
    this.#transaction.put(rowKey, this.sealing.seals.seal(kind, rowKey, value, this.bucket));
  }

  delete<K, V>(kind: BucketRowKind<K, V>, key: K): void {
    this.#transaction.delete(kind.encodeKey(this.bucket.row.id, key));
  }

  setConfig<V>(kind: BucketConfigKind<V>, value: V | undefined): OpenBucket {
    const others = this.bucket.row.configs.filter((name) => name !== kind.config);
    if (value === undefined) this.delete(kind, undefined);
    else this.put(kind, undefined, value);
    return this.#writing.change(value === undefined ? others : [...others, kind.config]);
  }

  reseal(rowKeys: readonly Uint8Array[]): Promise<Resealed> {
    const { schedule } = this.sealing;
    const wrapped = (): void => this.#writing.budget.count(schedule.current);
    const writing = { attempt: this.#transaction, wrapped };
    return resealRows(new Resealer(schedule, this.bucket), rowKeys, writing);
  }

  wrapDataKey(place: DataKeyPlace, dataKey: DataKey): StoredDataKey {
    const version = this.sealing.schedule.current;
    this.#writing.budget.count(version);
    const { wrapped, commitment } = dataKey.wrap(
      this.keysOf(version).wrap,
      this.wrapContext(place),
    );
    return { version, wrapped, commitment };
  }

  putInline(blobId: Uint8Array, owner: PayloadOwner, dataKey: DataKey, body: Uint8Array): void {
    const rowKey = payloadKey(this.bucket.row.id, blobId);
    const clear = encodeOwner(owner);
    const row = { kind: 'payload', code: payloadCode, scheme: 'inline', rowKey, clear } as const;
    const key = dataKey.payloadKey(blobId);
    this.#transaction.put(rowKey, this.sealing.seals.sealData(row, body, this.bucket, key));
  }

  putTwin(blobId: Uint8Array, owner: PayloadOwner, dataKey: DataKey): void {
    const rowKey = payloadKey(this.bucket.row.id, blobId);
    const clear = encodeOwner(owner);
    const row = { kind: 'payload', code: payloadCode, scheme: 'twin', rowKey, clear } as const;
    const key = dataKey.twinKey(blobId);
    this.#transaction.put(rowKey, this.sealing.seals.sealData(row, nothing, this.bucket, key));
  }

  deletePayload(blobId: Uint8Array): void {
    this.#transaction.delete(payloadKey(this.bucket.row.id, blobId));
  }

  putManifest(
    versionId: Uint8Array,
    page: number,
    dataKey: DataKey,
    parts: readonly ManifestPart[],
  ): void {
    const rowKey = manifestKey(this.bucket.row.id, versionId, page);
    const row = { kind: 'manifest', code: manifestCode, scheme: 'manifest', rowKey } as const;
    const body = encodeManifest(parts);
    const key = dataKey.manifestKey();
    this.#transaction.put(rowKey, this.sealing.seals.sealData(row, body, this.bucket, key));
  }

  deleteManifest(versionId: Uint8Array, page: number): void {
    this.#transaction.delete(manifestKey(this.bucket.row.id, versionId, page));
  }
}

const nothing = new Uint8Array(0);
