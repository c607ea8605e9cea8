import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextRotation, rotationDue } from './rotation-due.ts';

const day = 24 * 60 * 60_000;
const policy = { everyMs: 90 * day, afterWraps: 1_000 };
const createdAt = new Date(1_795_000_000_000);
const at = (ms: number, more: object = {}) => ({
  now: new Date(createdAt.getTime() + ms),
  createdAt,
  wraps: 0,
  sinceLastMs: undefined,
  sinceStartMs: 60 * 60_000,
  ...more,
});

test('a version is rotated at its age or its wraps, whichever comes first', () => {
  assert.ok(!rotationDue(at(90 * day - 1), policy));
  assert.equal(rotationDue(at(90 * day), policy), 'age');
  assert.ok(!rotationDue(at(0, { wraps: 999 }), policy));
  assert.equal(rotationDue(at(0, { wraps: 1_000 }), policy), 'wraps');
  assert.deepEqual(nextRotation(createdAt, policy), new Date(createdAt.getTime() + 90 * day));
});

test('a clock that jumps neither skips a rotation nor makes a storm', () => {
  assert.ok(!rotationDue(at(-5 * 60_000), policy), 'skew between machines');
  assert.ok(rotationDue(at(-3_650 * day), policy), 'a key of the future is of unknown age');
  const begun = { sinceStartMs: 59 * 60_000 };
  assert.ok(!rotationDue(at(-3_650 * day, begun), policy), 'a clock that is not set yet');
  assert.ok(rotationDue(at(3_650 * day, begun), policy));
  for (const ms of [-3_650 * day, 3_650 * day]) {
    assert.ok(!rotationDue(at(ms, { sinceLastMs: 59 * 60_000 }), policy));
    assert.ok(rotationDue(at(ms, { sinceLastMs: 60 * 60_000 }), policy));
  }
});
