/**
 * The versions of one key inside a transaction: adding one on top, removing one, and keeping
 * the head row true. Order is the ordinal alone, never the clock.
 */
import { Fault, assert } from '../base/refusal.ts';
import type { PayloadOwner } from '../rows/payload-row.ts';
import type { BucketTransaction, OpenBucket, RowTransaction } from '../rows/rows.ts';
import { type HeadRow, headRow } from '../rows/head-row.ts';
import { behind, behindAll, bucketPrefix, encodeString } from '../rows/keyspace.ts';
import { trashRow } from '../rows/trash-row.ts';
import { type StoredBlob, type VersionRow, versionRow } from '../rows/version-row.ts';

export class KeyHistory {
  readonly key: string;
  readonly bucket: OpenBucket;
  readonly inside: BucketTransaction;
  /** As the transaction found it. */
  readonly head: HeadRow | undefined;
  readonly #transaction: RowTransaction;
  readonly #now: Date;

  private constructor(opened: {
    readonly transaction: RowTransaction;
    readonly bucket: OpenBucket;
    readonly inside: BucketTransaction;
    readonly key: string;
    readonly head: HeadRow | undefined;
    readonly now: Date;
  }) {
    this.#transaction = opened.transaction;
    this.bucket = opened.bucket;
    this.inside = opened.inside;
    this.key = opened.key;
    this.head = opened.head;
    this.#now = opened.now;
  }

  static async open(
    transaction: RowTransaction,
    place: { readonly bucket: OpenBucket; readonly key: string; readonly now: Date },
  ): Promise<KeyHistory> {
    const inside = transaction.in(place.bucket);
    const head = await inside.get(headRow, place.key);
    return new KeyHistory({ ...place, transaction, inside, head });
  }

  /** Whether a version written now is the null version: everywhere but under versioning. */
  get writesNull(): boolean {
    return this.bucket.row.versioning !== 'enabled';
  }

  /** Makes `version` the latest; a null version takes the place of the null version before it. */
  async add(version: Omit<VersionRow, 'null'>): Promise<{ ordinal: number; null: boolean }> {
    const { head } = this;
    const isNull = this.writesNull;
    if (isNull && head?.nulls !== undefined) {
      await this.#discard(head.nulls, await this.version(head.nulls));
    }
    const ordinal = (head?.top ?? 0) + 1;
    const row = { ...version, null: isNull };
    this.inside.put(versionRow, { key: this.key, ordinal }, row);
    const nulls = isNull ? ordinal : head?.nulls;
    this.inside.put(headRow, this.key, headOf(row, { ordinal, top: ordinal, nulls }));
    return { ordinal, null: isNull };
  }

  /** The version row that the head row names; a missing one is damage. */
  async version(ordinal: number): Promise<VersionRow> {
    const row = await this.inside.get(versionRow, { key: this.key, ordinal });
    if (row !== undefined) return row;
    throw missingVersion(this.bucket, this.key, ordinal);
  }

  /** Removes a version with its bytes; the next newest, if any, becomes the latest. */
  async remove(ordinal: number, version: VersionRow): Promise<void> {
    const { head } = this;
    assert(head !== undefined, 'a version has a head');
    const nulls = head.nulls === ordinal ? undefined : head.nulls;
    if (head.ordinal !== ordinal) {
      if (nulls !== head.nulls) this.inside.put(headRow, this.key, { ...head, nulls });
    } else {
      const next = await this.#below(ordinal);
      if (next === undefined) this.inside.delete(headRow, this.key);
      else {
        const place = { ordinal: next.key.ordinal, top: head.top, nulls };
        this.inside.put(headRow, this.key, headOf(next.value, place));
      }
    }
    await this.#discard(ordinal, version);
  }

  /** The newest version older than `ordinal`. */
  async #below(ordinal: number) {
    const id = this.bucket.row.id;
    const own = versionRow.encodeKey(id, { key: this.key, ordinal });
    const front = bucketPrefix(versionRow.code, id);
    const all = Buffer.concat([front, encodeString(this.key)]);
    const range = { start: behind(own), end: behindAll(all), limit: 1 };
    return (await this.inside.range(versionRow, range))[0];
  }

  async #discard(ordinal: number, version: VersionRow): Promise<void> {
    this.inside.delete(versionRow, { key: this.key, ordinal });
    if (version.blob !== undefined) this.discardBlob(version.blob);
    if (version.pages === undefined || version.pages === 0) return;
    const owner = ownerOf(this.key, version);
    const dataKey = this.inside.openDataKey({ purpose: 'version', ...owner }, version.dataKey);
    for (let page = 0; page < version.pages; page++) {
      const parts = await this.inside.manifest(version.id, page, dataKey);
      for (const part of parts) this.discardBlob(part.blob);
      this.inside.deleteManifest(version.id, page);
    }
  }

  /** Removes the payload row of a blob; its file becomes trash. */
  discardBlob(blob: StoredBlob): void {
    discardBlob(this.#transaction, this.inside, blob, this.#now);
  }
}

/** Removes the payload row of a blob; its file becomes trash from `now` on. */
export function discardBlob(
  transaction: RowTransaction,
  inside: BucketTransaction,
  blob: StoredBlob,
  now: Date,
): void {
  inside.deletePayload(blob.id);
  if (blob.file) transaction.put(trashRow, blob.id, { since: now });
}

/** Whose the bytes of a version in one piece are. */
export function ownerOf(objectKey: string, version: { readonly id: Uint8Array }): PayloadOwner {
  return { kind: 'version', objectKey, id: version.id };
}

export function missingVersion(bucket: OpenBucket, key: string, ordinal: number): Fault {
  const where = `${JSON.stringify(key)} in bucket ${bucket.name}`;
  return new Fault('damaged', `version ${ordinal} of ${where} is missing`);
}

function headOf(
  version: VersionRow,
  place: { readonly ordinal: number; readonly top: number; readonly nulls: number | undefined },
): HeadRow {
  return {
    ...place,
    id: version.id,
    size: version.size,
    etag: version.etag,
    modified: version.modified,
    marker: version.marker,
    null: version.null,
    checksumAlgorithm: version.checksum?.algorithm,
    checksumType: version.checksum?.type,
  };
}
