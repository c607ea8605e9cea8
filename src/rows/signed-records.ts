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
import { pagesOf } from './pages.ts';
import { type RecordRow, recordIdBytes, recordRow } from './record-row.ts';
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
      const { text } = value;
      const verified = publicKey !== undefined && verifyRecord(publicKey, text, value.signature);
      records.push({ ...shown(key.id, key.madeAt, value), verified, facts: factsOf(text) });
    }
  }
  return records;
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
