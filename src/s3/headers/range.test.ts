import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Refusal } from '../../base/refusal.ts';
import { contentRange, copySourceRange, parseRange, requestedRange } from './range.ts';

const headersOf = (entries: Record<string, string>) =>
  new Map(Object.entries(entries).map(([name, value]) => [name, [value]]));

test('one range, either end open, in plaintext coordinates', () => {
  const cases: [string, number, { start: number; end: number } | undefined][] = [
    ['bytes=0-0', 10, { start: 0, end: 1 }],
    ['bytes=2-5', 10, { start: 2, end: 6 }],
    ['bytes=5-', 10, { start: 5, end: 10 }],
    ['bytes=5-99', 10, { start: 5, end: 10 }],
    ['bytes=-3', 10, { start: 7, end: 10 }],
    ['bytes=-99', 10, { start: 0, end: 10 }],
    ['Bytes=0-1', 10, { start: 0, end: 2 }],
    ['bytes=0-99999999999999999999999', 10, { start: 0, end: 10 }],
  ];
  for (const [value, size, range] of cases) assert.deepEqual(parseRange(value, size), range, value);
  assert.equal(contentRange({ start: 2, end: 6 }, 10), 'bytes 2-5/10');
});

test('what is no single range is ignored', () => {
  for (const value of ['', 'bytes', 'bytes=', 'bytes=-', 'bytes=a-b', 'bytes=5-2', 'items=0-1']) {
    assert.equal(parseRange(value, 10), undefined, value);
  }
  for (const value of ['bytes=0-1,3-4', 'bytes=1-2-3', 'bytes=+1-2', 'bytes=1 -2', 'bytes=0x1-2']) {
    assert.equal(parseRange(value, 10), undefined, value);
  }
});

test('a range outside is a 416 that tells the size', () => {
  for (const [value, size] of [
    ['bytes=10-', 10],
    ['bytes=10-20', 10],
    ['bytes=-0', 10],
    ['bytes=0-', 0],
    ['bytes=0-0', 0],
    ['bytes=-5', 0],
    ['bytes=99999999999999999999999-', 10],
  ] as const) {
    assert.throws(
      () => parseRange(value, size),
      (error) => {
        assert.ok(error instanceof Refusal);
        assert.equal(error.code, 'InvalidRange');
        assert.equal(error.detail.headers?.['Content-Range'], `bytes */${size}`);
        assert.equal(error.detail.fields?.['ActualObjectSize'], String(size));
        assert.equal(error.detail.fields?.['RangeRequested'], value);
        return true;
      },
    );
  }
});

test('If-Range: a changed object is sent whole', () => {
  const version = { etag: 'e', modified: new Date('2026-01-02T03:04:05.678Z'), size: 10 };
  const ask = (ifRange: string) =>
    requestedRange(headersOf({ range: 'bytes=1-2', 'if-range': ifRange }), version);
  assert.deepEqual(ask('"e"'), { start: 1, end: 3 });
  assert.equal(ask('"f"'), undefined);
  assert.equal(ask('W/"e"'), undefined);
  assert.deepEqual(ask('Fri, 02 Jan 2026 03:04:05 GMT'), { start: 1, end: 3 });
  assert.equal(ask('Fri, 02 Jan 2026 03:04:04 GMT'), undefined);
  assert.equal(requestedRange(headersOf({}), version), undefined);
});

test('a range of ours lies within the object, whatever is sent', () => {
  const text = fc.oneof(
    fc.tuple(fc.nat(30), fc.nat(30)).map(([a, b]) => `bytes=${a}-${b}`),
    fc.nat(30).map((n) => `bytes=-${n}`),
    fc.string().map((s) => `bytes=${s}`),
    fc.string(),
  );
  fc.assert(
    fc.property(text, fc.nat(20), (value, size) => {
      try {
        const range = parseRange(value, size);
        if (range !== undefined)
          assert.ok(0 <= range.start && range.start < range.end && range.end <= size);
      } catch (error) {
        assert.ok(error instanceof Refusal);
      }
    }),
  );
});

test('a copied part’s range has both ends', () => {
  const ask = (value: string) => copySourceRange(headersOf({ 'x-amz-copy-source-range': value }));
  assert.deepEqual(ask('bytes=0-4'), { start: 0, end: 5 });
  assert.equal(copySourceRange(headersOf({})), undefined);
  for (const value of [
    'bytes=0-',
    'bytes=-5',
    'bytes=4-1',
    '0-4',
    'bytes=0-99999999999999999999',
  ]) {
    assert.throws(() => ask(value), /must be of the form bytes=first-last/, value);
  }
});
