import { describe, expect, it } from 'vitest';
import {
  compareKeys,
  isBeyondBrowsers,
  lastPart,
  objectAddress,
  parentPrefix,
  prefixAddress,
  stepsOf,
} from './keys.ts';
import { visibleRuns, visibleText } from './visible.ts';

const hostile = [
  '<img src=x onerror=alert(1)>',
  'a b+c&d=e#f?g%2F',
  'line\nbreak\r\ttab',
  '\u202Egnp.exe',
  'ünïcode/日本語/🗄️',
  '//double//slash/',
  'javascript:alert(1)',
];

describe('keys in addresses', () => {
  it('come back as they were', () => {
    for (const key of hostile) {
      const url = new URL(objectAddress('a-bucket', key, 'v 1'), 'http://127.0.0.1');
      expect(url.pathname).toBe('/buckets/a-bucket/object');
      expect(url.searchParams.get('key')).toBe(key);
      expect(url.searchParams.get('versionId')).toBe('v 1');
      const listing = new URL(prefixAddress('a-bucket', key, true), 'http://127.0.0.1');
      expect(listing.searchParams.get('prefix')).toBe(key);
    }
  });
});

describe('keys in parts', () => {
  it('have a parent and a last part', () => {
    expect([parentPrefix('a/b/c'), lastPart('a/b/c')]).toEqual(['a/b/', 'c']);
    expect([parentPrefix('a/b/'), lastPart('a/b/')]).toEqual(['a/', 'b/']);
    expect([parentPrefix('a'), lastPart('a')]).toEqual(['', 'a']);
  });
  it('are walked down step by step', () => {
    expect(stepsOf('a//b').map(({ prefix }) => prefix)).toEqual(['a/', 'a//', 'a//b']);
    expect(stepsOf('')).toEqual([]);
  });
});

describe('the order of keys', () => {
  it('is that of their UTF-8', () => {
    const keys = ['a', 'a/', 'ab', 'b', '\u{1F600}', '\uFFFD', 'é', '\uD7FF', ''];
    const bytes = (key: string) => Buffer.from(key);
    expect(keys.toSorted(compareKeys)).toEqual(
      keys.toSorted((one, other) => Buffer.compare(bytes(one), bytes(other))),
    );
  });
});

describe('keys that browsers resolve away', () => {
  it('are told from others', () => {
    for (const key of ['.', '..', 'a/../b', './a', 'a/.']) expect(isBeyondBrowsers(key)).toBe(true);
    for (const key of ['.a', 'a..', '...', 'a/.b/c']) expect(isBeyondBrowsers(key)).toBe(false);
  });
});

describe('what would not be seen', () => {
  it('is named', () => {
    expect(visibleText('a\u202Eb\nc\u0000')).toBe('a[U+202E]b[\\n]c[U+0000]');
    expect(visibleText('\u00a0\u200b\ufeff')).toBe('[U+00A0][U+200B][U+FEFF]');
  });
  it('is a run apart, and the rest stays whole', () => {
    expect(visibleRuns('a b\tc')).toEqual([
      { text: 'a b', unseen: false },
      { text: '\\t', unseen: true },
      { text: 'c', unseen: false },
    ]);
    expect(visibleText('日本語 ünïcode')).toBe('日本語 ünïcode');
  });
});
