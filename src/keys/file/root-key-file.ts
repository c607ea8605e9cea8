/**
 * The root key file (FORMAT.md §5.3): a few lines of text that hold the root key and the store's
 * id. Whoever has it and the data folder has everything; without it the data is lost. So it is made
 * whole or not at all, it must not be open to others, and each way it can be damaged is told in one
 * sentence that names the file and the mend.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { randomId } from '../../base/ids.ts';
import { toHex } from '../../base/bytes.ts';
import { Fault } from '../../base/refusal.ts';
import { SecretKey } from '../../crypto/secret-key.ts';
import {
  fileMode,
  placeNewFile,
  readSmallFile,
  realFile,
  removeDrafts,
  removeFiles,
  renameFile,
  replaceFile,
} from '../durable-file.ts';

/** `new` until the store's first transaction is durable. */
export type RootKeyState = 'new' | 'initialised';

export interface RootKeyFile {
  readonly path: string;
  /** 16 bytes. */
  readonly storeId: Uint8Array;
  readonly key: SecretKey;
  readonly state: RootKeyState;
  /** What an operator should be told: set where the file's group may read the key. */
  readonly warning: string | undefined;
}

const fileBytesMax = 4_096;
const label = 'coffer-root-key';
const version = '1';

/** The root key file at `path`, or undefined where there is none. */
export async function readRootKeyFile(path: string): Promise<RootKeyFile | undefined> {
  const bytes = await readSmallFile(path, fileBytesMax);
  if (bytes === undefined) return undefined;
  const warning = checkMode(path, await fileMode(path));
  const { storeId, key, state } = parse(path, bytes.toString('latin1'));
  bytes.fill(0);
  const secret = SecretKey.from(key);
  key.fill(0);
  return { path, storeId, key: secret, state, warning };
}

/**
 * Makes a new root key and a new store id, durable (mode 0600) once resolved; or a new root key of
 * the store that is named, which lost its own. Where a file is there already, it is read instead: of
 * two first starts at once, both get the one that came first.
 */
export async function createRootKeyFile(path: string, store?: Uint8Array): Promise<RootKeyFile> {
  const key = SecretKey.generate();
  const bytes = key.exportForKeyring();
  const state = store === undefined ? 'new' : 'initialised';
  const text = Buffer.from(format({ storeId: store ?? randomId(), key: bytes, state }), 'latin1');
  await placeNewFile(path, text);
  key.destroy();
  bytes.fill(0);
  text.fill(0);
  const placed = await readRootKeyFile(path);
  if (placed === undefined) throw new Fault('failed', `${path} vanished while it was created`);
  return placed;
}

/** Records that the store exists, in one step: whoever looks sees the old file or the new. */
export async function markInitialised(file: RootKeyFile): Promise<RootKeyFile> {
  if (file.state === 'initialised') return file;
  const key = file.key.exportForKeyring();
  const text = Buffer.from(format({ storeId: file.storeId, key, state: 'initialised' }), 'latin1');
  await replaceFile(file.path, text);
  key.fill(0);
  text.fill(0);
  return { ...file, state: 'initialised' };
}

/**
 * Makes a new root key of the same store in a file of its own beside the old one, `PATH.new`; one that
 * is there is taken. Proves first that the old file can be replaced: it is, by its own bytes.
 */
export async function createRenewedFile(file: RootKeyFile): Promise<RootKeyFile> {
  const { path, storeId } = file;
  const same = await readSmallFile(path, fileBytesMax);
  if (same === undefined) throw new Fault('failed', `the root key file ${path} is gone`);
  await replaceFile(path, same);
  same.fill(0);
  const key = SecretKey.generate().exportForKeyring();
  const text = Buffer.from(format({ storeId, key, state: 'initialised' }), 'latin1');
  await placeNewFile(await renewedPath(path), text);
  key.fill(0);
  text.fill(0);
  const placed = await readRenewedFile(file);
  if (placed === undefined) throw new Fault('failed', `another file is beside ${path}`);
  return placed;
}

/** The new root key beside a root key file, with the path that it will have; undefined: there is none. */
export async function readRenewedFile(file: RootKeyFile): Promise<RootKeyFile | undefined> {
  const renewed = await readRootKeyFile(await renewedPath(file.path));
  // Of another store: a file that happens to have this name, and is not ours to touch.
  if (renewed === undefined || Buffer.compare(renewed.storeId, file.storeId) !== 0)
    return undefined;
  return { ...renewed, path: file.path };
}

