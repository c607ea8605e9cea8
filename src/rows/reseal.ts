/**
 * Seals rows anew under the current master key version and changes nothing else of them: the body
 * stays byte for byte, but for the wrap in a version, upload or bucket row, which is opened,
 * checked against its commitment and wrapped anew. What a row says besides, members that this
 * program does not know among them, survives.
 *
 * A row that does not open stays as it is and is reported by name.
 */
import { asBuffer, fromBase64Url } from '../base/bytes.ts';
import { Fault } from '../base/refusal.ts';
import type { Sealed } from '../base/sealed.ts';
import { unwrapBucketSecret, wrapBucketSecret } from '../crypto/bucket-secret.ts';
import { DataKey, type WrapContext, wrappedKeyBytes } from '../crypto/data-key.ts';
import { type OpenedHeader, openRow, readHeader, sealRow } from '../crypto/envelope.ts';
import type { SecretKey } from '../crypto/secret-key.ts';
import type { KeySchedule } from '../keys/key-schedule.ts';
import { bucketIdBytes, bucketRow } from './bucket-row.ts';
import { masterKeyKinds } from './master-key-kinds.ts';
import { RowBody, asBytes, b64, wrong } from './row-body.ts';
import { type OpenBucket, naming } from './row-seals.ts';
import { uploadRow } from './upload-row.ts';
import { versionRow } from './version-row.ts';

/** Reads and writes rows as the transaction that reseals them does. */
interface Attempt {
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
  put(key: Uint8Array, value: Sealed): void;
}

/** What became of the rows of one attempt. Rows that are gone or current count nowhere. */
export interface Resealed {
  readonly moved: number;
  /** Names of rows that do not open, for the log. */
  readonly unopened: readonly string[];
}

/** A row under the current version. */
interface ResealedRow {
  readonly value: Sealed;
  /** Whether a key inside it was wrapped anew. */
  readonly wrapped: boolean;
}

/** Seals rows anew, all of one bucket or of the store; every wrap that is made is counted. */
export async function resealRows(
  resealer: Resealer,
  rowKeys: readonly Uint8Array[],
  { attempt, wrapped }: { readonly attempt: Attempt; readonly wrapped: () => void },
): Promise<Resealed> {
  const unopened: string[] = [];
  let moved = 0;
  for (const rowKey of rowKeys) {
    const value = await attempt.get(rowKey);
    const row = value && resealer.reseal(rowKey, value);
    if (typeof row === 'string') unopened.push(row);
    else if (row !== undefined) {
      attempt.put(rowKey, row.value);
      moved += 1;
      if (row.wrapped) wrapped();
    }
  }
  return { moved, unopened };
}

/** Under one keyring, for the rows of a bucket, or of the store where there is none. */
export class Resealer {
  readonly #schedule: KeySchedule;
  readonly #bucket: OpenBucket | undefined;
  /** By version: asking the schedule again for every row would cost more than a look-up. */
  readonly #keys = new Map<number, { readonly row: SecretKey; readonly wrap: SecretKey }>();

  constructor(schedule: KeySchedule, bucket: OpenBucket | undefined) {
    this.#schedule = schedule;
    this.#bucket = bucket;
  }

