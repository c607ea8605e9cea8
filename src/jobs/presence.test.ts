import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordedLog } from '../../tests/rotation-fixture.ts';
import { freshRows } from '../../tests/rows-fixture.ts';
import { toHex } from '../base/bytes.ts';
import { Fault } from '../base/refusal.ts';
import { processLeaseMs, processRow } from '../rows/process-row.ts';
import type { Rows } from '../rows/rows.ts';
import { Presence } from './presence.ts';

const startMs = 1_795_000_000_000;

async function house() {
  const time = { ms: startMs };
  const rows = await freshRows({ clock: () => new Date(time.ms) });
  const told = { count: 0, failing: false };
  const counted = new Proxy(rows, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (name !== 'announce') return member.bind(target) as unknown;
      return async () => {
        told.count += 1;
        if (told.failing) throw new Fault('busy', 'too much to do');
        return target.announce();
      };
    },
  });
  const lease = async (id: Uint8Array = rows.processId) => {
    using view = rows.view();
    return (await view.get(processRow, id))?.leaseUntil?.getTime();
  };
  return { time, rows: counted, told, lease };
}

const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a process says that it lives three times a lease, and sooner where it failed', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { time, rows, told, lease } = await house();
  const { log, lines } = recordedLog();
  const presence = new Presence(rows, log);
  await presence.begin();
  assert.equal(await lease(), startMs + processLeaseMs);
  time.ms += 60_000;
  t.mock.timers.tick(processLeaseMs / 3);
  await turns();
  assert.equal(await lease(), time.ms + processLeaseMs);
  told.failing = true;
  presence.tell();
  for (const ms of [1_000, 2_000, 4_000]) {
    await turns();
    t.mock.timers.tick(ms);
  }
  await turns();
  assert.equal(told.count, 6);
  const said = lines().map(({ level, afterMs }) => [level, afterMs]);
  assert.deepEqual(
    said,
    [1_000, 2_000, 4_000, 8_000].map((ms) => ['warn', ms]),
  );
  told.failing = false;
  t.mock.timers.tick(8_000);
  await turns();
  assert.equal(told.count, 7);
  await presence.end();
  presence.tell();
  t.mock.timers.tick(processLeaseMs);
  await turns();
  assert.equal(told.count, 7);
});

test('who is gone is cleared away, by name or all at once, and never the process itself', async () => {
  const { rows, lease } = await house();
  const others = [1, 2, 3].map((byte) => Buffer.alloc(16, byte));
  const { log } = recordedLog();
  const presence = new Presence(rows, log);
  await presence.begin();
  await writeProcesses(rows, others);
  presence.gone(toHex(others[0] ?? Buffer.alloc(0)));
  presence.gone('00ff');
  presence.gone(toHex(others[2] ?? Buffer.alloc(0)));
  await presence.end();
  const leases = async () => Promise.all(others.map(lease));
  assert.deepEqual(await leases(), [undefined, startMs + 1, undefined]);
  // And the row in which they were added up is nobody's.
  assert.equal(await new Presence(rows, log).clearOthers(), 1);
  assert.deepEqual(await leases(), [undefined, undefined, undefined]);
  assert.ok(await lease());
});

async function writeProcesses(rows: Rows, ids: readonly Uint8Array[]): Promise<void> {
  const startedAt = new Date(startMs);
  const row = { startedAt, wraps: {}, generation: 1, leaseUntil: new Date(startMs + 1) };
  await rows.transact(async (transaction) => {
    for (const id of ids) transaction.put(processRow, id, row);
  });
}
