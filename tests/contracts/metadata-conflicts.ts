/**
 * The part of the metadata contract that is about transactions at once: what is tracked, what
 * conflicts, and that what cannot be serialised is run again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Defect, Fault } from '../../src/base/refusal.ts';
import {
  transactAttemptsMax,
  type Metadata,
  type Transaction,
} from '../../src/engines/metadata.ts';
import { fill, key, raise, read, sealed, type OpenMetadata } from './metadata-store.ts';

const all = { start: Buffer.of(), end: Buffer.of(0xff), limit: 100 };

/** Runs `fn` with another transaction committed between its first read and its end. */
async function interrupted(
  metadata: Metadata,
  fn: (transaction: Transaction) => Promise<void>,
  other: (transaction: Transaction) => Promise<void>,
): Promise<number> {
  let runs = 0;
  await metadata.transact(async (transaction) => {
    runs += 1;
    await fn(transaction);
    if (runs === 1) await metadata.transact(other);
    transaction.put(key('z'), sealed(`run ${runs}`));
  });
  assert.equal(await read(metadata, 'z'), `run ${runs}`);
  return runs;
}

export function conflictContract(open: OpenMetadata): void {
  trackingContract(open);
  viewContract(open);
  concurrencyContract(open);
}

function trackingContract(open: OpenMetadata): void {
  const put = (text: string) => async (transaction: Transaction) =>
    transaction.put(key(text), sealed('other'));
  const cases: Record<string, [number, (tx: Transaction) => Promise<unknown>, string | undefined]> =
    {
      'a row that was read and then changed': [2, (tx) => tx.get(key('a')), 'a'],
      'an absent row that was read and then made': [2, (tx) => tx.get(key('new')), 'new'],
      'a row that came into a range': [2, (tx) => tx.range(all), 'bb'],
      'a row that came into an empty range': [
        2,
        (tx) => tx.range({ ...all, start: key('x'), end: key('y') }),
        'xx',
      ],
      'a value that changed in a range': [2, (tx) => tx.range(all), 'a'],
      'a row behind the limit of a range': [1, (tx) => tx.range({ ...all, limit: 2 }), 'bb'],
      'a row within the limit of a reverse range': [
        2,
        (tx) => tx.range({ ...all, limit: 1, reverse: true }),
        'cc',
      ],
      'a row outside the range': [1, (tx) => tx.range({ ...all, end: key('b') }), 'bb'],
      'a row that was not read': [1, (tx) => tx.get(key('a')), 'b'],
      'nothing at all': [1, (tx) => tx.range(all), undefined],
    };
  for (const [name, [runsExpected, fn, changed]] of Object.entries(cases)) {
    test(`${name}: ${runsExpected === 1 ? 'no conflict' : 'the function runs again'}`, async () => {
      await using opened = await open();
      await fill(opened.metadata, ['a', 'b', 'c']);
      const runs = await interrupted(
        opened.metadata,
        async (transaction) => void (await fn(transaction)),
        changed === undefined ? async () => {} : put(changed),
      );
      assert.equal(runs, runsExpected);
    });
  }

  test('a removed row conflicts with who read it', async () => {
    await using opened = await open();
    await fill(opened.metadata, ['a']);
    const runs = await interrupted(
      opened.metadata,
      async (tx) => void (await tx.get(key('a'))),
      async (tx) => tx.delete(key('a')),
    );
    assert.equal(runs, 2);
  });

  test('the reads of a transaction that writes nothing are validated too', async () => {
    await using opened = await open();
    const { metadata } = opened;
    await fill(metadata, ['a', 'b']);
    let runs = 0;
    const seen = await metadata.transact(async (transaction) => {
      runs += 1;
      const value = await transaction.get(key('a'));
      if (runs === 1) await metadata.transact(put('a'));
      return Buffer.from(value ?? []).toString();
    });
    assert.deepEqual([runs, seen], [2, 'other']);
  });

  test('changing what was read, or the key it was read by, is no conflict', async () => {
    await using opened = await open();
    await fill(opened.metadata, ['a', 'b']);
    const runs = await interrupted(
      opened.metadata,
      async (transaction) => {
        const name = key('a');
        (await transaction.get(name))?.fill(0);
        name.fill(0);
        for (const entry of await transaction.range(all)) entry.value.fill(0);
      },
      async () => {},
    );
    assert.equal(runs, 1);
  });

  test('conflicts without end are a busy Fault, and nothing was written', async () => {
    await using opened = await open();
    const { metadata } = opened;
    let runs = 0;
    const attempt = metadata.transact(async (transaction) => {
      runs += 1;
      await transaction.get(key('a'));
      await metadata.transact(async (other) => other.put(key('a'), sealed(`${runs}`)));
      transaction.put(key('b'), sealed('1'));
    });
    await assert.rejects(attempt, (error) => error instanceof Fault && error.kind === 'busy');
    assert.equal(runs, transactAttemptsMax);
    assert.equal(await read(metadata, 'b'), undefined);
  });
}

