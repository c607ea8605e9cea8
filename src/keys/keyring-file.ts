/**
 * The keyring on disk (FORMAT.md §5.1): one immutable file per generation, sealed by the keeper,
 * named by its generation and digest. Which one is in force is said by the keyring row, not here. A
 * file is believed only if it is the one that the row names, to the byte.
 *
 * Every damage is a `Fault('damaged')` in a sentence that names the file and the way back.
 */
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { lengthPrefixed, toHex, u64 } from '../base/bytes.ts';
import { Fault, assert } from '../base/refusal.ts';
import {
  ensureFolder,
  listFolder,
  readSmallFile,
  removeFiles,
  writeNewFile,
} from './durable-file.ts';
import { type Keeper, type KeeperDescription, keyringBytesMax } from './keeper.ts';
import { type Keyring, decodeKeyringBody, encodeKeyringBody } from './keyring.ts';

/** Names one keyring file for ever; the clear part of the keyring row. */
export interface KeyringReference {
  readonly generation: number;
  /** SHA-256 of the file, 32 bytes. */
  readonly digest: Uint8Array;
}

const magic = Buffer.from('COFFERK1', 'latin1');
const headBytes = magic.length + 16 + 8;
/** What the keyring's body has at most, and more than a keeper and the head add to it. */
const fileBytesMax = keyringBytesMax + 64 * 1_024;

/**
 * Seals `keyring` into a new file of `folder`, durably, and proves it by reading it back through
 * the keeper. Nothing is in force before a row names the reference.
 */
export async function writeKeyringFile(
  folder: string,
  keyring: Keyring,
  keeper: Keeper,
): Promise<KeyringReference> {
  const { storeId, generation } = keyring;
  const body = encodeKeyringBody(keyring);
  const sealed = await keeper.seal(body, { storeId, generation });
  const { kind, location } = keeper.description;
  const bytes = Buffer.concat([
    magic,
    storeId,
    u64(generation),
    lengthPrefixed(JSON.stringify({ kind, location }), sealed),
  ]);
  const reference = { generation, digest: createHash('sha256').update(bytes).digest() };
  await ensureFolder(folder);
  const path = keyringPath(folder, reference);
  await writeNewFile(path, bytes);
  const again = await readKeyringFile({ folder, keeper, storeId }, reference);
  const readBack = encodeKeyringBody(again);
  const same = readBack.equals(body);
  body.fill(0);
  readBack.fill(0);
  if (!same) throw new Fault('damaged', `${path} did not read back as it was written.`);
  return reference;
}

/** The keyring in the file that `reference` names, opened by the keeper. */
export async function readKeyringFile(
  place: { readonly folder: string; readonly keeper: Keeper; readonly storeId: Uint8Array },
  reference: KeyringReference,
): Promise<Keyring> {
  const { storeId } = place;
  const {
    path,
    storeId: store,
    keeper: sealedBy,
    sealed,
  } = await readParsed(place.folder, reference);
  if (!store.equals(storeId)) throw otherStore(path, place.keeper.description, sealedBy);
  const body = await place.keeper
    .open(sealed, { storeId, generation: reference.generation })
    .catch(namingBoth(path, sealedBy, place.keeper.description));
  const keyring = decodeKeyringBody(body, { storeId, generation: reference.generation });
  body.fill(0);
  return keyring;
}

/** What a keyring file says in clear. */
export interface KeyringHead {
  readonly storeId: Uint8Array;
  /** Who sealed it; undefined where that is not said in a form that can be shown. */
  readonly sealedBy: KeeperDescription | undefined;
}

/** The clear head of the file that `reference` names: enough to know which keeper to ask. */
export async function readKeyringHead(
  folder: string,
  reference: KeyringReference,
): Promise<KeyringHead> {
  const { storeId, keeper } = await readParsed(folder, reference);
  return { storeId: Buffer.from(storeId), sealedBy: description(keeper) };
}

/**
 * Removes the files of generations before the one in force that another keeper sealed: that keeper
 * was replaced, and must not open the store again. To be called once the keeper of the one in force
 * has opened it, by who alone may change the store. Gives the names of what it removed.
 */
export async function removeReplaced(
  folder: string,
  inForce: KeyringReference,
): Promise<readonly string[]> {
  const { keeper } = await readParsed(folder, inForce);
  const replaced: string[] = [];
  for (const { path, generation } of await listKeyringFiles(folder)) {
    if (generation >= inForce.generation) continue;
    const bytes = await readSmallFile(path, fileBytesMax);
    const sealedBy = bytes === undefined ? undefined : parse(bytes)?.keeper;
    // What cannot be read is nobody's: it stays for whoever looks into the damage.
    if (sealedBy !== undefined && sealedBy !== keeper) replaced.push(basename(path));
  }
  await removeFiles(folder, replaced);
  return replaced;
}

/** Generations that stay beside the one in force, for who looks into what happened. */
export const olderGenerationsMax = 64;

/** Removes the files of generations long before the one in force: each is a copy of the keys of its time. */
export async function removeLongReplaced(
  folder: string,
  { generation: inForce }: KeyringReference,
): Promise<void> {
  const old = (await listKeyringFiles(folder)).filter(
    ({ generation }) => generation < inForce - olderGenerationsMax,
  );
  await removeFiles(
    folder,
    old.map(({ path }) => basename(path)),
  );
}

/** A file that is there, in force or not. */
export interface KeyringFile {
  readonly path: string;
  readonly generation: number;
  /** First 16 hex digits of the digest, as the name says. */
  readonly digestPrefix: string;
}

