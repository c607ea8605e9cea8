/**
 * Opens and seals rows (FORMAT.md §4) with the keys in force. Every failure to open is one
 * `Fault('damaged')` whose message, for the log, names kind, row key, bucket and key version.
 */
import { asBuffer, toHex } from '../base/bytes.ts';
import { Fault } from '../base/refusal.ts';
import type { Sealed } from '../base/sealed.ts';
import { type OpenedHeader, noKeyId, openRow, readHeader, sealRow } from '../crypto/envelope.ts';
import type { SecretKey } from '../crypto/secret-key.ts';
import type { KeySchedule } from '../keys/key-schedule.ts';
import { printableKey } from './keyspace.ts';
import type { BucketRow } from './bucket-row.ts';
import type { RowCache } from './row-cache.ts';
import type { CacheName, Kind } from './row-kind.ts';

/** A bucket whose row and secret were opened. Only for the view or transaction that opened it. */
export interface OpenBucket {
  readonly name: string;
  readonly row: BucketRow;
  /** Everything in the bucket is sealed under keys of it. */
  readonly secret: SecretKey;
}

/** A row sealed under a key of the object's data key. */
export interface DataRow {
  readonly kind: 'manifest' | 'payload';
  readonly scheme: 'manifest' | 'twin' | 'inline';
  readonly code: number;
  readonly rowKey: Buffer;
  readonly clear?: Uint8Array;
}

export type RowCaches = Readonly<Record<CacheName, RowCache>>;

export class RowSeals {
  readonly #schedule: KeySchedule;
  readonly #caches: RowCaches;

  constructor(schedule: KeySchedule, caches: RowCaches) {
    this.#schedule = schedule;
    this.#caches = caches;
  }

  /** The value of a row just read. `bucket` is where a row of a bucket was read. */
  open<V>(kind: Kind<V>, rowKey: Uint8Array, value: Uint8Array, bucket: OpenBucket | undefined): V {
    if (kind.cached === undefined) return this.#open(kind, rowKey, value, bucket);
    const cache = this.#caches[kind.cached];
    const name = nameOf(rowKey);
    const known = cache.recall(name, value);
    if (known !== undefined) return known.opened as V;
    const opened = this.#open(kind, rowKey, value, bucket);
    cache.keep(name, value, opened);
    return opened;
  }

  seal<V>(kind: Kind<V>, rowKey: Uint8Array, value: V, bucket: OpenBucket | undefined): Sealed {
    const keyVersion = this.#schedule.current;
    const keyId = this.#schedule.keyId(keyVersion);
    const { clear, body } = kind.encode(value, keyVersion);
    const { storeId } = this.#schedule;
    const context = { storeId, bucketId: bucket?.row.id, rowKey };
    const header = { kind: kind.code, scheme: kind.scheme, keyVersion, keyId, context };
    const row = clear === undefined ? header : { ...header, clear };
    const sealed = sealRow(row, this.#key(keyVersion, bucket), body);
    // What was just sealed need not be opened again, once these very bytes come back from the store.
    if (kind.cached === 'objects') this.#caches.objects.keep(nameOf(rowKey), sealed, value);
    return sealed;
  }

  /** Opens a manifest or payload row of an object. */
  openData(row: DataRow, value: Uint8Array, bucket: OpenBucket, key: () => SecretKey): Buffer {
    return naming({ kind: row.kind, rowKey: row.rowKey, bucket, value }, () => {
      const header = readHeader(value);
      if (header.kind !== row.code || header.scheme !== row.scheme) throw notAsExpected();
      if (row.clear !== undefined && !header.clear.equals(row.clear)) throw notAsExpected();
      return openRow({ value, header, context: this.#context(row.rowKey, bucket) }, key());
    });
  }

  sealData(row: DataRow, body: Uint8Array, bucket: OpenBucket, key: SecretKey): Sealed {
    const { code: kind, scheme, rowKey, clear } = row;
    const context = this.#context(rowKey, bucket);
    const header = { kind, scheme, keyVersion: 0, keyId: noKeyId, context };
    return sealRow(clear === undefined ? header : { ...header, clear }, key, body);
  }

  #open<V>(
    kind: Kind<V>,
    rowKey: Uint8Array,
    value: Uint8Array,
    bucket: OpenBucket | undefined,
  ): V {
    return naming({ kind: kind.name, rowKey, bucket, value }, () => {
      const header = readHeader(value);
      if (header.kind !== kind.code || header.scheme !== kind.scheme) throw notAsExpected();
      const key = this.#key(header.keyVersion, bucket);
      const body = openRow({ value, header, context: this.#context(rowKey, bucket) }, key);
      return kind.decode({ clear: header.clear, body, keyVersion: header.keyVersion });
    });
  }

  #context(rowKey: Uint8Array, bucket: OpenBucket | undefined) {
    return { storeId: this.#schedule.storeId, bucketId: bucket?.row.id, rowKey };
  }

  #key(version: number, bucket: OpenBucket | undefined): SecretKey {
    return bucket === undefined
      ? this.#schedule.storeKey(version, 'row')
      : this.#schedule.bucketKeys(version, bucket.row.id, bucket.secret).row;
  }
}

/** A row key as a map key: one UTF-16 unit a byte. */
function nameOf(rowKey: Uint8Array): string {
  return asBuffer(rowKey).toString('latin1');
}

/** What a log needs to find the row. */
export interface RowName {
  readonly kind: string;
  readonly rowKey: Uint8Array;
  readonly bucket: OpenBucket | undefined;
  readonly value: Uint8Array | undefined;
}

/** A row that should be there and is not. */
export function missing(row: Omit<RowName, 'value'>): Fault {
  return new Fault('damaged', `${describe({ ...row, value: undefined })} is missing`);
}

/** Runs `open`; damage found in it is told again with the row's name. */
export function naming<T>(row: RowName, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'damaged') throw error;
    throw new Fault('damaged', `${describe(row)}: ${error.message}`, { cause: error });
  }
}

function describe({ kind, rowKey, bucket, value }: RowName): string {
  const inside = bucket === undefined ? '' : ` of bucket ${bucket.name} (${toHex(bucket.row.id)})`;
  const header = value === undefined ? undefined : headerIfAny(value);
  const sealed = header === undefined ? '' : `, key version ${header.keyVersion}`;
  return `${kind} row ${printableKey(rowKey)}${inside}${sealed}`;
}

function headerIfAny(value: Uint8Array): OpenedHeader | undefined {
  try {
    return readHeader(value);
  } catch {
    return undefined;
  }
}

function notAsExpected(): Fault {
  return new Fault('damaged', 'its header is not the one expected');
}
