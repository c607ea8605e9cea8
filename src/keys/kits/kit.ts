/**
 * A recovery kit (FORMAT.md §10): one keyring, all its keys, sealed under a key that no keeper and no
 * server has: of a passphrase, or split among people. It is text, so that it can be printed and kept
 * where computers do not last. Everything in clear is authenticated by the seal.
 */
import { toHex, fromBase64Url, lengthPrefixed, toBase64Url } from '../../base/bytes.ts';
import { Fault } from '../../base/refusal.ts';
import { isoTime } from '../../base/time.ts';
import {
  type Argon2Parameters,
  areArgon2Parameters,
  argon2SaltBytes,
} from '../../crypto/argon2id.ts';
import { deriveKey } from '../../crypto/hkdf.ts';
import { SecretKey, secretKeyBytes } from '../../crypto/secret-key.ts';
import { xaesOpen, xaesOverheadBytes, xaesSeal } from '../../crypto/xaes-gcm.ts';
import { type Keyring, decodeKeyringBody, encodeKeyringBody } from '../keyring.ts';
import { type KitGrammar, KitLines, checkLine, comment, headOf } from './kit-lines.ts';

/** How the kit key is come by. */
export type KitLock =
  | ({ readonly kind: 'passphrase' } & Argon2Parameters)
  | { readonly kind: 'shares'; readonly shares: number; readonly threshold: number };

/** What a kit says in clear. */
export interface KitFacts {
  /** 16 bytes. */
  readonly storeId: Uint8Array;
  /** 16 bytes. */
  readonly kitId: Uint8Array;
  /** Of the keyring in it. */
  readonly generation: number;
  readonly madeAt: Date;
  readonly lock: KitLock;
}

/** A kit that was read and not opened. */
export interface RecoveryKit extends KitFacts {
  /** The file, for messages. */
  readonly path: string;
  readonly head: string;
  readonly sealed: Uint8Array;
}

/** What a kit is sealed under: a key of so many bytes. */
export const kitKeyBytes = secretKeyBytes;
/** A kit of 4,000 versions has some 700 KiB. */
export const kitBytesMax = 2 * 1_024 * 1_024;
export const sharesMax = 255;
const idBytes = 16;

const grammar: KitGrammar = {
  what: 'recovery kit',
  label: 'coffer-recovery-kit',
  names: [
    'store',
    'kit',
    'generation',
    'made',
    'lock',
    'salt',
    'memory',
    'passes',
    'lanes',
    'shares',
    'threshold',
    'sealed',
  ],
  repeated: 'sealed',
};

/** The text of a kit that holds `keyring`, sealed under `key` (32 bytes). */
export function sealKit(
  keyring: Keyring,
  facts: Omit<KitFacts, 'storeId' | 'generation'>,
  key: Uint8Array,
): string {
  const { storeId, generation } = keyring;
  const { kitId } = facts;
  const head = headOf(grammar, headValues({ ...facts, storeId, generation }));
  const body = encodeKeyringBody(keyring);
  const sealing = sealingKey(key, { storeId, kitId });
  const sealed = xaesSeal(sealing, authenticated(head), body);
  sealing.destroy();
  body.fill(0);
  const lines = toBase64Url(sealed).match(/.{1,76}/g) ?? [];
  return (
    comment(aboutKit(facts.lock)) +
    head +
    lines.map((line) => `sealed ${line}\n`).join('') +
    checkLine(grammar, head, sealed)
  );
}

/** The kit in a file's bytes. Whatever is wrong with it is `Fault('damaged')` and names the file. */
export function readKit(bytes: Buffer, path: string): RecoveryKit {
  const lines = new KitLines(bytes, path, grammar);
  const facts: KitFacts = {
    storeId: lines.bytes('store', idBytes),
    kitId: lines.bytes('kit', idBytes),
    generation: lines.count('generation'),
    madeAt: lines.time('made'),
    lock: readLock(lines),
  };
  const head = headOf(grammar, headValues(facts));
  const sealed = fromBase64Url(lines.value('sealed', /^[A-Za-z0-9_-]+$/));
  lines.assertCheck(head, sealed);
  if (sealed.length <= xaesOverheadBytes) throw lines.damage('holds nothing');
  return { ...facts, path, head, sealed };
}