function viewContract(open: OpenMetadata): void {
  test('get sees the own writes of a transaction, range the snapshot', async () => {
    await using opened = await open();
    const { metadata } = opened;
    await fill(metadata, ['a', 'b']);
    await metadata.transact(async (transaction) => {
      transaction.put(key('c'), sealed('own'));
      transaction.delete(key('a'));
      assert.equal(Buffer.from((await transaction.get(key('c'))) ?? []).toString(), 'own');
      assert.equal(await transaction.get(key('a')), undefined);
      transaction.put(key('a'), sealed('again'));
      assert.equal(Buffer.from((await transaction.get(key('a'))) ?? []).toString(), 'again');
      const rows = await transaction.range({ ...all, start: key('b'), end: key('c') });
      assert.equal(rows.length, 1);
      await assert.rejects(transaction.range(all), Defect);
      await assert.rejects(transaction.range({ ...all, start: key('c'), end: key('d') }), Defect);
    });
    assert.equal(await read(metadata, 'a'), 'again');
  });

  test('all reads of one attempt come from one moment', async () => {
    await using opened = await open();
    const { metadata } = opened;
    await fill(metadata, ['a', 'b']);
    let runs = 0;
    await metadata.transact(async (transaction) => {
      runs += 1;
      const a = Buffer.from((await transaction.get(key('a'))) ?? []).toString();
      if (runs === 1) {
        await metadata.transact(async (other) => {
          other.put(key('a'), sealed('both'));
          other.put(key('b'), sealed('both'));
        });
      }
      const b = Buffer.from((await transaction.get(key('b'))) ?? []).toString();
      assert.deepEqual([a, b], runs === 1 ? ['a', 'b'] : ['both', 'both']);
    });
    assert.equal(runs, 2);
  });

  test('a transaction used after its function ended is a Defect', async () => {
    await using opened = await open();
    let leaked: Transaction | undefined;
    await opened.metadata.transact(async (transaction) => {
      leaked = transaction;
    });
    assert.throws(() => leaked?.put(key('a'), sealed('late')), Defect);
    await assert.rejects(async () => leaked?.get(key('a')), Defect);
    assert.equal(await read(opened.metadata, 'a'), undefined);
  });
}

function concurrencyContract(open: OpenMetadata): void {
  test('a counter raised by many at once ends exact', async () => {
    await using opened = await open();
    const { metadata } = opened;
    const names = ['hot', 'hot', 'hot', 'warm'];
    await Promise.all(
      Array.from({ length: 100 }, (_, at) => raise(metadata, names[at % 4] ?? 'hot')),
    );
    assert.equal(await read(metadata, 'hot'), '75');
    assert.equal(await read(metadata, 'warm'), '25');
  });

  test('write skew does not happen: two that each read what the other writes', async () => {
    await using opened = await open();
    const { metadata } = opened;
    await fill(metadata, ['on-1', 'on-2']);
    // Each may go only while the other stays.
    const leave = (own: string, other: string): Promise<boolean> =>
      metadata.transact(async (transaction) => {
        if ((await transaction.get(key(other))) === undefined) return false;
        transaction.delete(key(own));
        return true;
      });
    const left = await Promise.all([leave('on-1', 'on-2'), leave('on-2', 'on-1')]);
    assert.deepEqual(new Set(left), new Set([false, true]));
  });

  test('a folder deleted when empty and a row made in it at once: one of the two is refused', async () => {
    await using opened = await open();
    const { metadata } = opened;
    for (let round = 0; round < 20; round += 1) {
      const folder = `folder-${round}`;
      await fill(metadata, [folder]);
      const children = { start: key(`${folder}/`), end: key(`${folder}0`), limit: 1 };
      const remove = metadata.transact(async (transaction) => {
        if ((await transaction.range(children)).length > 0) return false;
        transaction.delete(key(folder));
        return true;
      });
      const make = metadata.transact(async (transaction) => {
        if ((await transaction.get(key(folder))) === undefined) return false;
        transaction.put(key(`${folder}/child`), sealed('child'));
        return true;
      });
      assert.notEqual(await remove, await make);
    }
  });

  test('close waits for commits in flight', async () => {
    await using opened = await open();
    const { metadata } = opened;
    let acknowledged = false;
    const commit = (async () => {
      await fill(metadata, ['a']);
      acknowledged = true;
    })();
    await new Promise(setImmediate);
    await metadata.close();
    await commit;
    assert.ok(acknowledged);
  });
}