/** Puts the new file into the place of the old. Once that is done, doing so again changes nothing. */
export async function placeRenewedFile(file: RootKeyFile): Promise<void> {
  const from = await renewedPath(file.path);
  if ((await realFile(from)) === undefined) return;
  await renameFile(from, from.slice(0, -renewedEnd.length));
}

export async function removeRenewedFile(file: RootKeyFile): Promise<void> {
  const path = await renewedPath(file.path);
  await removeFiles(dirname(path), [basename(path)]);
}

/** Removes what a kill left of either file while it was written: it holds a root key. */
export async function removeRootKeyDrafts({ path }: RootKeyFile): Promise<void> {
  await removeDrafts((await realFile(path)) ?? path);
  await removeDrafts(await renewedPath(path));
}

const renewedEnd = '.new';

/** Beside the file itself, where `path` is a link to it: the link stays. */
async function renewedPath(path: string): Promise<string> {
  return `${(await realFile(path)) ?? path}${renewedEnd}`;
}

interface Content {
  readonly storeId: Uint8Array;
  readonly key: Buffer;
  readonly state: RootKeyState;
}

function format({ storeId, key, state }: Content): string {
  return [
    '# The root key of a Coffer store. Back it up, apart from the data folder, and show it to nobody:',
    '# with it and the data everything can be read; without it nothing can.',
    `${label} ${version}`,
    `store ${toHex(storeId)}`,
    `key ${toHex(key)}`,
    `check ${toHex(checksum(storeId, key))}`,
    `state ${state}`,
    '',
  ].join('\n');
}

function checksum(storeId: Uint8Array, key: Uint8Array): Buffer {
  const hash = createHash('sha256').update('coffer-root-key/1').update(storeId).update(key);
  return hash.digest().subarray(0, 8);
}

function parse(path: string, text: string): Content {
  if (text.trim() === '') throw damage(path, 'is empty');
  const values = readLines(path, text);
  const format = values.get(label);
  if (format === undefined) throw damage(path, 'is not a root key file of Coffer');
  if (format !== version) {
    throw new Fault(
      'damaged',
      `The root key file ${path} is of a newer format: use a newer Coffer.`,
    );
  }
  const value = (name: string, pattern: RegExp, what: string): string => {
    const found = values.get(name);
    if (found === undefined) throw damage(path, `has no line "${name}": it is cut short`);
    if (!pattern.test(found)) throw damage(path, `has a line "${name}" that is not ${what}`);
    return found;
  };
  const storeId = Buffer.from(value('store', /^[0-9a-fA-F]{32}$/, '32 hex digits'), 'hex');
  const key = Buffer.from(value('key', /^[0-9a-fA-F]{64}$/, '64 hex digits'), 'hex');
  const check = Buffer.from(value('check', /^[0-9a-fA-F]{16}$/, '16 hex digits'), 'hex');
  const state = value('state', /^(new|initialised)$/, '"new" or "initialised"') as RootKeyState;
  if (!timingSafeEqual(check, checksum(storeId, key))) {
    throw damage(path, 'does not match its own check line: a digit of it was changed');
  }
  return { storeId, key, state };
}

const names = new Set([label, 'store', 'key', 'check', 'state']);

/** `name value` lines; `#` begins a comment. Never quotes a line: it might be the key's. */
function readLines(path: string, text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const [index, line] of text.split('\n').entries()) {
    const [name, value, ...more] = line.replace(/#.*$/s, '').trim().split(/\s+/);
    if (name === undefined || name === '') continue;
    if (!names.has(name) || value === undefined || more.length > 0 || values.has(name)) {
      throw damage(path, `has a line ${index + 1} that does not belong there`);
    }
    values.set(name, value);
  }
  return values;
}

function damage(path: string, what: string): Fault {
  return new Fault(
    'damaged',
    `The root key file ${path} ${what}: put it back from your backup. ` +
      'A new key cannot open what the old one sealed.',
  );
}

const othersAny = 0o007;
const groupWrite = 0o020;
const groupRead = 0o040;

/** Refuses a key that anyone may read or that others may replace; warns where the group may read. */
function checkMode(path: string, mode: number): string | undefined {
  if ((mode & (othersAny | groupWrite)) !== 0) {
    throw new Fault(
      'damaged',
      `The root key file ${path} is open to other users (mode ${octal(mode)}): ` +
        `run chmod 600 ${path}, and consider whether the key was seen.`,
    );
  }
  if ((mode & groupRead) === 0) return undefined;
  return `The root key file ${path} can be read by its group (mode ${octal(mode)}): run chmod 600 ${path} unless that is meant.`;
}

const octal = (mode: number): string => `0${mode.toString(8)}`;
