/** The pace gives way to whoever is served. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AdaptivePace, type Served } from './rewrap-pace.ts';

const paceWith = (served: () => Served) => {
  return new AdaptivePace({ served, stopped: () => false });
};

test('alone it takes large steps, several at once; beside a request small ones', async () => {
  let inFlight = 0;
  const pace = paceWith(() => ({ inFlight, answered: 0 }));
  const alone = await pace.turn();
  inFlight = 1;
  const beside = await pace.turn();
  assert.ok(alone && beside);
  assert.ok(alone.rows >= 4 * beside.rows, `${alone.rows} and ${beside.rows}`);
  assert.ok(alone.headers > beside.headers);
  assert.deepEqual([alone.transactions > 1, beside.transactions], [true, 1]);
});

test('a request that was answered between two turns is noticed too', async () => {
  let answered = 0;
  const pace = paceWith(() => ({ inFlight: 0, answered }));
  await pace.turn();
  answered = 1;
  assert.equal((await pace.turn())?.transactions, 1);
});

test('rows that cost more come in smaller steps, but always some', async () => {
  const pace = paceWith(() => ({ inFlight: 1, answered: 0 }));
  for (let step = 0; step < 100; step += 1) pace.held(0.01, 1);
  const cheap = await pace.turn();
  for (let step = 0; step < 100; step += 1) pace.held(0.04, 1);
  const dear = await pace.turn();
  for (let step = 0; step < 100; step += 1) pace.held(5, 1);
  const dearest = await pace.turn();
  assert.ok(cheap && dear && dearest);
  assert.ok(cheap.rows > dear.rows && dear.rows > dearest.rows && dearest.rows > 0);
});

test('where workers serve, what they did a while ago counts', async () => {
  let answered = 0;
  const pace = paceWith(() => ({ inFlight: 0, answered, ageMsMax: 60_000 }));
  assert.ok(((await pace.turn())?.transactions ?? 0) > 1);
  answered = 1;
  for (let turn = 0; turn < 3; turn += 1) assert.equal((await pace.turn())?.transactions, 1);
});

test('who is told to stop gets no turn', async () => {
  const served = () => ({ inFlight: 1, answered: 0 });
  const pace = new AdaptivePace({ served, stopped: () => true });
  pace.held(1_000, 1);
  assert.equal(await pace.turn(), undefined);
});
