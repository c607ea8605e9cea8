/**
 * The keyring: every master key version that the store has had, numbered from 1 (FORMAT.md §5.1).
 * Exactly one is current: what is sealed anew is sealed under it. A destroyed version keeps its
 * number, so that no number ever means two keys. A keyring is immutable; a change makes the next
 * generation. This file is the type and its JSON body; keyring-file.ts keeps it on disk.
 */
import { fromBase64Url, lengthPrefixed, toBase64Url } from '../base/bytes.ts';
import { Fault, assert } from '../base/refusal.ts';
import { deriveBytes } from '../crypto/hkdf.ts';
import { SecretKey, secretKeyBytes } from '../crypto/secret-key.ts';

/** Versions go prepared → current → retained → destroyed. */
export type MasterKeyState = 'prepared' | 'current' | 'retained' | 'destroyed';

/** A version whose key is still held. */
export interface LiveMasterKey {
  readonly version: number;
  readonly state: Exclude<MasterKeyState, 'destroyed'>;
  readonly createdAt: Date;
  /** 8 bytes that name the key in row headers. Not secret. */
  readonly keyId: Uint8Array;
  readonly key: SecretKey;
}

/** A version whose key is gone, and with it all that it sealed. */
export interface DestroyedMasterKey {
  readonly version: number;
  readonly state: 'destroyed';
  readonly createdAt: Date;
  readonly keyId: undefined;
  readonly key: undefined;
}

export type MasterKey = LiveMasterKey | DestroyedMasterKey;

export interface Keyring {
  /** 16 bytes. */
  readonly storeId: Uint8Array;
  /** From 1, one more with every change. */
  readonly generation: number;
  readonly current: number;
  /** 1 to n without a gap, in order. */
  readonly versions: ReadonlyMap<number, MasterKey>;
}

/** A body of so many versions stays under the 64 KiB that a keeper takes. */
const versionsMax = 400;

/** The keyring of a new store: one version, current. */
export function mintFirstKeyring(storeId: Uint8Array, now: Date): Keyring {
  const first = liveKey(storeId, { version: 1, state: 'current', createdAt: now });
  return { storeId, generation: 1, current: 1, versions: new Map([[1, first]]) };
}

/** The next generation, with one more version: prepared, so that nothing is sealed under it yet. */
export function addVersion(keyring: Keyring, now: Date): Keyring {
  const version = keyring.versions.size + 1;
  assert(version <= versionsMax, `a keyring holds at most ${versionsMax} versions`);
  const added = liveKey(keyring.storeId, { version, state: 'prepared', createdAt: now });
  const versions = new Map([...keyring.versions, [version, added]]);
  return { ...keyring, generation: keyring.generation + 1, versions };
}

/** First 8 bytes of HKDF(master, "key-id", store id). */
export function masterKeyId(key: SecretKey, storeId: Uint8Array): Buffer {
  return deriveBytes(key, lengthPrefixed('coffer/1/key-id', storeId)).subarray(0, 8);
}

/** The JSON body that a keeper seals. Secret: wipe it after use. */
export function encodeKeyringBody(keyring: Keyring): Buffer {
  const versions = [...keyring.versions.values()].map(({ version, state, createdAt, key }) => {
    const bytes = key?.exportForKeyring();
    const text = bytes === undefined ? undefined : toBase64Url(bytes);
    bytes?.fill(0);
    return { version, state, createdAt: createdAt.getTime(), key: text };
  });
  return Buffer.from(JSON.stringify({ current: keyring.current, versions }));
}

/** The keyring of a body that a keeper opened. One that breaks a rule is `Fault('damaged')`. */
export function decodeKeyringBody(
  body: Uint8Array,
  { storeId, generation }: { readonly storeId: Uint8Array; readonly generation: number },
): Keyring {
  const parsed = parseObject(body);
  const listed = parsed['versions'];
  if (!Array.isArray(listed) || listed.length < 1 || listed.length > versionsMax) {
    throw broken(`it must list 1 to ${versionsMax} versions`);
  }
  const versions = new Map<number, MasterKey>();
  for (const entry of listed as unknown[]) {
    const key = decodeVersion(entry, storeId);
    if (key.version !== versions.size + 1) throw broken('versions must be numbered from 1');
    versions.set(key.version, key);
  }
  const [current, ...others] = [...versions.values()].filter(({ state }) => state === 'current');
  if (current === undefined || others.length > 0 || current.version !== parsed['current']) {
    throw broken('exactly one version must be current');
  }
  return { storeId, generation, current: current.version, versions };
}

function decodeVersion(entry: unknown, storeId: Uint8Array): MasterKey {
  if (typeof entry !== 'object' || entry === null) throw broken('a version must be an object');
  const { version, state, createdAt, key } = entry as Record<string, unknown>;
  if (typeof version !== 'number') throw broken('a version must have a number');
  if (!Number.isSafeInteger(createdAt)) throw broken(`version ${version} has no creation time`);
  const common = { version, createdAt: new Date(createdAt as number) };
  if (state === 'destroyed') {
    if (key !== undefined) throw broken(`version ${version} is destroyed and yet has a key`);
    return { ...common, state, keyId: undefined, key: undefined };
  }
  if (state !== 'prepared' && state !== 'current' && state !== 'retained') {
    throw broken(`version ${version} has an unknown state`);
  }
  const bytes = fromBase64Url(typeof key === 'string' ? key : '');
  if (bytes.length !== secretKeyBytes) throw broken(`version ${version} has no 32-byte key`);
  const secret = SecretKey.from(bytes);
  bytes.fill(0);
  return { ...common, state, keyId: masterKeyId(secret, storeId), key: secret };
}

function liveKey(
  storeId: Uint8Array,
  facts: Pick<LiveMasterKey, 'version' | 'state' | 'createdAt'>,
): LiveMasterKey {
  const key = SecretKey.generate();
  return { ...facts, keyId: masterKeyId(key, storeId), key };
}

function parseObject(body: Uint8Array): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  } catch {
    // The parser's message may quote the text, which is made of keys.
    throw broken('it is not JSON');
  }
  throw broken('it is not an object');
}

/** Says which rule is broken and never what stood there. */
function broken(rule: string): Fault {
  return new Fault('damaged', `the body of the keyring breaks its format: ${rule}`);
}
