/** The re-wrap by itself, and what is asked for before it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { oldRows, rotate } from '../../tests/rewrap-fixture.ts';
import { type TestStore, bucketName, memoryStore, plainPut } from '../../tests/store-fixture.ts';
import { openLog } from '../base/log.ts';
import { asSealed } from '../base/sealed.ts';
import { systemClock as clock } from '../base/time.ts';
import { headRow } from '../rows/head-row.ts';
import type { Served } from './rewrap-pace.ts';
import type { RewrapReport } from './rewrap-report.ts';
import { Rewrapping } from './rewrap.ts';

interface Running extends AsyncDisposable {
  readonly house: TestStore;
  readonly rewrapping: Rewrapping;
  readonly logged: string[];
  readonly moved: () => number;
}

const idle: Served = { inFlight: 0, answered: 0 };
const busy: Served = { inFlight: 1, answered: 0 };

/** `everyMs` long: nothing runs but what is asked for. */
async function running(keys: number, everyMs: number, served = idle): Promise<Running> {
  const house = await memoryStore();
  for (let n = 0; n < keys; n += 1) await house.store.objects.put(plainPut(`k${n}`, 'body'));
  await rotate(house);
  const logged: string[] = [];
  const destination = {
    write: (line: string) => void logged.push(line),
    flush: () => undefined,
    flushSync: () => undefined,
  };
  const log = openLog({ level: 'info', format: 'json', destination });
  let rows = 0;
  const moved = (more: number): void => void (rows += more);
  const rewrapping = new Rewrapping({
    ...house,
    clock,
    log,
    moved,
    served: () => served,
    everyMs,
  });
  return {
    house,
    rewrapping,
    logged,
    moved: () => rows,
    [Symbol.asyncDispose]: async () => {
      await rewrapping.stop();
      await house[Symbol.asyncDispose]();
    },
  };
}

async function ended(
  rewrapping: Rewrapping,
  isIt: (report: RewrapReport) => boolean,
): Promise<RewrapReport> {
  for (;;) {
    const report = rewrapping.report();
    if (report !== undefined && report.finishedAt !== null && isIt(report)) return report;
    await pause(2);
  }
}

const never = 2 ** 30;

test('it runs by itself at the start and after each rotation, and then rests', async () => {
  await using parts = await running(20, 5);
  const { house, rewrapping, logged, moved } = parts;
  const first = await ended(rewrapping, ({ version }) => version === 2);
  assert.deepEqual([first.state, first.unmoved.rows], ['complete', 0]);
  assert.equal(await oldRows(house), 0);
  assert.equal(rewrapping.remaining, 0);
  assert.equal(moved(), first.moved);
  assert.ok(first.moved >= 40);
  await pause(50);
  assert.equal(rewrapping.report()?.run, first.run);
  await rotate(house);
  const second = await ended(rewrapping, ({ version }) => version === 3);
  assert.deepEqual([second.state, second.run], ['complete', first.run + 1]);
  assert.equal(await oldRows(house), 0);
  assert.equal(logged.filter((line) => line.includes('re-wrap done')).length, 2);
});

test('what is asked for is moved before the rest', async () => {
  await using parts = await running(150, never, busy);
  const { house, rewrapping } = parts;
  const whole = await rewrapping.request({});
  assert.equal((await rewrapping.request({})).run, whole.run);
  const part = await rewrapping.request({ bucket: bucketName, prefix: 'k77' });
  assert.deepEqual([part.bucket, part.prefix, part.state], [bucketName, 'k77', 'waiting']);
  const done = await ended(rewrapping, ({ run }) => run === part.run);
  assert.deepEqual([done.state, done.rows, done.moved], ['complete', 2, 2]);
  assert.equal(rewrapping.report(whole.run)?.finishedAt, null);
  assert.ok(rewrapping.remaining > 0 || rewrapping.report(whole.run)?.state === 'counting');
  await rewrapping.stop();
  assert.equal(rewrapping.report(whole.run)?.state, 'stopped');
  assert.ok((await oldRows(house)) > 0);
  await assert.rejects(rewrapping.request({ bucket: 'nowhere' }), { code: 'NotFound' });
});

test('rows that do not open are told by name; the run is incomplete and not begun again at once', async () => {
  await using parts = await running(5, 5);
  const { house, rewrapping, logged } = parts;
  const bucket = await (async () => {
    using view = house.rows.view();
    return await view.bucket(bucketName);
  })();
  assert.ok(bucket);
  await house.metadata.transact(async (transaction) => {
    transaction.put(headRow.encodeKey(bucket.row.id, 'k3'), asSealed(Buffer.alloc(60, 1)));
  });
  const report = await ended(rewrapping, ({ run }) => run === 1);
  assert.deepEqual([report.state, report.unmoved.rows], ['incomplete', 1]);
  assert.match(report.unmoved.names[0] ?? '', /30 .*k3/);
  assert.equal(rewrapping.remaining, 1);
  const named = logged.filter((line) => line.includes('cannot be re-wrapped'));
  assert.equal(named.length, 1);
  assert.match(named[0] ?? '', /k3/);
  await pause(50);
  assert.equal(rewrapping.report()?.run, 1);
  assert.equal(rewrapping.report(2), undefined);
});