  /** The row under the current version; undefined where it is; its name where it does not open. */
  reseal(rowKey: Uint8Array, value: Uint8Array): ResealedRow | string | undefined {
    const bucket = this.#bucket;
    const kind = masterKeyKinds.get(rowKey[0] ?? 0)?.name ?? 'unknown';
    try {
      return naming({ kind, rowKey, bucket, value }, () => this.#reseal(rowKey, value));
    } catch (error) {
      if (!(error instanceof Fault) || error.kind !== 'damaged') throw error;
      return error.message;
    }
  }

  #reseal(rowKey: Uint8Array, value: Uint8Array): ResealedRow | undefined {
    const header = readHeader(value);
    const kind = masterKeyKinds.get(rowKey[0] ?? 0);
    if (kind === undefined || header.kind !== kind.code || header.scheme !== kind.scheme) {
      throw new Fault('damaged', 'its header is not the one expected');
    }
    const { current, storeId } = this.#schedule;
    if (header.keyVersion === current) return undefined;
    const context = { storeId, bucketId: this.#bucket?.row.id, rowKey };
    const opened = openRow({ value, header, context }, this.#keysOf(header.keyVersion).row);
    const body = this.#rewrapped(rowKey, opened, header);
    const { scheme, clear } = header;
    const keyId = this.#schedule.keyId(current);
    const row = { kind: kind.code, scheme, keyVersion: current, keyId, context, clear };
    const sealed = sealRow(row, this.#keysOf(current).row, body);
    return { value: sealed, wrapped: body !== opened };
  }

  /** The body with its wrap, if it has one, made under the current version. */
  #rewrapped(rowKey: Uint8Array, body: Buffer, { keyVersion }: OpenedHeader): Buffer {
    const [code] = rowKey;
    if (code === versionRow.code) {
      const { key: objectKey } = versionRow.decodeKey(rowKey);
      return this.#withDataKey(body, keyVersion, { purpose: 'version', objectKey });
    }
    if (code === uploadRow.code) {
      const { key: objectKey, uploadId: id } = uploadRow.decodeKey(rowKey);
      return this.#withDataKey(body, keyVersion, { purpose: 'upload', objectKey, id });
    }
    return code === bucketRow.code ? this.#withBucketSecret(body, keyVersion) : body;
  }

  #withDataKey(
    body: Buffer,
    from: number,
    place: Pick<WrapContext, 'purpose' | 'objectKey'> & { readonly id?: Uint8Array },
  ): Buffer {
    const members = RowBody.parse(body);
    const text = members.text('wrapped');
    const stored = {
      wrapped: asBytes(text, wrappedKeyBytes, 'wrapped'),
      commitment: fromBase64Url(members.text('commitment')),
    };
    const { storeId, current } = this.#schedule;
    const bucketId = this.#bucket?.row.id ?? wrong('bucket');
    const id = place.id ?? members.bytes('id', 16);
    const context: WrapContext = { ...place, id, storeId, bucketId };
    const keys = { from: this.#keysOf(from).wrap, to: this.#keysOf(current).wrap };
    const wrapped = DataKey.rewrap(stored, context, keys);
    return withMember(body, { name: 'wrapped', from: text, to: b64(wrapped) });
  }

  /** The secret of a bucket's own row. A bucket that was shredded has none. */
  #withBucketSecret(body: Buffer, from: number): Buffer {
    const members = RowBody.parse(body);
    const text = members.textIf('secret');
    if (text === undefined) return body;
    const { storeId, current } = this.#schedule;
    const context = { storeId, bucketId: members.bytes('id', bucketIdBytes) };
    const wrapped = asBytes(text, wrappedKeyBytes, 'secret');
    const secret = unwrapBucketSecret(wrapped, this.#keysOf(from).wrap, context);
    const anew = wrapBucketSecret(secret, this.#keysOf(current).wrap, context);
    secret.destroy();
    return withMember(body, { name: 'secret', from: text, to: b64(anew) });
  }

  #keysOf(version: number) {
    const known = this.#keys.get(version);
    if (known !== undefined) return known;
    const bucket = this.#bucket;
    const keys =
      bucket === undefined
        ? {
            row: this.#schedule.storeKey(version, 'row'),
            wrap: this.#schedule.storeKey(version, 'bucket-secret'),
          }
        : this.#schedule.bucketKeys(version, bucket.row.id, bucket.secret);
    this.#keys.set(version, keys);
    return keys;
  }
}

interface MemberChange {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/**
 * The JSON object with another text in one member. In place where the member stands just once in
 * the form in which Coffer writes it: inside a JSON string its quotes would be escaped. Else the
 * object is written anew; a client may have named its user metadata so.
 */
export function withMember(body: Buffer, { name, from, to }: MemberChange): Buffer {
  const sought = `"${name}":"${from}"`;
  const at = body.indexOf(sought, 0, 'latin1');
  if (at < 0 || body.includes(sought, at + 1, 'latin1') || to.length !== from.length) {
    const members = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
    members[name] = to;
    return Buffer.from(JSON.stringify(members), 'utf8');
  }
  const changed = Buffer.from(asBuffer(body));
  changed.write(to, at + sought.length - 1 - from.length, 'latin1');
  return changed;
}
