import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../base/refusal.ts';
import {
  checkCopyConditions,
  checkReadConditions,
  copySourceConditions,
  readConditions,
  writeConditions,
} from './conditions.ts';

const headersOf = (entries: Record<string, string>) =>
  new Map(Object.entries(entries).map(([name, value]) => [name, [value]]));

const version = { etag: 'abc', modified: new Date('2026-01-02T03:04:05.678Z') };
const before = 'Fri, 02 Jan 2026 03:04:04 GMT';
const same = 'Fri, 02 Jan 2026 03:04:05 GMT';

/** What a read with these headers comes to: 200, 304, or the condition of a 412. */
function read(entries: Record<string, string>): string {
  try {
    checkReadConditions(readConditions(headersOf(entries)), version);
    return '200';
  } catch (error) {
    assert.ok(error instanceof Refusal);
    if (error.code === 'NotModified') {
      assert.equal(error.detail.headers?.['ETag'], '"abc"');
      assert.equal(error.detail.headers?.['Last-Modified'], same);
      return '304';
    }
    assert.equal(error.code, 'PreconditionFailed');
    return error.detail.fields?.['Condition'] ?? '';
  }
}

test('each condition of a read, alone', () => {
  assert.equal(read({}), '200');
  for (const good of ['"abc"', 'abc', '*', '"x", "abc"', ' "abc" ']) {
    assert.equal(read({ 'if-match': good }), '200', good);
    assert.equal(read({ 'if-none-match': good }), '304', good);
  }
  for (const bad of ['"x"', 'abcd', '"x","y"', '']) {
    assert.equal(read({ 'if-match': bad }), 'If-Match', bad);
    assert.equal(read({ 'if-none-match': bad }), '200', bad);
  }
  assert.equal(read({ 'if-match': 'W/"abc"' }), 'If-Match');
  assert.equal(read({ 'if-none-match': 'W/"abc"' }), '304');
  assert.equal(read({ 'if-modified-since': before }), '200');
  assert.equal(read({ 'if-modified-since': same }), '304');
  assert.equal(read({ 'if-unmodified-since': before }), 'If-Unmodified-Since');
  assert.equal(read({ 'if-unmodified-since': same }), '200');
});

test('a date that is none is no condition', () => {
  for (const value of ['', '2026-01-01', 'yesterday', 'Fri, 99 Jan 2026 03:04:05 GMT', '0']) {
    assert.equal(read({ 'if-modified-since': value }), '200', value);
    assert.equal(read({ 'if-unmodified-since': value }), '200', value);
  }
  assert.equal(
    read({ 'if-unmodified-since': 'Friday, 02-Jan-26 03:04:04 GMT' }),
    'If-Unmodified-Since',
  );
  assert.equal(read({ 'if-unmodified-since': 'Fri Jan  2 03:04:04 2026' }), 'If-Unmodified-Since');
});

test('ETags go before dates', () => {
  assert.equal(read({ 'if-match': '"abc"', 'if-unmodified-since': before }), '200');
  assert.equal(read({ 'if-match': '"x"', 'if-unmodified-since': same }), 'If-Match');
  assert.equal(read({ 'if-none-match': '"abc"', 'if-modified-since': before }), '304');
  assert.equal(read({ 'if-none-match': '"x"', 'if-modified-since': same }), '200');
  assert.equal(read({ 'if-match': '"x"', 'if-none-match': '"abc"' }), 'If-Match');
  assert.equal(read({ 'if-match': '"abc"', 'if-none-match': '"abc"' }), '304');
});

test('a copy’s source has the same conditions and only 412', () => {
  const check = (name: string, value: string) => () =>
    checkCopyConditions(
      copySourceConditions(headersOf({ [`x-amz-copy-source-${name}`]: value })),
      version,
    );
  check('if-match', '"abc"')();
  check('if-modified-since', before)();
  for (const [name, value, condition] of [
    ['if-match', '"x"', 'x-amz-copy-source-If-Match'],
    ['if-none-match', '"abc"', 'x-amz-copy-source-If-None-Match'],
    ['if-modified-since', same, 'x-amz-copy-source-If-Modified-Since'],
    ['if-unmodified-since', before, 'x-amz-copy-source-If-Unmodified-Since'],
  ] as const) {
    assert.throws(check(name, value), (error) => {
      assert.ok(error instanceof Refusal);
      assert.deepEqual(
        [error.code, error.detail.fields?.['Condition']],
        ['PreconditionFailed', condition],
      );
      return true;
    });
  }
  assert.equal(copySourceConditions(headersOf({ 'if-match': '"x"' })), undefined);
});

test('a write knows If-None-Match: * and one If-Match', () => {
  assert.equal(writeConditions(headersOf({})), undefined);
  assert.deepEqual(writeConditions(headersOf({ 'if-none-match': '*' })), { ifNoneMatch: '*' });
  assert.deepEqual(writeConditions(headersOf({ 'if-match': '"abc"' })), { ifMatch: 'abc' });
  assert.deepEqual(writeConditions(headersOf({ 'if-match': '*' })), { ifMatch: '*' });
  for (const entries of [{ 'if-none-match': '"abc"' }, { 'if-match': 'a', 'if-none-match': '*' }]) {
    assert.throws(
      () => writeConditions(headersOf(entries)),
      (error) => error instanceof Refusal && error.code === 'NotImplemented',
    );
  }
});
