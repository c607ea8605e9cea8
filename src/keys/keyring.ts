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
  /** The seed of the key that signs records (crypto/record-signature.ts); older keyrings have none. */
  readonly signing: SecretKey | undefined;
}

/** A body of so many versions has some 450 KiB: a keeper takes it, and the store row their canaries. */
export const keyringVersionsMax = 4_000;

/** The keyring of a new store: one version, current. */
export function mintFirstKeyring(storeId: Uint8Array, now: Date): Keyring {
  const first = liveKey(storeId, { version: 1, state: 'current', createdAt: now });
  const versions = new Map([[1, first]]);
  return { storeId, generation: 1, current: 1, versions, signing: SecretKey.generate() };
}

/** The next generation with the same keys: for another keeper, or a keeper's fresh key. */
export function nextGeneration(keyring: Keyring): Keyring {
  const signing = keyring.signing ?? SecretKey.generate();
  return { ...keyring, generation: keyring.generation + 1, signing };
}

/** The next generation, with one more version: prepared, so that nothing is sealed under it yet. */
export function addVersion(keyring: Keyring, now: Date): Keyring {
  const version = keyring.versions.size + 1;
  if (version > keyringVersionsMax) {
    throw new Fault('failed', `a keyring holds at most ${keyringVersionsMax} master key versions`);
  }
  assert(preparedVersion(keyring) === undefined, 'one version is prepared at a time');
  const added = liveKey(keyring.storeId, { version, state: 'prepared', createdAt: now });
  return withVersions(keyring, [...keyring.versions.values(), added]);
}

/** The version that waits to become current, if one does. */
export function preparedVersion(keyring: Keyring): LiveMasterKey | undefined {
  for (const key of keyring.versions.values()) if (key.state === 'prepared') return key;
  return undefined;
}

/** The next generation, in which the prepared version is current and the current one retained. */
export function activatePrepared(keyring: Keyring): Keyring {
  const prepared = preparedVersion(keyring);
  assert(prepared, 'no version is prepared');
  const versions = [...keyring.versions.values()].map((key): MasterKey => {
    if (key.state === 'current') return { ...key, state: 'retained' };
    return key === prepared ? { ...key, state: 'current' } : key;
  });
  return { ...withVersions(keyring, versions), current: prepared.version };
}

/**
 * The next generation, without the key of a retained version. Irrevocable once the older keyring
 * files are gone: the caller has proved that nothing refers to the version.
 */
export function destroyVersion(keyring: Keyring, version: number): Keyring {
  const doomed = keyring.versions.get(version);
  assert(doomed?.state === 'retained', 'only a retained version is destroyed');
  const { createdAt } = doomed;
  const gone = {
    version,
    state: 'destroyed',
    createdAt,
    keyId: undefined,
    key: undefined,
  } as const;
  const versions = [...keyring.versions.values()];
  return withVersions(
    keyring,
    versions.map((key) => (key === doomed ? gone : key)),
  );
}

function withVersions(keyring: Keyring, versions: readonly MasterKey[]): Keyring {
  const numbered = new Map(versions.map((key) => [key.version, key]));
  return { ...nextGeneration(keyring), versions: numbered };
}

/** First 8 bytes of HKDF(master, "key-id", store id). */
export function masterKeyId(key: SecretKey, storeId: Uint8Array): Buffer {
  return deriveBytes(key, lengthPrefixed('coffer/1/key-id', storeId)).subarray(0, 8);
}

/** The JSON body that a keeper seals. Secret: wipe it after use. */
export function encodeKeyringBody(keyring: Keyring): Buffer {
  const versions = [...keyring.versions.values()].map(({ version, state, createdAt, key }) => {
    return { version, state, createdAt: createdAt.getTime(), key: exported(key) };
  });
  const { current } = keyring;
  return Buffer.from(JSON.stringify({ current, versions, signing: exported(keyring.signing) }));
}

function exported(key: SecretKey | undefined): string | undefined {
  const bytes = key?.exportForKeyring();
  const text = bytes && toBase64Url(bytes);
  bytes?.fill(0);
  return text;
}

/** The keyring of a body that a keeper opened. One that breaks a rule is `Fault('damaged')`. */
export function decodeKeyringBody(
  body: Uint8Array,
  { storeId, generation }: { readonly storeId: Uint8Array; readonly generation: number },
): Keyring {
  const parsed = parseObject(body);
  const listed = parsed['versions'];
  if (!Array.isArray(listed) || listed.length < 1 || listed.length > keyringVersionsMax) {
    throw broken(`it must list 1 to ${keyringVersionsMax} versions`);
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
  const signing = decodeSecret(parsed['signing']);
  if (signing === undefined && parsed['signing'] !== undefined) {
    throw broken('its signing key is not 32 bytes');
  }
  return { storeId, generation, current: current.version, versions, signing };
}

function decodeSecret(text: unknown): SecretKey | undefined {
  const bytes = fromBase64Url(typeof text === 'string' ? text : '');
  if (bytes.length !== secretKeyBytes) return undefined;
  const secret = SecretKey.from(bytes);
  bytes.fill(0);
  return secret;
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
  const secret = decodeSecret(key);
  if (secret === undefined) throw broken(`version ${version} has no 32-byte key`);
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