/** The keyring files of `folder`, oldest generation first; a missing folder has none. */
export async function listKeyringFiles(folder: string): Promise<KeyringFile[]> {
  const found = (await listFolder(folder)).flatMap((name) => {
    const match = /^keyring-([1-9][0-9]{0,14})-([0-9a-f]{16})$/.exec(name);
    if (match === null) return [];
    const [, generation, digestPrefix] = match;
    return [
      {
        path: join(folder, name),
        generation: Number(generation),
        digestPrefix: digestPrefix ?? '',
      },
    ];
  });
  return found.sort((a, b) => a.generation - b.generation);
}

/** Where the file of a reference lies. */
export function keyringPath(folder: string, { generation, digest }: KeyringReference): string {
  return join(folder, `keyring-${generation}-${toHex(digest).slice(0, 16)}`);
}

interface ParsedKeyringFile {
  readonly storeId: Buffer;
  readonly generation: number;
  readonly keeper: string;
  readonly sealed: Buffer;
}

async function readParsed(
  folder: string,
  reference: KeyringReference,
): Promise<ParsedKeyringFile & { readonly path: string }> {
  assert(reference.digest.length === 32, 'a keyring is named by its whole digest');
  const path = keyringPath(folder, reference);
  const bytes = await readSmallFile(path, fileBytesMax);
  if (bytes === undefined) throw wayBack(`The keyring file ${path} is missing`, folder);
  const fault = difference(bytes, reference);
  if (fault !== undefined) throw wayBack(`The keyring file ${path} ${fault}`, folder);
  return { path, ...(parse(bytes) ?? unreadable(path)) };
}

/** Undefined unless every byte is accounted for. */
function parse(bytes: Buffer): ParsedKeyringFile | undefined {
  if (bytes.length < headBytes + 8 || !bytes.subarray(0, magic.length).equals(magic)) {
    return undefined;
  }
  const keeperEnd = headBytes + 4 + bytes.readUInt32BE(headBytes);
  if (keeperEnd + 4 > bytes.length) return undefined;
  if (keeperEnd + 4 + bytes.readUInt32BE(keeperEnd) !== bytes.length) return undefined;
  return {
    storeId: bytes.subarray(magic.length, magic.length + 16),
    generation: Number(bytes.readBigUInt64BE(magic.length + 16)),
    keeper: bytes.toString('utf8', headBytes + 4, keeperEnd),
    sealed: bytes.subarray(keeperEnd + 4),
  };
}

/** What is wrong with a file that is not the expected one; undefined where it is. */
function difference(bytes: Buffer, expected: KeyringReference): string | undefined {
  if (bytes.length === 0) return 'is empty';
  const parsed = parse(bytes);
  if (parsed === undefined) return 'is cut short or is not a keyring';
  if (parsed.generation !== expected.generation) {
    return `holds generation ${parsed.generation}, not ${expected.generation}: it was replaced by another`;
  }
  const digest = createHash('sha256').update(bytes).digest();
  return digest.equals(expected.digest) ? undefined : 'was changed since it was written';
}

function wayBack(what: string, folder: string): Fault {
  return new Fault(
    'damaged',
    `${what}: put that file back from your newest backup of ${folder}, or restore the keyring from a recovery kit (coffer keys restore KIT). ` +
      'Nothing was changed; no key is ever made anew for a store that has data.',
  );
}

function unreadable(path: string): never {
  throw new Fault('damaged', `The keyring file ${path} cannot be read.`);
}

/** The file is the one that the row names, so it is the keeper that belongs elsewhere. */
function otherStore(path: string, asked: KeeperDescription, sealedBy: string): Fault {
  return new Fault(
    'damaged',
    `The root of trust ${asked.kind}:${asked.location} belongs to another store than the keyring file ${path}, ` +
      `which was sealed by ${describe(sealedBy)}: set --keeper to the root of trust that this store was made with.`,
  );
}

/** Turns the keeper's refusal to open into a sentence about both keepers. */
function namingBoth(
  path: string,
  sealedBy: string,
  asked: KeeperDescription,
): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof Fault) || error.kind !== 'damaged') throw error;
    const original = describe(sealedBy);
    const asks = `${asked.kind}:${asked.location}`;
    if (original === asks) {
      // The same place, and yet another key in it: an older backup of a key that was renewed since.
      const backup =
        asked.kind === 'file'
          ? ' If it came from a backup, take a newer one: destroying a master key version renews the root key.'
          : '';
      const there = asked.kind === 'passphrase' ? 'the passphrase' : 'what lies there';
      throw new Fault(
        'damaged',
        `The keyring file ${path} does not open with ${asks}, which sealed it: ${there} is not the one ` +
          `that it was then.${backup}`,
        { cause: error },
      );
    }
    throw new Fault(
      'damaged',
      `The keyring file ${path} does not open with ${asks}. ` +
        `It was sealed by ${original}: set --keeper to the root of trust that this store was made with.`,
      { cause: error },
    );
  };
}

/** The clear description as text for a message. */
function describe(sealedBy: string): string {
  const keeper = description(sealedBy);
  return keeper === undefined ? 'an unnamed keeper' : `${keeper.kind}:${keeper.location}`;
}

/** Printable and short, or undefined; never trusted. */
function description(sealedBy: string): KeeperDescription | undefined {
  const text = /^\{"kind":"([a-z0-9-]{1,20})","location":"([^"\\\p{Cc}]{0,300})"\}$/u.exec(
    sealedBy,
  );
  if (text?.[1] === undefined || text[2] === undefined) return undefined;
  return { kind: text[1], location: text[2] };
}
