/** The cache of opened rows: by bytes, bounded, what is not used goes first. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowCache } from './row-cache.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

test('a row is recalled for the bytes it was opened from, and for no others', () => {
  const cache = new RowCache({ rowsMax: 10, bytesMax: 100_000 });
  const sealed = bytes('sealed');
  cache.keep('a', sealed, 'opened');
  sealed.fill(0);
  assert.equal(cache.recall('a', bytes('sealed'))?.opened, 'opened');
  assert.equal(cache.recall('a', bytes('sealee')), undefined);
  assert.equal(cache.recall('a', bytes('seal')), undefined);
  assert.equal(cache.recall('b', bytes('sealed')), undefined);
});

test('what was used stays, what was not goes', () => {
  const cache = new RowCache({ rowsMax: 2, bytesMax: 100_000 });
  cache.keep('a', bytes('1'), 1);
  cache.keep('b', bytes('2'), 2);
  assert.ok(cache.recall('a', bytes('1')));
  cache.keep('c', bytes('3'), 3);
  assert.equal(cache.recall('b', bytes('2')), undefined);
  assert.ok(cache.recall('a', bytes('1')));
  assert.equal(cache.size, 2);
});

test('bytes are bounded too', () => {
  const cache = new RowCache({ rowsMax: 100, bytesMax: 4_000 });
  for (let row = 0; row < 20; row++) cache.keep(`${row % 15}`, Buffer.alloc(500), row);
  assert.ok(cache.size >= 2 && cache.size <= 4, `${cache.size}`);
  const before = cache.size;
  const large = Buffer.alloc(10_000);
  cache.keep('large', large, 'x');
  assert.equal(cache.recall('large', large), undefined);
  assert.equal(cache.size, before);
});

test('a row kept again replaces the one before it, wherever that lies', () => {
  const cache = new RowCache({ rowsMax: 4, bytesMax: 100_000 });
  for (const name of ['a', 'b', 'c']) cache.keep(name, bytes('1'), 1);
  for (const name of ['a', 'c']) cache.keep(name, bytes('2'), 2);
  for (const name of ['a', 'c']) {
    assert.equal(cache.recall(name, bytes('1')), undefined);
    assert.equal(cache.recall(name, bytes('2'))?.opened, 2);
  }
  assert.ok(cache.size <= 4, `${cache.size}`);
});
