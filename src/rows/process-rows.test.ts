import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshRows } from '../../tests/rows-fixture.ts';
import { processRow } from './process-row.ts';
import { allHold, foldProcesses } from './process-rows.ts';

const now = new Date(1_795_000_000_000);
const later = new Date(now.getTime() + 1);
const id = (byte: number): Buffer => Buffer.alloc(16, byte);
const row = { startedAt: now, wraps: { '1': 5 }, generation: 1, leaseUntil: later };

test('a process is waited for while its lease lasts and its keyring is older', async () => {
  const rows = await freshRows();
  const holdAll = async (change: Partial<typeof row | Record<'generation', undefined>>) => {
    await rows.transact(async (transaction) => {
      transaction.put(processRow, id(1), { ...row, ...change });
    });
    using view = rows.view();
    return await allHold(view, 1, now);
  };
  assert.ok(await holdAll({}));
  assert.ok(!(await holdAll({ generation: 0 })));
  assert.ok(!(await holdAll({ generation: undefined })));
  assert.ok(await holdAll({ generation: 0, leaseUntil: now }));
});

test('what processes that are gone wrapped still counts, in one row', async () => {
  const rows = await freshRows();
  await rows.transact(async (transaction) => {
    for (const byte of [1, 2, 3]) {
      transaction.put(processRow, id(byte), { ...row, wraps: { '1': byte, [byte]: 7 } });
    }
  });
  const gone = (processId: Uint8Array): boolean => (processId[0] ?? 0) < 3;
  assert.equal(await foldProcesses(rows, gone), 2);
  assert.equal(await foldProcesses(rows, gone), 0);
  using view = rows.view();
  assert.equal(await view.get(processRow, id(1)), undefined);
  assert.deepEqual((await view.get(processRow, id(0)))?.wraps, { '1': 9, '2': 7 });
  assert.deepEqual((await view.get(processRow, id(3)))?.wraps, { '1': 3, '3': 7 });
});
