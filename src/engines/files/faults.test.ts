/** What the files engine does when a call on a blob file fails (`engines/blobs.ts`). */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Fault, Refusal, type FaultKind } from '../../base/refusal.ts';
import { asSealed, type Sealed } from '../../base/sealed.ts';
import type { Blobs } from '../blobs.ts';
import { openFileBlobs } from './blobs.ts';
import { nodeDisk, type Disk } from './disk.ts';

interface Trial extends AsyncDisposable {
  readonly blobs: Blobs;
  readonly path: string;
  readonly failures: Fault[];
  /** Blob files there are, whatever the engine says. */
  files(): Promise<string[]>;
}

async function trial(faults: Partial<Disk>): Promise<Trial> {
  const path = await mkdtemp(join(tmpdir(), 'coffer-blobs-'));
  const failures: Fault[] = [];
  const onFailure = (fault: Fault): void => void failures.push(fault);
  const blobs = await openFileBlobs({ path, onFailure, disk: { ...nodeDisk, ...faults } });
  const files = async (): Promise<string[]> =>
    (await readdir(path, { recursive: true })).filter((name) => name.includes('/'));
  const dispose = async (): Promise<void> => {
    await blobs.close();
    await rm(path, { recursive: true });
  };
  return { blobs, path, failures, files, [Symbol.asyncDispose]: dispose };
}

const systemError = (code: string): Error =>
  Object.assign(new Error(`${code}: injected`), { code });

/** `call`, failing with `code` the `nth` time. */
function failing<A extends unknown[], R>(
  call: (...args: A) => Promise<R>,
  code: string,
  nth = 1,
): (...args: A) => Promise<R> {
  let calls = 0;
  return async (...args) => {
    calls += 1;
    if (calls === nth) throw systemError(code);
    return call(...args);
  };
}

const isFault = (kind: FaultKind) => (error: unknown) =>
  error instanceof Fault && error.kind === kind;
const isFull = (error: unknown): boolean =>
  error instanceof Refusal && error.code === 'InsufficientStorage';

function* body(mebibytes: number): Generator<Sealed> {
  for (let at = 0; at < mebibytes; at += 1) yield asSealed(Buffer.alloc(1024 * 1024, at));
}

for (const code of ['ENOSPC', 'EDQUOT']) {
  for (const nth of [1, 2, 4]) {
    test(`${code} on write ${nth}: InsufficientStorage, the partial file removed`, async () => {
      await using on = await trial({ write: failing(nodeDisk.write, code, nth) });
      await assert.rejects(on.blobs.write(randomBytes(16), body(4)), isFull);
      assert.deepEqual(await on.files(), []);
      assert.deepEqual(on.failures, []);
      const id = randomBytes(16);
      assert.equal(await on.blobs.write(id, body(1)), 1024 * 1024);
      assert.equal(await on.blobs.size(id), 1024 * 1024);
    });
  }
}

test('a full disk when the file is made: InsufficientStorage', async () => {
  await using on = await trial({ create: failing(nodeDisk.create, 'ENOSPC') });
  await assert.rejects(on.blobs.write(randomBytes(16), body(1)), isFull);
  assert.deepEqual(await on.files(), []);
});

test('another write error: Fault failed, partial file removed, the engine goes on', async () => {
  await using on = await trial({ write: failing(nodeDisk.write, 'EIO', 2) });
  await assert.rejects(on.blobs.write(randomBytes(16), body(5)), isFault('failed'));
  assert.deepEqual(await on.files(), []);
  await on.blobs.write(randomBytes(16), body(1));
});

test('a write error ends the body at once', async () => {
  await using on = await trial({ write: failing(nodeDisk.write, 'EIO') });
  let given = 0;
  let ended = false;
  function* endless(): Generator<Sealed> {
    try {
      for (;;) {
        given += 1;
        yield asSealed(Buffer.alloc(1024 * 1024));
      }
    } finally {
      ended = true;
    }
  }
  await assert.rejects(on.blobs.write(randomBytes(16), endless()), isFault('failed'));
  assert.ok(ended);
  assert.ok(given < 5, `${given} chunks were taken`);
});

test('short writes are continued where they stopped', async () => {
  const short = (fd: number, chunks: readonly Uint8Array[]): Promise<number> => {
    const first = chunks[0] ?? Buffer.of();
    return nodeDisk.write(fd, [first.subarray(0, Math.ceil(first.length / 3))]);
  };
  await using on = await trial({ write: short });
  const id = randomBytes(16);
  const bytes = randomBytes(50_000);
  const chunks = [0, 7, 8, 30_000].map((start, index, starts) =>
    asSealed(bytes.subarray(start, starts[index + 1])),
  );
  assert.equal(await on.blobs.write(id, chunks), bytes.length);
  const read: Uint8Array[] = [];
  for await (const piece of on.blobs.read(id, { start: 0, end: bytes.length })) read.push(piece);
  assert.deepEqual(Buffer.concat(read), bytes);
});

