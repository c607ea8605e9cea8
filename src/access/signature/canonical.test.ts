import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queryEntries } from '../../base/request-target.ts';
import { canonicalPath, canonicalQuery, canonicalValue } from './canonical.ts';

test('a path is decoded once, encoded once and never normalised', () => {
  for (const [wire, canonical] of [
    ['/b/plain-key_1.txt~', '/b/plain-key_1.txt~'],
    ['/b/a//b/./../c/', '/b/a//b/./../c/'],
    ["/b/!'()*", '/b/%21%27%28%29%2A'],
    ['/b/%21%27%28%29%2a', '/b/%21%27%28%29%2A'],
    ['/b/a+b=c', '/b/a%2Bb%3Dc'],
    ['/b/a%20b', '/b/a%20b'],
    ['/b/%2520', '/b/%2520'],
    ['/b/%c3%a9', '/b/%C3%A9'],
    ['/b/%61', '/b/a'],
    ['/b/$&,:;@', '/b/%24%26%2C%3A%3B%40'],
  ] as const) {
    assert.equal(canonicalPath(wire), canonical);
  }
  assert.throws(() => canonicalPath('/b/%zz'), { code: 'InvalidURI' });
  assert.throws(() => canonicalPath('/b/%ff'), { code: 'InvalidURI' });
});

test('a query is sorted by encoded name and then value', () => {
  const canonical = (query: string): string => canonicalQuery(queryEntries(query));
  assert.equal(canonical('b=2&a=2&a=1&A=0'), 'A=0&a=1&a=2&b=2');
  assert.equal(canonical('acl'), 'acl=');
  assert.equal(canonical('a-b=1&a=2'), 'a=2&a-b=1');
  assert.equal(canonical('p=a+b&q=a%20b&r=%2B'), 'p=a%20b&q=a%20b&r=%2B');
  assert.equal(canonical('k=%F0%9F%98%80&k=%EF%BF%BD'), 'k=%EF%BF%BD&k=%F0%9F%98%80');
  assert.equal(canonical('X-Amz-Signature=s&a=1&&'), 'a=1');
  assert.equal(canonical('=v&a=='), '=v&a=%3D');
});

test('a header value is trimmed and folded, and its bytes are kept', () => {
  assert.equal(canonicalValue([' a   b \t c\t']), 'a b c');
  assert.equal(canonicalValue(['a', ' b ']), 'a,b');
  assert.equal(canonicalValue([]), '');
  assert.equal(canonicalValue(undefined), '');
  // UTF-8 of à ends with byte A0, which is a white space character of Latin-1.
  const bytes = Buffer.from('à').toString('latin1');
  assert.equal(canonicalValue([bytes]), bytes);
});
