import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Room, reserveBytes } from './room.ts';

test('what would take the reserve is refused, and is asked about once while there is room', async () => {
  let asked = 0;
  let free: number | undefined = reserveBytes + 100;
  const freeBytes = async (): Promise<number | undefined> => {
    asked += 1;
    return free;
  };
  const room = new Room({ freeBytes });
  await Promise.all([room.check(100), room.check(1)]);
  assert.equal(asked, 1);
  await assert.rejects(async () => room.check(101), { code: 'InsufficientStorage' });
  assert.equal(room.take(60), undefined);
  // Counted down to less than is wanted, it is asked again: somebody may have deleted something.
  await room.take(60);
  free = reserveBytes + 10;
  await assert.rejects(async () => room.take(60), { code: 'InsufficientStorage' });
  free = undefined;
  await new Room({ freeBytes }).check(Number.MAX_SAFE_INTEGER);
});
