import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../tests/temporary-folder.ts';
import { type FileKeeper, createFileKeeper } from './file/file-keeper.ts';
import { type Keyring, addVersion, encodeKeyringBody, mintFirstKeyring } from './keyring.ts';
import {
  type KeyringReference,
  keyringPath,
  listKeyringFiles,
  readKeyringFile,
  writeKeyringFile,
} from './keyring-file.ts';

const now = new Date('2026-11-24T08:00:00Z');

interface Place extends AsyncDisposable {
  readonly root: string;
  readonly folder: string;
  readonly keeper: FileKeeper;
  readonly keyring: Keyring;
  readonly storeId: Uint8Array;
}

async function place(): Promise<Place> {
  const temporary = await temporaryFolder();
  const keeper = await createFileKeeper(`${temporary.path}/data.root-key`);
  const { storeId } = keeper;
  return {
    root: temporary.path,
    folder: `${temporary.path}/keys`,
    keeper,
    storeId,
    keyring: mintFirstKeyring(storeId, now),
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  };
}

/** One sentence that names the file and the way back. */
async function refused(at: Place, reference: KeyringReference, what: RegExp): Promise<void> {
  await assert.rejects(readKeyringFile(at, reference), (error: Error & { kind?: string }) => {
    assert.equal(error.kind, 'damaged');
    assert.match(error.message, what);
    assert.ok(error.message.includes(keyringPath(at.folder, reference)), error.message);
    assert.match(error.message, /backup of .*keys|set --keeper/);
    return true;
  });
}

test('a written keyring is read back by its reference, and laid out as FORMAT.md §5.1 says', async () => {
  await using at = await place();
  const reference = await writeKeyringFile(at.folder, at.keyring, at.keeper);
  const path = keyringPath(at.folder, reference);
  const bytes = await readFile(path);
  const digest = createHash('sha256').update(bytes).digest();
  assert.deepEqual(reference, { generation: 1, digest });
  assert.equal(basename(path), `keyring-1-${digest.toString('hex').slice(0, 16)}`);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal((await stat(at.folder)).mode & 0o777, 0o700);
  assert.equal(bytes.toString('latin1', 0, 8), 'COFFERK1');
  assert.deepEqual(bytes.subarray(8, 24), Buffer.from(at.storeId));
  assert.equal(bytes.readBigUInt64BE(24), 1n);
  const keeperEnd = 36 + bytes.readUInt32BE(32);
  const clear = JSON.parse(bytes.toString('utf8', 36, keeperEnd)) as unknown;
  assert.deepEqual(clear, { kind: 'file', location: `${at.root}/data.root-key` });
  assert.equal(bytes.readUInt32BE(keeperEnd), bytes.length - keeperEnd - 4);
  const again = await readKeyringFile(at, reference);
  assert.deepEqual(encodeKeyringBody(again), encodeKeyringBody(at.keyring));
});

test('generations lie side by side, oldest first; other files are not keyrings', async () => {
  await using at = await place();
  assert.deepEqual(await listKeyringFiles(at.folder), []);
  const second = addVersion(at.keyring, now);
  const references = [
    await writeKeyringFile(at.folder, second, at.keeper),
    await writeKeyringFile(at.folder, at.keyring, at.keeper),
  ];
  await writeFile(`${at.folder}/keyring-1-xyz`, '');
  await writeFile(`${at.folder}/.keyring-1-0123456789abcdef.new`, '');
  const listed = await listKeyringFiles(at.folder);
  assert.deepEqual(
    listed.map(({ generation, path }) => [generation, path]),
    [1, 0].map((index) => {
      const reference = references[index] ?? assert.fail();
      return [reference.generation, keyringPath(at.folder, reference)];
    }),
  );
  assert.equal((await readKeyringFile(at, references[0] ?? assert.fail())).versions.size, 2);
});

test('a missing, empty, cut or changed file is refused', async () => {
  await using at = await place();
  const reference = await writeKeyringFile(at.folder, at.keyring, at.keeper);
  const path = keyringPath(at.folder, reference);
  const bytes = await readFile(path);
  await rm(path);
  await refused(at, reference, /is missing/);
  await writeFile(path, '');
  await refused(at, reference, /is empty/);
  for (const length of [1, 8, 31, 32, 35, 60, 100, bytes.length - 1]) {
    await writeFile(path, bytes.subarray(0, length));
    await refused(at, reference, /is cut short/);
  }
  await writeFile(path, Buffer.concat([bytes, Buffer.alloc(1)]));
  await refused(at, reference, /is cut short or is not a keyring/);
  for (let byte = 0; byte < bytes.length; byte += 5) {
    const changed = Buffer.from(bytes);
    changed[byte] = (changed[byte] ?? 0) ^ (1 << (byte % 8));
    await writeFile(path, changed);
    await refused(at, reference, /was changed|is not a keyring|was replaced/);
  }
  await writeFile(path, Buffer.alloc(1_200_000));
  await assert.rejects(readKeyringFile(at, reference), /longer than/);
});

test('an older keyring, or another of the same generation, in its place is refused', async () => {
  await using at = await place();
  const old = await writeKeyringFile(at.folder, at.keyring, at.keeper);
  const next = await writeKeyringFile(at.folder, addVersion(at.keyring, now), at.keeper);
  await rename(keyringPath(at.folder, old), keyringPath(at.folder, next));
  await refused(at, next, /holds generation 1, not 2/);
  const twin = await writeKeyringFile(at.folder, at.keyring, at.keeper);
  await rename(keyringPath(at.folder, twin), keyringPath(at.folder, old));
  await refused(at, old, /was changed since it was written/);
});

test('a keyring of another store, or of another root key, is refused with both named', async () => {
  await using at = await place();
  await using other = await place();
  const reference = await writeKeyringFile(other.folder, other.keyring, other.keeper);
  await mkdir(at.folder);
  await rename(keyringPath(other.folder, reference), keyringPath(at.folder, reference));
  await refused(
    at,
    reference,
    new RegExp(`file:${at.root}.*belongs to another store .*sealed by file:${other.root}`),
  );
  const wrong = { ...at, storeId: other.storeId };
  await refused(
    wrong,
    reference,
    new RegExp(`does not open with file:${at.root}.*sealed by file:${other.root}`),
  );
});

test('trouble reaching a keeper is passed on as it is', async () => {
  await using at = await place();
  const reference = await writeKeyringFile(at.folder, at.keyring, at.keeper);
  const away = Object.assign(new Error('the keeper is away'), { kind: 'unavailable' });
  const keeper = {
    description: at.keeper.description,
    seal: async (): Promise<Uint8Array> => Promise.reject(away),
    open: async (): Promise<Buffer> => Promise.reject(away),
  };
  await assert.rejects(readKeyringFile({ ...at, keeper }, reference), away);
  await assert.rejects(writeKeyringFile(at.folder, at.keyring, keeper), away);
  assert.equal((await readdir(at.folder)).length, 1);
});

test('a keeper that does not open what it sealed is noticed before anything relies on it', async () => {
  await using at = await place();
  const keeper = {
    description: at.keeper.description,
    seal: async (): Promise<Uint8Array> => Buffer.alloc(90),
    open: at.keeper.open.bind(at.keeper),
  };
  await assert.rejects(writeKeyringFile(at.folder, at.keyring, keeper), { kind: 'damaged' });
});