test('a write that writes nothing is a Fault, not a loop', async () => {
  await using on = await trial({ write: async () => 0 });
  await assert.rejects(on.blobs.write(randomBytes(16), body(1)), isFault('failed'));
  assert.deepEqual(await on.files(), []);
});

for (const [nth, what] of [
  [1, 'file'],
  [2, 'folder'],
] as const) {
  test(`a failed sync of the ${what}: unknown, nothing removed, no more writes`, async () => {
    await using on = await trial({ sync: failing(nodeDisk.sync, 'EIO', nth) });
    const id = randomBytes(16);
    await assert.rejects(on.blobs.write(id, body(1)), isFault('unknown'));
    assert.equal((await on.files()).length, 1);
    assert.deepEqual(
      on.failures.map((fault) => fault.kind),
      ['unknown'],
    );
    await assert.rejects(on.blobs.write(randomBytes(16), body(1)), isFault('unavailable'));
    await assert.rejects(on.blobs.delete(id), isFault('unavailable'));
    assert.equal(await on.blobs.size(id), 1024 * 1024);
    assert.equal(on.failures.length, 1);
  });
}

test('writes under way when another sync fails are not acknowledged', async () => {
  const gate = Promise.withResolvers<void>();
  const bothSyncing = Promise.withResolvers<void>();
  let syncs = 0;
  const sync = async (fd: number): Promise<void> => {
    syncs += 1;
    if (syncs === 2) bothSyncing.resolve();
    if (syncs <= 2) await gate.promise;
    else if (syncs === 3) throw systemError('EIO');
    return nodeDisk.sync(fd);
  };
  await using on = await trial({ sync });
  const waiting = on.blobs.write(randomBytes(16), body(1));
  await bothSyncing.promise;
  await assert.rejects(on.blobs.write(randomBytes(16), body(1)), isFault('unknown'));
  gate.resolve();
  await assert.rejects(waiting, isFault('unknown'));
  assert.equal(on.failures.length, 1);
});

test('a delete whose sync fails is unknown', async () => {
  await using on = await trial({ sync: failing(nodeDisk.sync, 'EIO', 3) });
  const id = randomBytes(16);
  await on.blobs.write(id, body(1));
  await assert.rejects(on.blobs.delete(id), isFault('unknown'));
  assert.equal(on.failures.length, 1);
});

test('a failed read is a Fault, and short reads are continued', async () => {
  let reads = 0;
  const read: Disk['read'] = (fd, buffer, position) => {
    reads += 1;
    if (reads === 40) return Promise.reject(systemError('EIO'));
    return nodeDisk.read(fd, buffer.subarray(0, Math.ceil(buffer.length / 2)), position);
  };
  await using on = await trial({ read });
  const id = randomBytes(16);
  await on.blobs.write(id, body(3));
  let bytes = 0;
  const reading = (async () => {
    const range = { start: 0, end: 3 * 1024 * 1024 };
    for await (const piece of on.blobs.read(id, range)) bytes += piece.length;
  })();
  await assert.rejects(reading, isFault('failed'));
  assert.ok(bytes > 0);
});

test('every file that was opened is closed, whatever failed', async () => {
  let open = 0;
  const count =
    (change: number) =>
    <T>(value: T): T => {
      open += change;
      return value;
    };
  const counted: Partial<Disk> = {
    create: async (path) => count(1)(await nodeDisk.create(path)),
    open: async (path) => count(1)(await nodeDisk.open(path)),
    close: async (fd) => count(-1)(await nodeDisk.close(fd)),
    write: failing(nodeDisk.write, 'EIO', 3),
    read: failing(nodeDisk.read, 'EIO', 9),
  };
  {
    await using on = await trial(counted);
    const ids = Array.from({ length: 6 }, () => randomBytes(16));
    const writes = ids.map((id) => on.blobs.write(id, body(2)));
    await Promise.allSettled(writes);
    const reads = ids.map(async (id) => {
      for await (const piece of on.blobs.read(id, { start: 0, end: 2 * 1024 * 1024 })) {
        if ((piece[0] ?? 0) > 9) break;
      }
    });
    const outcomes = await Promise.allSettled(reads);
    assert.ok(outcomes.some((outcome) => outcome.status === 'rejected'));
  }
  assert.equal(open, 0);
});

test('files that are no blobs are not listed, and folders that vanished are made again', async () => {
  await using on = await trial({});
  const id = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
  await on.blobs.write(id, body(1));
  await writeFile(join(on.path, 'ff', 'README'), '');
  await writeFile(join(on.path, 'fe', id.toString('hex')), 'in the wrong folder');
  await rm(join(on.path, '07'), { recursive: true });
  const again = await openFileBlobs({ path: on.path, onFailure: () => {} });
  const listed: string[] = [];
  for await (const found of again.list()) listed.push(Buffer.from(found).toString('hex'));
  assert.deepEqual(listed, [id.toString('hex')]);
  await again.write(Buffer.alloc(16, 7), body(1));
  await again.close();
});
