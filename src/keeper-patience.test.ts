import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from './base/refusal.ts';
import { StartError } from './base/start-error.ts';
import { patiently } from './keeper-patience.ts';

const never = new Promise<void>(() => undefined);

function keeperThatIsDown(attempts: number, kind: 'unavailable' | 'damaged' = 'unavailable') {
  let left = attempts;
  return async (): Promise<string> => {
    if (left-- > 0) throw new Fault(kind, 'The vault cannot be reached.');
    return 'opened';
  };
}

function listener(waitsMs: readonly number[]) {
  const said: string[] = [];
  return {
    said,
    patience: { warn: (text: string) => void said.push(text), stopped: never, waitsMs },
  };
}

test('a keeper that comes back in time is waited for, and each wait is said', async () => {
  const { said, patience } = listener([1, 2, 3]);
  assert.equal(await patiently(patience, keeperThatIsDown(3)), 'opened');
  assert.deepEqual(
    said,
    [0.001, 0.002, 0.003].map((s) => `The vault cannot be reached. Trying again in ${s} s.`),
  );
});

test('one that does not ends the start, saying why', async () => {
  const { said, patience } = listener([1, 1]);
  await assert.rejects(patiently(patience, keeperThatIsDown(3)), (error) => {
    assert.ok(error instanceof StartError);
    assert.equal(error.exitCode, 1);
    assert.match(
      error.message,
      /^The vault cannot be reached\. Coffer gives up after 3 attempts\.$/,
    );
    return true;
  });
  assert.equal(said.length, 2);
});

test('no other trouble is waited for', async () => {
  const { said, patience } = listener([1]);
  await assert.rejects(patiently(patience, keeperThatIsDown(1, 'damaged')), { kind: 'damaged' });
  assert.deepEqual(said, []);
});

test('who tells the start to end is heard while it waits', async () => {
  const { patience } = listener([600_000]);
  const told = { ...patience, stopped: Promise.resolve() };
  await assert.rejects(patiently(told, keeperThatIsDown(9)), /Told to stop/);
});
