import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuery } from './query.ts';

test('a look-up gives the first value, and tells a bare name from an absent one', () => {
  const query = parseQuery('prefix=a%2520b+c%2B&acl&prefix=second');
  assert.equal(query.get('prefix'), 'a%20b c+');
  assert.equal(query.get('absent'), undefined);
  assert.equal(query.get('acl'), '');
  assert.equal(query.has('acl'), true);
  assert.equal(query.has('absent'), false);
  assert.equal(query.entries.length, 3);
});
