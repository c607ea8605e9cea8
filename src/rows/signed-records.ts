/**
 * Signed records (FORMAT.md §11): what cannot be undone, or a copy of the keys that was made, as JSON
 * signed by the store's own key and kept in a row of its own. A record is written by the transaction
 * that does what it tells, so neither is ever there without the other. None is ever removed.
 */
import { fromBase64Url, toBase64Url, toHex } from '../base/bytes.ts';
import { randomId } from '../base/ids.ts';
import { Fault, assert } from '../base/refusal.ts';
import { isoTime } from '../base/time.ts';
import { recordPublicKey, signRecord, verifyRecord } from '../crypto/record-signature.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { Entry, Metadata } from '../engines/metadata.ts';
import { behind, encodeKey, rangeOf } from './keyspace.ts';
import { pagesOf } from './pages.ts';
import { type RecordKey, type RecordRow, recordIdBytes, recordRow } from './record-row.ts';
import type { RowTransaction, StoreReads } from './rows.ts';

export type RecordKind =
  | 'master-key-destroyed'
  | 'master-key-destruction-completed'
  | 'bucket-shredded'
  | 'recovery-kit'
  | 'keyring-restored';

/** A record as it is shown: whoever has the public key can check it without Coffer. */
export interface SignedRecord {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly madeAt: Date;
  /** Signed to the byte. */
  readonly text: string;
  /** base64url. */
  readonly signature: string;
}

export interface ReadRecord extends SignedRecord {
  /** Whether the key of this store signed exactly this text. */
  readonly verified: boolean;
  /** The members of the text. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Signs and writes a record. Members that are undefined are left out. */
export function putRecord(
  transaction: RowTransaction,
  { storeId, signing }: Pick<Keyring, 'storeId' | 'signing'>,
  record: { readonly kind: RecordKind; readonly madeAt: Date; readonly facts: object },
): SignedRecord {
  assert(signing, 'a keyring without a signing key signs nothing');
  const { kind, madeAt, facts } = record;
  const head = { record: kind, store: toHex(storeId), madeAt: isoTime(madeAt) };
  const publicKey = toBase64Url(recordPublicKey(signing));
  const text = JSON.stringify({ ...head, ...facts, publicKey });
  const signature = signRecord(signing, text);
  const id = randomId(recordIdBytes);
  transaction.put(recordRow, { madeAt, id }, { text, signature });
  return { id: toHex(id), madeAt, text, signature: toBase64Url(signature) };
}

/** All records, oldest first. */
export async function readRecords(
  reads: StoreReads,
  { signing }: Pick<Keyring, 'signing'>,
): Promise<readonly ReadRecord[]> {
  const publicKey = signing && recordPublicKey(signing);
  const records: ReadRecord[] = [];
  for await (const page of pagesOf(recordRow, (range) => reads.range(recordRow, range))) {
    for (const { key, value } of page) {
      records.push(readOf(key, value, publicKey));
    }
  }
  return records;
}

/** One record as `readRecords` gives it; undefined where there is none. */
export async function readRecord(
  reads: StoreReads,
  { signing }: Pick<Keyring, 'signing'>,
  { id, madeAt }: Pick<SignedRecord, 'id' | 'madeAt'>,
): Promise<ReadRecord | undefined> {
  const key = { id: Buffer.from(id, 'hex'), madeAt };
  const value = await reads.get(recordRow, key);
  return value && readOf(key, value, signing && recordPublicKey(signing));
}

function readOf(key: RecordKey, value: RecordRow, publicKey: Uint8Array | undefined): ReadRecord {
  const { text } = value;
  const verified = publicKey !== undefined && verifyRecord(publicKey, text, value.signature);
  return { ...shown(key.id, key.madeAt, value), verified, facts: factsOf(text) };
}

/** The records that open, for whoever restores a store that may be damaged; and how many do not. */
export async function readSoundRecords(
  metadata: Metadata,
  reads: StoreReads,
  { signing }: Pick<Keyring, 'signing'>,
): Promise<{ readonly records: readonly ReadRecord[]; readonly unopened: number }> {
  const publicKey = signing && recordPublicKey(signing);
  const records: ReadRecord[] = [];
  let unopened = 0;
  for (const key of await recordKeys(metadata)) {
    const read = reads.get(recordRow, key).then((value) => value && readOf(key, value, publicKey));
    const record = await read.catch((error: unknown) => {
      if (!(error instanceof Fault) || error.kind !== 'damaged') throw error;
      unopened += 1;
      return undefined;
    });
    if (record !== undefined) records.push(record);
  }
  return { records, unopened };
}

async function recordKeys(metadata: Metadata): Promise<readonly RecordKey[]> {
  const keys: RecordKey[] = [];
  const { start, end } = rangeOf(encodeKey(recordRow.code));
  using snapshot = metadata.snapshot();
  for (let from: Uint8Array | undefined = start; from !== undefined;) {
    const page: readonly Entry[] = await snapshot.range({ start: from, end, limit: 1_000 });
    keys.push(...page.map(({ key }) => recordRow.decodeKey(key)));
    const last = page.at(-1);
    from = last === undefined ? undefined : behind(last.key);
  }
  return keys;
}

/** The key that checks this store's records, base64url; undefined where it never signed any. */
export function publicKeyOf({ signing }: Pick<Keyring, 'signing'>): string | undefined {
  return signing && toBase64Url(recordPublicKey(signing));
}

/** Whether the holder of a public key signed a record as it is shown. */
export function isRecordSignedBy(publicKey: string, record: SignedRecord): boolean {
  return verifyRecord(fromBase64Url(publicKey), record.text, fromBase64Url(record.signature));
}

function shown(id: Uint8Array, madeAt: Date, { text, signature }: RecordRow): SignedRecord {
  return { id: toHex(id), madeAt, text, signature: toBase64Url(signature) };
}

function factsOf(text: string): ReadRecord['facts'] {
  try {
    return JSON.parse(text) as ReadRecord['facts'];
  } catch {
    throw new Fault('damaged', 'the text of a record is not JSON');
  }
}
