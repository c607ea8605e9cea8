/** When the master key rotates by itself: by age, by wraps, at clocks that jump, with a keeper that is down. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changer, keyringFolder, recordedLog } from '../../tests/rotation-fixture.ts';
import { temporaryFolder } from '../../tests/temporary-folder.ts';
import { Fault } from '../base/refusal.ts';
import { openMemoryMetadata } from '../engines/memory/metadata.ts';
import type { Keeper } from '../keys/keeper.ts';
import { addVersion } from '../keys/keyring.ts';
import type { RotationPolicy } from '../keys/rotation-due.ts';
import { watchedKeeper } from '../keys/watched-keeper.ts';
import { rotateKeys } from './rotate-keys.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const byAge = { everyMs: 90 * dayMs, afterWraps: 2 ** 32 };

async function house(policy: RotationPolicy, through: (keeper: Keeper) => Keeper = (one) => one) {
  const place = await temporaryFolder();
  const time = { wallMs: 1_795_000_000_000, monotonicMs: 5_000 };
  const clock = (): Date => new Date(time.wallMs);
  const made = await keyringFolder(place.path, clock());
  const { log, lines } = recordedLog();
  let rotations = 0;
  const one = await changer({
    ...made,
    keeper: through(made.keeper),
    metadata: openMemoryMetadata(),
    clock,
    log,
    rotated: () => void (rotations += 1),
  });
  const monotonicMs = (): number => time.monotonicMs;
  const job = rotateKeys({ rotations: one.rotations, policy, monotonicMs });
  return {
    ...one,
    time,
    lines,
    /** The job's turn each minute, for so long; the wall clock goes along. */
    pass: async (minutes: number) => {
      const before = rotations;
      for (let minute = 0; minute < minutes; minute += 1) {
        time.monotonicMs += minuteMs;
        time.wallMs += minuteMs;
        await job.run();
      }
      return rotations - before;
    },
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
}

test('the master key rotates at its age, and says from where, to where and why', async () => {
  await using one = await house(byAge);
  assert.equal(await one.pass(2), 0);
  one.time.wallMs += 90 * dayMs - 3 * minuteMs;
  assert.equal(await one.pass(1), 1);
  assert.equal(await one.pass(3), 0);
  const [line] = one.lines();
  assert.equal(line?.['message'], 'the master key was rotated');
  assert.deepEqual([line?.['from'], line?.['to'], line?.['why']], [1, 2, 'age']);
});

test('the master key rotates after so many wraps, and not twice within an hour', async () => {
  await using one = await house({ everyMs: 90 * dayMs, afterWraps: 65_536 });
  assert.equal(await one.pass(1), 0);
  // Any transaction reserves a block.
  const write = () => one.rows.transact(async () => undefined);
  await write();
  assert.equal(await one.pass(1), 1);
  await write();
  assert.equal(await one.pass(59), 0);
  assert.equal(await one.pass(1), 1);
  const whys = one.lines().map(({ why }) => why);
  assert.deepEqual(whys, ['wraps', 'wraps']);
});

test('a clock that jumps makes one rotation, and no storm', async () => {
  await using one = await house(byAge);
  assert.equal(await one.pass(1), 0);
  one.time.wallMs += 3_650 * dayMs;
  assert.equal(await one.pass(120), 1);
  // Back: the current version is of the future. One more, whose time is right.
  one.time.wallMs -= 3_650 * dayMs;
  assert.equal(await one.pass(120), 1);
  for (let jump = 0; jump < 40; jump += 1) {
    one.time.wallMs += (jump % 2 === 0 ? 1 : -1) * 3_650 * dayMs;
    await one.pass(3);
  }
  // Two hours of mad clocks.
  assert.ok(one.keys.newest.keyring.current <= 3 + 2);
  assert.equal(await one.pass(1_000), 0);
});

test('a rotation that was asked for counts, and one that a kill left unfinished is ended', async () => {
  await using one = await house({ everyMs: 60 * minuteMs, afterWraps: 2 ** 32 });
  one.time.wallMs += 59 * minuteMs;
  await one.rotations.rotate(1, 'asked');
  assert.equal(await one.pass(58), 0);
  await one.changes.change({ next: (keyring) => addVersion(keyring, new Date(one.time.wallMs)) });
  assert.equal(await one.pass(1), 1);
  assert.equal(one.lines().at(-1)?.['why'], 'unfinished');
  assert.equal(one.keys.newest.keyring.versions.size, 3);
});

test('a root of trust that is down is said clearly at growing distances, and stops nothing else', async () => {
  let down = true;
  let failures = 0;
  const failing = (keeper: Keeper): Keeper =>
    watchedKeeper(
      {
        description: keeper.description,
        seal: async (...sealed) => {
          if (down) throw new Fault('unavailable', 'no route to the vault');
          return keeper.seal(...sealed);
        },
        open: (...sealed) => keeper.open(...sealed),
      },
      () => void (failures += 1),
    );
  await using one = await house(byAge, failing);
  one.time.wallMs += 90 * dayMs;
  assert.equal(await one.pass(250), 0);
  const warnings = one.lines();
  assert.deepEqual(
    warnings.map(({ afterMinutes }) => afterMinutes),
    [1, 2, 4, 8, 16, 32, 60, 60, 60, 60],
  );
  assert.equal(failures, warnings.length);
  assert.match(String(warnings[0]?.['message']), /due and was not rotated/);
  assert.match(String(warnings[0]?.['reason']), /^The root of trust file:.*no route to the vault$/);
  await one.rows.transact(async () => undefined);
  assert.equal(one.keys.newest.keyring.versions.size, 1);
  down = false;
  assert.equal(await one.pass(60), 1);
  // The distance is small again.
  down = true;
  one.time.wallMs += 90 * dayMs;
  const before = one.lines().length;
  await one.pass(60);
  assert.equal(one.lines()[before]?.['afterMinutes'], 1);
});
