import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { any, one, Wildcard } from './wildcard.ts';

function wildcard(pattern: string): Wildcard {
  return new Wildcard(
    Array.from(pattern).map((char) => (char === '*' ? any : char === '?' ? one : char)),
  );
}

/** The definition, by dynamic programming: slow, and plainly right. */
function defined(pattern: string, value: string): boolean {
  let ends = new Set([0]);
  for (const char of pattern) {
    const next = new Set<number>();
    for (const end of ends) {
      if (char === '*') for (let at = end; at <= value.length; at += 1) next.add(at);
      else if (end < value.length && (char === '?' || char === value[end])) next.add(end + 1);
    }
    ends = next;
  }
  return ends.has(value.length);
}

test('matches as its definition does', () => {
  const pattern = fc.string({ unit: fc.constantFrom(...Array.from('ab*?')), maxLength: 12 });
  const value = fc.string({ unit: fc.constantFrom(...Array.from('ab')), maxLength: 14 });
  fc.assert(
    fc.property(pattern, value, (p, v) => {
      assert.equal(wildcard(p).matches(v), defined(p, v));
    }),
    { numRuns: 5000 },
  );
});

test('long runs between stars match as their definition does', () => {
  const run = fc.string({
    unit: fc.constantFrom(...Array.from('aab?')),
    minLength: 17,
    maxLength: 80,
  });
  const around = fc.string({ unit: fc.constantFrom(...Array.from('ab')), maxLength: 60 });
  fc.assert(
    fc.property(run, around, around, fc.boolean(), (r, before, after, present) => {
      const middle = present ? r.replaceAll('?', 'b') : r.replaceAll('?', 'a').slice(1);
      const value = before + middle + after;
      assert.equal(wildcard(`*${r}*`).matches(value), defined(`*${r}*`, value));
    }),
    { numRuns: 1000 },
  );
});

test('examples', () => {
  const cases: readonly (readonly [pattern: string, value: string, matches: boolean])[] = [
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['**', 'a', true],
    ['?', '', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['*.jpg', 'a.jpg.jpg', true],
    ['a*b*c', 'axxbyyc', true],
    ['a*b*c', 'axxcyyb', false],
    ['*?', 'a', true],
    ['?*?', 'a', false],
    ['*a?c*', 'zabcz', true],
    ['\0?', '\0a', true],
  ];
  for (const [pattern, value, matches] of cases) {
    assert.equal(wildcard(pattern).matches(value), matches, `${pattern} of ${value}`);
  }
});

test('hostile patterns end', () => {
  const value = 'a'.repeat(60_000);
  const hostile = [
    `${'*a'.repeat(9_000)}*b`,
    `*${'a'.repeat(18_000)}b*`,
    `*${'a?'.repeat(9_000)}b*`,
    `${'*a?'.repeat(6_000)}*b*`,
    `*${'?'.repeat(18_000)}b*`,
  ];
  for (const pattern of hostile) assert.equal(wildcard(pattern).matches(value), false);
  assert.equal(wildcard(`${'*a'.repeat(9_000)}*`).matches(value), true);
});
