/**
 * The contract of the metadata port (src/engines/metadata.ts) as tests. Every engine's own test
 * file runs this suite with a function that makes a new, empty store.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Defect, Fault, Refusal } from '../../src/base/refusal.ts';
import { asSealed } from '../../src/base/sealed.ts';
import {
  metadataKeyBytesMax,
  metadataValueBytesMax,
  type Entry,
  type Metadata,
  type PrefixesResult,
} from '../../src/engines/metadata.ts';
import { conflictContract } from './metadata-conflicts.ts';
import { fill, key, read, sealed, type OpenMetadata } from './metadata-store.ts';

const keysOf = (entries: readonly Entry[]): string[] =>
  entries.map((entry) => Buffer.from(entry.key).toString());

const shown = (results: readonly PrefixesResult[]): string[] =>
  results.map((result) =>
    result.kind === 'entry'
      ? Buffer.from(result.entry.key).toString()
      : `${Buffer.from(result.prefix).toString()}*`,
  );

const everything = { start: Buffer.of(), end: Buffer.of(0xff, 0xff), limit: 1000 };

export function metadataContract(engine: string, open: OpenMetadata): void {
  describe(`metadata contract: ${engine}`, () => {
    rowsContract(open);
    boundsContract(open);
    prefixesContract(open);
    snapshotContract(open);
    conflictContract(open);
  });
}

function rowsContract(open: OpenMetadata): void {
  test('a row is read back, replaced and removed; absence is undefined', async () => {
    await using opened = await open();
    const { metadata } = opened;
    assert.equal(await read(metadata, 'a'), undefined);
    const result = await metadata.transact(async (transaction) => {
      transaction.put(key('a'), sealed('1'));
      return 'the result of fn';
    });
    assert.equal(result, 'the result of fn');
    assert.equal(await read(metadata, 'a'), '1');
    await metadata.transact(async (transaction) => transaction.put(key('a'), sealed('2')));
    assert.equal(await read(metadata, 'a'), '2');
    await metadata.transact(async (transaction) => {
      transaction.delete(key('a'));
      transaction.delete(key('never there'));
    });
    assert.equal(await read(metadata, 'a'), undefined);
  });

  test('an empty value is a value', async () => {
    await using opened = await open();
    await opened.metadata.transact(async (transaction) => transaction.put(key('a'), sealed('')));
    assert.equal(await read(opened.metadata, 'a'), '');
  });

  test('ranges are half open, in memcmp order, limited, in both directions', async () => {
    await using opened = await open();
    const { metadata } = opened;
    const rows = ['b', 'a', 'c', 'ab', 'b\0', '\u00e9', 'z'];
    await fill(metadata, rows);
    const sorted = rows.toSorted((a, b) => Buffer.compare(key(a), key(b)));
    using snapshot = metadata.snapshot();
    const range = async (start: string, end: string, limit = 100): Promise<string[]> =>
      keysOf(await snapshot.range({ start: key(start), end: key(end), limit }));
    const reverse = async (start: string, end: string, limit = 100): Promise<string[]> =>
      keysOf(await snapshot.range({ start: key(start), end: key(end), limit, reverse: true }));
    assert.deepEqual(keysOf(await snapshot.range(everything)), sorted);
    assert.deepEqual(await range('a', 'b'), ['a', 'ab']);
    assert.deepEqual(await range('aa', 'b\0'), ['ab', 'b']);
    assert.deepEqual(await range('b', 'b'), []);
    assert.deepEqual(await range('c', 'a'), []);
    assert.deepEqual(await range('a', ''), []);
    assert.deepEqual(await range('', 'z', 2), ['a', 'ab']);
    assert.deepEqual(await reverse('a', 'c'), ['b\0', 'b', 'ab', 'a']);
    assert.deepEqual(await reverse('ab', 'bb', 2), ['b\0', 'b']);
    assert.deepEqual(await reverse('', 'a\0'), ['a']);
    assert.deepEqual(await reverse('zz', 'zzz'), []);
    assert.deepEqual(await reverse('b', 'b'), []);
    assert.deepEqual(
      keysOf(await snapshot.range({ ...everything, reverse: true })),
      sorted.toReversed(),
    );
  });

  test('what a read gives belongs to the caller', async () => {
    await using opened = await open();
    const { metadata } = opened;
    await fill(metadata, ['a']);
    using snapshot = metadata.snapshot();
    const value = await snapshot.get(key('a'));
    const [entry] = await snapshot.range(everything);
    assert.ok(value && entry);
    value.fill(0);
    entry.key.fill(0);
    entry.value.fill(0);
    assert.equal(await read(metadata, 'a'), 'a');
    assert.deepEqual(keysOf(await snapshot.range(everything)), ['a']);
  });
}

function boundsContract(open: OpenMetadata): void {
  test('the longest key and the longest value are held', async () => {
    await using opened = await open();
    const { metadata } = opened;
    // FORMAT.md: a version row of an object key of 1,024 NULs, each written as two bytes.
    const nuls = Buffer.concat([Buffer.alloc(17, 7), Buffer.alloc(2048, '00ff', 'hex')]);
    const keys = [
      Buffer.concat([nuls, Buffer.from('0001fffffffffffffffe', 'hex')]),
      Buffer.concat([nuls, Buffer.from('0001ffffffffffffffff', 'hex')]),
      Buffer.alloc(metadataKeyBytesMax, 0xfe),
    ];
    const value = Buffer.alloc(metadataValueBytesMax);
    for (let at = 0; at < value.length; at += 1) value[at] = at % 251;
    for (const longest of keys) {
      await metadata.transact(async (tx) => tx.put(longest, asSealed(Buffer.from(value))));
    }
    using snapshot = metadata.snapshot();
    for (const longest of keys) {
      assert.deepEqual(Buffer.from((await snapshot.get(longest)) ?? []), value);
    }
    const rows = await snapshot.range({ ...everything, end: Buffer.alloc(2501, 0xfe) });
    assert.deepEqual(
      rows.map((row) => Buffer.compare(row.value, value)),
      [0, 0, 0],
    );
    assert.deepEqual(
      rows.map((row) => Buffer.from(row.key)),
      keys,
    );
    await metadata.transact(async (tx) => {
      assert.deepEqual(Buffer.from((await tx.get(keys[2] ?? key(''))) ?? []), value);
      tx.put(key('seen'), sealed('yes'));
    });
  });

  test('keys, values and queries outside the bounds are Defects and change nothing', async () => {
    await using opened = await open();
    const { metadata } = opened;
    const long = Buffer.alloc(metadataKeyBytesMax + 1, 1);
    const big = asSealed(Buffer.alloc(metadataValueBytesMax + 1));
    const transact = (fn: Parameters<Metadata['transact']>[0]): Promise<unknown> =>
      metadata.transact(async (transaction) => {
        transaction.put(key('beside'), sealed('1'));
        await fn(transaction);
      });
    await assert.rejects(
      transact(async (tx) => tx.put(long, sealed('1'))),
      Defect,
    );
    await assert.rejects(
      transact(async (tx) => tx.put(key('a'), big)),
      Defect,
    );
    await assert.rejects(
      transact(async (tx) => tx.put(key(''), sealed('1'))),
      Defect,
    );
    await assert.rejects(
      transact(async (tx) => tx.delete(key(''))),
      Defect,
    );
    await assert.rejects(
      transact(async (tx) => tx.delete(long)),
      Defect,
    );
    await assert.rejects(
      transact((tx) => tx.get(long)),
      Defect,
    );
    await assert.rejects(
      transact((tx) => tx.range({ ...everything, limit: 0 })),
      Defect,
    );
    using snapshot = metadata.snapshot();
    await assert.rejects(snapshot.get(key('')), Defect);
    await assert.rejects(snapshot.get(long), Defect);
    await assert.rejects(snapshot.range({ ...everything, limit: 0 }), Defect);
    await assert.rejects(snapshot.range({ ...everything, limit: 1.5 }), Defect);
    await assert.rejects(snapshot.range({ ...everything, start: Buffer.alloc(2502) }), Defect);
    const prefixes = { ...everything, prefixBytes: 0, delimiter: key('') };
    await assert.rejects(snapshot.prefixes(prefixes), Defect);
    assert.equal(await read(metadata, 'beside'), undefined);
  });
}

function prefixesContract(open: OpenMetadata): void {
  test('prefixes folds keys at the delimiter, each prefix once, at its place', async () => {
    await using opened = await open();
    const { metadata } = opened;
    await fill(metadata, ['p', 'pa', 'pb/1', 'pb/2', 'pb/2/x', 'pb0', 'pc/', 'pd', 'q/1']);
    using snapshot = metadata.snapshot();
    const prefixes = async (query: object = {}): Promise<string[]> =>
      shown(
        await snapshot.prefixes({
          start: key('p'),
          end: key('q'),
          prefixBytes: 1,
          delimiter: key('/'),
          limit: 100,
          ...query,
        }),
      );
    assert.deepEqual(await prefixes(), ['p', 'pa', 'pb/*', 'pb0', 'pc/*', 'pd']);
    assert.deepEqual(await prefixes({ limit: 3 }), ['p', 'pa', 'pb/*']);
    assert.deepEqual(await prefixes({ start: key('pb/3') }), ['pb0', 'pc/*', 'pd']);
    assert.deepEqual(await prefixes({ start: key('pb/2') }), ['pb/*', 'pb0', 'pc/*', 'pd']);
    assert.deepEqual(await prefixes({ start: key('pb/'), prefixBytes: 3, end: key('pb0') }), [
      'pb/1',
      'pb/2',
      'pb/2/*',
    ]);
    assert.deepEqual(await prefixes({ delimiter: key('b/') }), [
      'p',
      'pa',
      'pb/*',
      'pb0',
      'pc/',
      'pd',
    ]);
    assert.deepEqual(await prefixes({ end: key('p') }), []);
    assert.deepEqual(await prefixes({ end: key('pb/2') }), ['p', 'pa', 'pb/*']);
  });

  test('a delimiter of FF bytes ends where no key can follow', async () => {
    await using opened = await open();
    const ff = Buffer.of(0xff);
    const rows = [ff, Buffer.of(0xff, 0), Buffer.of(0xff, 0xff, 3)];
    await opened.metadata.transact(async (tx) => {
      for (const row of [Buffer.of(1), ...rows]) tx.put(row, sealed('1'));
    });
    using snapshot = opened.metadata.snapshot();
    const end = Buffer.alloc(9, 0xff);
    const query = { start: Buffer.of(), end, prefixBytes: 0, delimiter: ff, limit: 9 };
    const results = await snapshot.prefixes(query);
    assert.deepEqual(
      results.map((result) => result.kind),
      ['entry', 'prefix'],
    );
  });
}

function snapshotContract(open: OpenMetadata): void {
  test('a snapshot sees one moment, whatever is committed meanwhile', async () => {
    await using opened = await open();
    const { metadata } = opened;
    await fill(metadata, ['a/1', 'b']);
    using before = metadata.snapshot();
    for (let round = 0; round < 5; round += 1) {
      await metadata.transact(async (transaction) => {
        transaction.put(key('b'), sealed(`changed ${round}`));
        transaction.put(key(`c${round}`), sealed('new'));
        transaction.delete(key('a/1'));
      });
      using after = metadata.snapshot();
      assert.equal(Buffer.from((await after.get(key('b'))) ?? []).toString(), `changed ${round}`);
      assert.equal((await after.range(everything)).length, 2 + round);
      assert.deepEqual(keysOf(await before.range(everything)), ['a/1', 'b']);
      assert.equal(Buffer.from((await before.get(key('b'))) ?? []).toString(), 'b');
      assert.equal(await before.get(key(`c${round}`)), undefined);
      const query = { ...everything, prefixBytes: 0, delimiter: key('/') };
      assert.deepEqual(shown(await before.prefixes(query)), ['a/*', 'b']);
    }
  });

  test('reading from a disposed snapshot is a Fault; disposing twice is not', async () => {
    await using opened = await open();
    const { metadata } = opened;
    await fill(metadata, ['a']);
    const snapshot = metadata.snapshot();
    using other = metadata.snapshot();
    snapshot[Symbol.dispose]();
    snapshot[Symbol.dispose]();
    await assert.rejects(snapshot.get(key('a')), Fault);
    await assert.rejects(snapshot.range(everything), Fault);
    await assert.rejects(
      snapshot.prefixes({ ...everything, prefixBytes: 0, delimiter: key('/') }),
      Fault,
    );
    assert.equal(Buffer.from((await other.get(key('a'))) ?? []).toString(), 'a');
  });

  test('a failed function writes nothing and its error is passed on', async () => {
    await using opened = await open();
    const { metadata } = opened;
    const refusal = new Refusal('NoSuchBucket');
    const attempt = metadata.transact(async (transaction) => {
      transaction.put(key('a'), sealed('1'));
      throw refusal;
    });
    await assert.rejects(attempt, (error) => error === refusal);
    assert.equal(await read(metadata, 'a'), undefined);
  });
}