/** The keyring in a kit; undefined where the key is not this kit's. */
export function openKit(kit: RecoveryKit, key: Uint8Array): Keyring | undefined {
  const { storeId, generation, head, sealed } = kit;
  const sealing = sealingKey(key, kit);
  const body = openedOrNot(() => xaesOpen(sealing, authenticated(head), sealed));
  sealing.destroy();
  if (body === undefined) return undefined;
  const keyring = decodeKeyringBody(body, { storeId, generation });
  body.fill(0);
  return keyring;
}

function openedOrNot(open: () => Buffer): Buffer | undefined {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return undefined;
  }
}

function sealingKey(key: Uint8Array, { storeId, kitId }: Pick<KitFacts, 'storeId' | 'kitId'>) {
  const kitKey = SecretKey.from(key);
  const sealing = deriveKey(kitKey, lengthPrefixed('coffer/1/recovery-kit', storeId, kitId));
  kitKey.destroy();
  return sealing;
}

const authenticated = (head: string): Buffer => lengthPrefixed('coffer/1/recovery-kit', head);

function headValues({ storeId, kitId, generation, madeAt, lock }: KitFacts) {
  const common = {
    store: toHex(storeId),
    kit: toHex(kitId),
    generation: String(generation),
    made: isoTime(madeAt),
    lock: lock.kind,
  };
  if (lock.kind === 'shares') {
    return { ...common, shares: String(lock.shares), threshold: String(lock.threshold) };
  }
  const { salt, memoryKiB, passes, lanes } = lock;
  return {
    ...common,
    salt: toHex(salt),
    memory: String(memoryKiB),
    passes: String(passes),
    lanes: String(lanes),
  };
}

function readLock(lines: KitLines): KitLock {
  const kind = lines.value('lock', /^(passphrase|shares)$/) as KitLock['kind'];
  if (kind === 'shares') {
    lines.refuse(['salt', 'memory', 'passes', 'lanes']);
    const lock = { kind, shares: lines.count('shares'), threshold: lines.count('threshold') };
    if (!isKitLock(lock)) throw lines.damage('is split in a way that there is not');
    return lock;
  }
  lines.refuse(['shares', 'threshold']);
  const salt = lines.bytes('salt', argon2SaltBytes);
  const costs = { memoryKiB: lines.count('memory'), passes: lines.count('passes') };
  const lock = { kind, salt, ...costs, lanes: lines.count('lanes') };
  if (!isKitLock(lock)) throw lines.damage('asks for more work than any kit of Coffer');
  return lock;
}

/** Whether a kit may be locked so. */
export function isKitLock(lock: KitLock): boolean {
  return lock.kind === 'shares' ? isSplit(lock) : areArgon2Parameters(lock);
}

/** Any `threshold` of `shares` open the kit: 2 at least, or one alone would be the key. */
export function isSplit(split: { readonly shares: number; readonly threshold: number }): boolean {
  const { shares, threshold } = split;
  return (
    Number.isSafeInteger(shares) && shares <= sharesMax && threshold >= 2 && threshold <= shares
  );
}

const aboutKit = (lock: KitLock): readonly string[] => [
  'A recovery kit of a Coffer store (an object store on a server of its owner): a sealed copy of the keys',
  'without which nothing in that store can be read. Keep it apart from the server and its backups.',
  lock.kind === 'passphrase'
    ? 'It opens with the passphrase that was chosen for it: keep that elsewhere.'
    : `It opens with any ${lock.threshold} of the ${lock.shares} shares that were made with it, and with no fewer.`,
  'To try it:  coffer keys restore THIS-FILE --check    To use it: see "Recovery kits" in OPERATING.md',
];
