/** A damaged or truncated data file is a Fault that names it, before LMDB can die of it. */
import assert from 'node:assert/strict';
import { copyFile, mkdtemp, open, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fill, key, sealed } from '../../../tests/contracts/metadata-store.ts';
import { Fault } from '../../base/refusal.ts';
import { checkDataFile } from './data-file.ts';
import { pageBytes } from './environment.ts';
import { openLmdbMetadata } from './metadata.ts';

let folder = '';
let whole = '';

const quiet = (): void => {};

/** A store of three levels with overflow pages, and pages freed among them. */
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coffer-data-file-'));
  const metadata = await openLmdbMetadata({ path: join(folder, 'whole'), onFailure: quiet });
  const names = Array.from({ length: 600 }, (_, at) => `${at}-${'k'.repeat(900)}`);
  await fill(metadata, names);
  await metadata.transact(async (tx) => {
    for (let at = 0; at < 5; at += 1) tx.put(key(`big ${at}`), sealed(Buffer.alloc(40_000, at)));
    for (const name of names.slice(100, 150)) tx.delete(key(name));
  });
  await metadata.close();
  whole = join(folder, 'whole', 'data.mdb');
});

after(() => rm(folder, { recursive: true }));

/** Opens a copy of the whole file after `change`. */
async function openChanged(change: (path: string) => Promise<void>): Promise<string | undefined> {
  const path = await mkdtemp(join(folder, 'copy-'));
  const file = join(path, 'data.mdb');
  await copyFile(whole, file);
  await change(file);
  try {
    const metadata = await openLmdbMetadata({ path, onFailure: quiet });
    await metadata.close();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof Fault && error.kind === 'damaged', String(error));
    assert.ok(error.message.includes(file), error.message);
    return error.message;
  }
}

async function overwrite(file: string, bytes: Uint8Array, position: number): Promise<void> {
  await using handle = await open(file, 'r+');
  await handle.write(bytes, 0, bytes.length, position);
}

test('a whole file opens, and so does an absent or empty one', async () => {
  assert.equal(await openChanged(async () => {}), undefined);
  assert.equal(await openChanged((file) => truncate(file, 0)), undefined);
  assert.equal(await openChanged((file) => rm(file)), undefined);
});

test('a truncated file is damage wherever it was cut', async () => {
  const { size } = await stat(whole);
  for (const bytes of [size - 1, size - pageBytes, size >> 1, 3 * pageBytes, 2 * pageBytes]) {
    const message = await openChanged((file) => truncate(file, bytes));
    assert.match(message ?? 'opened', /behind its end/, `cut to ${bytes}`);
  }
  for (const bytes of [pageBytes + 100, pageBytes, 167, 1]) {
    const message = await openChanged((file) => truncate(file, bytes));
    assert.match(message ?? 'opened', /meta page/, `cut to ${bytes}`);
  }
});

test('meta pages that are not LMDB format 2 are damage, either of the two', async () => {
  for (const page of [0, 1]) {
    const cases: [Uint8Array, number][] = [
      [Buffer.alloc(168), 0],
      [Buffer.from('coffer'), 24],
      [Buffer.of(1, 0, 0, 0), 28],
      [Buffer.of(0, 0, 0, 1), 48],
      [Buffer.of(0, 0x21, 0, 0), 48],
      [Buffer.of(7), 0],
    ];
    for (const [bytes, at] of cases) {
      const message = await openChanged((file) => overwrite(file, bytes, page * pageBytes + at));
      assert.match(message ?? 'opened', /meta page/);
    }
  }
});

test('a file of something else is damage', async () => {
  assert.match((await openChanged((file) => writeFile(file, 'x'.repeat(50_000)))) ?? '', /meta/);
});

test('a file shorter than its meta page says, but with every page in use, opens', async () => {
  // LMDB leaves such a file when the last pages were freed before they were ever written.
  const grown = async (file: string): Promise<void> => {
    for (const page of [0, 1]) {
      const lastPage = Buffer.alloc(8);
      lastPage.writeBigUInt64LE(BigInt((await stat(file)).size / pageBytes + 20));
      await overwrite(file, lastPage, page * pageBytes + 144);
    }
  };
  assert.equal(await openChanged(grown), undefined);
});

test('random bytes in every page but the first two never hang or crash the check', async () => {
  const path = join(folder, 'random.mdb');
  await copyFile(whole, path);
  const { size } = await stat(path);
  for (let round = 0; round < 30; round += 1) {
    const noise = Buffer.alloc(pageBytes, (round * 37 + 1) & 0xff);
    await overwrite(path, noise, (2 + ((round * 13) % (size / pageBytes - 3))) * pageBytes + 16);
    await truncate(path, size - (1 + (round % 5)) * pageBytes);
    try {
      checkDataFile(path);
    } catch (error) {
      assert.ok(error instanceof Fault && error.kind === 'damaged', String(error));
    }
    await truncate(path, size);
  }
});
