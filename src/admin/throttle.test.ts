import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../base/refusal.ts';
import { Throttle, throttleLimits } from './throttle.ts';

function throttle() {
  let now = 1_000_000;
  const made = new Throttle(() => new Date(now));
  return {
    wait: (ms: number) => void (now += ms),
    begin: (address: string, key: string) => made.begin(address, key),
    /** Seconds to wait, or 0 where the attempt was begun. */
    seconds: (address: string, key: string): number => {
      try {
        made.begin(address, key);
        return 0;
      } catch (error) {
        assert.ok(error instanceof Refusal);
        return Number(error.detail.headers?.['Retry-After']);
      }
    },
  };
}

test('waits double, to an end that is near for a key and far for an address', () => {
  const { seconds, wait } = throttle();
  const waits: number[] = [];
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const one = seconds('192.0.2.1', `key${attempt}`);
    waits.push(one);
    wait(one * 1000);
    if (one > 0) assert.equal(seconds('192.0.2.1', `key${attempt}`), 0);
  }
  assert.deepEqual(waits.slice(0, 9), [0, 0, 0, 0, 0, 1, 2, 4, 8]);
  assert.equal(waits.at(-1), throttleLimits.addressWaitMsMax / 1000);
  // From everywhere, at one key.
  const longest = Math.max(
    ...Array.from({ length: 40 }, (_, attempt) => {
      const one = seconds(`198.51.100.${attempt}`, 'root');
      wait(one * 1000);
      return one;
    }),
  );
  assert.ok(longest <= throttleLimits.accessKeyWaitMsMax / 1000);
});

test('an IPv6 customer has one count, an IPv4 address its own', () => {
  const { seconds } = throttle();
  for (let attempt = 0; attempt < 5; attempt += 1) {
    assert.equal(seconds(`2001:db8:1:2::${attempt}`, `k${attempt}`), 0);
  }
  assert.equal(seconds('2001:0db8:1:2:ffff::1', 'k'), 1);
  assert.equal(seconds('2001:db8:1:3::1', 'k'), 0);
});

test('who holds one key does not reset the count of guesses at others', () => {
  const { begin, seconds } = throttle();
  for (let attempt = 0; attempt < 5; attempt += 1) {
    begin('192.0.2.1', `guess${attempt}`);
    if (attempt < 4) begin('192.0.2.1', 'mine').succeeded();
  }
  assert.equal(seconds('192.0.2.1', 'mine'), 1);
});

test('failures are forgotten after an hour, and memory is bounded', () => {
  const { seconds, wait } = throttle();
  for (let attempt = 0; attempt < 5; attempt += 1) seconds('192.0.2.1', 'k');
  assert.equal(seconds('192.0.2.1', 'k'), 1);
  wait(throttleLimits.forgottenMs);
  assert.equal(seconds('192.0.2.1', 'k'), 0);
  for (let index = 0; index < throttleLimits.entriesMax + 10; index += 1) {
    assert.equal(seconds(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, `u${index}`), 0);
  }
});
