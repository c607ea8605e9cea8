/**
 * Several processes on one LMDB store (ARCHITECTURE.md, law 6): what one acknowledged, the next
 * snapshot of every other sees; transactions of different processes never both win a conflict; and
 * a process that is killed in the middle leaves the others working.
 */
import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLmdbMetadata, type LmdbMetadata } from '../../src/engines/lmdb/metadata.ts';
import type { Order } from './metadata-process.ts';
import { raise, read } from './metadata-store.ts';

const script = join(import.meta.dirname, 'metadata-process.ts');

interface Together extends AsyncDisposable {
  readonly metadata: LmdbMetadata;
  readonly other: ChildProcess;
  /** Resolves when the other process says that the order is carried out durably. */
  tell(order: Order): Promise<void>;
}

async function together(): Promise<Together> {
  const path = await mkdtemp(join(tmpdir(), 'coffer-processes-'));
  const onFailure = (fault: Error): never => {
    throw fault;
  };
  const metadata = await openLmdbMetadata({ path, onFailure });
  const other = fork(script, [path], { execArgv: ['--disable-warning=ExperimentalWarning'] });
  await once(other, 'message');
  const tell = async (order: Order): Promise<void> => {
    other.send(order);
    const [answer] = (await once(other, 'message')) as [string];
    assert.equal(answer, 'done');
  };
  const dispose = async (): Promise<void> => {
    if (other.connected) {
      const gone = once(other, 'exit');
      await tell({ order: 'end' });
      await gone;
    }
    await metadata.close();
    await rm(path, { recursive: true });
  };
  return { metadata, other, tell, [Symbol.asyncDispose]: dispose };
}

test('what another process acknowledged is in the next snapshot, 600 times of 600', async () => {
  await using both = await together();
  using old = both.metadata.snapshot();
  let stale = 0;
  for (let round = 0; round < 600; round += 1) {
    // Some rounds have a snapshot of the same turn open already: it must not be handed out again.
    using earlier = both.metadata.snapshot();
    await both.tell({ order: 'put', key: 'k', value: `${round}` });
    if ((await read(both.metadata, 'k')) !== `${round}`) stale += 1;
    const before = await earlier.get(Buffer.from('k'));
    const expected = round === 0 ? '' : `${round - 1}`;
    assert.equal(Buffer.from(before ?? []).toString(), expected);
  }
  assert.equal(stale, 0);
  assert.equal(await old.get(Buffer.from('k')), undefined);
});

test('a counter raised by two processes at once ends exact', async () => {
  await using both = await together();
  const theirs = both.tell({ order: 'raise', key: 'n', times: 50, atOnce: 4 });
  const own = async (): Promise<void> => {
    for (let at = 0; at < 50; at += 1) await raise(both.metadata, 'n');
  };
  await Promise.all([theirs, ...Array.from({ length: 4 }, own)]);
  assert.equal(await read(both.metadata, 'n'), '400');
});

test('a process that exits among its commits ends, and lets the others write', async () => {
  for (let round = 0; round < 6; round += 1) {
    await using both = await together();
    both.other.send({ order: 'raise', key: 'n', times: 1_000_000, atOnce: 8 } satisfies Order);
    while (Number((await read(both.metadata, 'n')) ?? 0) < 20) await new Promise(setImmediate);
    const gone = once(both.other, 'exit');
    both.other.send({ order: 'exit' } satisfies Order);
    await gone;
    await raise(both.metadata, 'n');
  }
});

test('a process killed among its commits leaves a whole store that others go on with', async () => {
  await using both = await together();
  both.other.send({ order: 'raise', key: 'n', times: 1_000_000, atOnce: 8 } satisfies Order);
  while (Number((await read(both.metadata, 'n')) ?? 0) < 20) await new Promise(setImmediate);
  const gone = once(both.other, 'exit');
  both.other.kill('SIGKILL');
  await gone;
  // A commit cut off between its meta page and the word to readers is seen from the next write on.
  await raise(both.metadata, 'n');
  const left = Number(await read(both.metadata, 'n'));
  assert.ok(left > 20);
  for (let at = 0; at < 20; at += 1) await raise(both.metadata, 'n');
  assert.equal(await read(both.metadata, 'n'), `${left + 20}`);
});
