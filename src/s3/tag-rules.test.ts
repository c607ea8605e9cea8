import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tags } from '../store/buckets.ts';
import { checkTags } from './tag-rules.ts';

const so = (many: number): Tags => Array.from({ length: many }, (_, n) => [`k${n}`, 'v']);

test('as many tags as S3 takes, and not one more', () => {
  checkTags(so(10), 'object');
  checkTags(so(50), 'bucket');
  const code = 'BadRequest';
  const object = { code, message: 'Object tags cannot be greater than 10' };
  assert.throws(() => checkTags(so(11), 'object'), object);
  const bucket = { code, message: 'Bucket tags cannot be greater than 50' };
  assert.throws(() => checkTags(so(51), 'bucket'), bucket);
});

test('lengths count UTF-16 units; AWS’s grammar is letters, digits, spaces and _.:/=+-@', () => {
  const wide = '\u{1D538}';
  checkTags([[wide.repeat(64), wide.repeat(128)]], 'object');
  const bad: Tags[] = [
    [['', 'v']],
    [[`${wide.repeat(64)}x`, 'v']],
    [['k', `${wide.repeat(128)}x`]],
    [['a#b', 'v']],
    [['k', 'a?b']],
    [['aws:x', 'v']],
    [
      ['k', '1'],
      ['k', '2'],
    ],
  ];
  for (const tags of bad) assert.throws(() => checkTags(tags, 'object'), { code: 'InvalidTag' });
});
