/** Any sequence of operations gives the same answers on LMDB as on the memory engine. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { asSealed } from '../../src/base/sealed.ts';
import { openLmdbMetadata } from '../../src/engines/lmdb/metadata.ts';
import { openMemoryMetadata } from '../../src/engines/memory/metadata.ts';
import type { Metadata } from '../../src/engines/metadata.ts';

// Few letters, so that keys meet, nest and share prefixes; FF and 00 are the ends of the order.
const key = fc
  .array(fc.constantFrom(0x00, 0x2f, 0x61, 0x62, 0xff), { minLength: 1, maxLength: 5 })
  .map((bytes) => Buffer.from(bytes));
const bound = fc.oneof(key, fc.constant(Buffer.of()), fc.constant(Buffer.alloc(6, 0xff)));
// A value of 9,000 bytes has pages of its own.
const value = fc
  .tuple(fc.constantFrom(0, 1, 100, 9_000, 50_000), fc.nat(255))
  .map(([length, byte]) => Buffer.alloc(length, byte));
const limit = fc.integer({ min: 1, max: 6 });

const operation = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      puts: fc.array(fc.tuple(key, value), { maxLength: 6 }),
      removals: fc.array(key, { maxLength: 3 }),
    }),
  },
  fc.record({ kind: fc.constant('get' as const), key }),
  fc.record({
    kind: fc.constant('range' as const),
    query: fc.record({ start: bound, end: bound, limit, reverse: fc.boolean() }),
  }),
  fc.record({
    kind: fc.constant('prefixes' as const),
    query: fc.record({
      start: bound,
      end: bound,
      limit,
      prefixBytes: fc.nat(2),
      delimiter: fc.constantFrom(Buffer.of(0x2f), Buffer.of(0xff), Buffer.from('a/')),
    }),
  }),
);

type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** What `operation` answers, as text that can be compared. */
async function answer(metadata: Metadata, done: Operation): Promise<string> {
  if (done.kind === 'write') {
    return metadata.transact(async (transaction) => {
      for (const [name, bytes] of done.puts) {
        transaction.put(Buffer.from(name), asSealed(Buffer.from(bytes)));
      }
      for (const name of done.removals) transaction.delete(Buffer.from(name));
      const seen = await Promise.all(done.removals.map((name) => transaction.get(name)));
      return JSON.stringify(seen);
    });
  }
  using snapshot = metadata.snapshot();
  if (done.kind === 'get') return JSON.stringify(await snapshot.get(done.key));
  if (done.kind === 'range') return JSON.stringify(await snapshot.range(done.query));
  return JSON.stringify(await snapshot.prefixes(done.query));
}

test('any sequence of operations: LMDB answers as memory does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 30 }), async (operations) => {
      const path = await mkdtemp(join(tmpdir(), 'coffer-property-'));
      const lmdb = await openLmdbMetadata({ path, onFailure: () => {} });
      const memory = openMemoryMetadata();
      try {
        for (const done of operations) {
          assert.equal(await answer(lmdb, done), await answer(memory, done), done.kind);
        }
      } finally {
        await lmdb.close();
        await rm(path, { recursive: true });
      }
    }),
    { numRuns: 60 },
  );
});
