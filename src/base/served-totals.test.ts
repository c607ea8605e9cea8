import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMetrics, sumSnapshots } from './metrics.ts';
import { servedTotals } from './served-totals.ts';

test('requests of all processes are added up, of the operations that count', async () => {
  const processes = [openMetrics({ version: '1' }), openMetrics({ version: '1' })] as const;
  const serve = (index: 0 | 1, operation: string, status: number, seconds: number): void => {
    processes[index].requestStarted();
    processes[index].requestFinished({ operation, status, seconds, bytesIn: 10, bytesOut: 100 });
  };
  serve(0, 'PutObject', 200, 0.0004);
  serve(0, 'PutObject', 403, 0.003);
  serve(1, 'PutObject', 200, 0.02);
  serve(1, 'GetObject', 500, 1000);
  serve(1, 'GetOverview', 404, 1);
  const summed = await sumSnapshots(await Promise.all(processes.map((each) => each.snapshot())));
  const totals = servedTotals(summed, (operation) => operation !== 'GetOverview');
  const { latency, memoryBytes, ...rest } = totals;
  assert.deepEqual(rest, {
    requests: { PutObject: 3, GetObject: 1 },
    errors4xx: 1,
    errors5xx: 1,
    bytesIn: 50,
    bytesOut: 500,
  });
  assert.ok(memoryBytes > process.memoryUsage.rss());
  assert.deepEqual(latency.boundariesMs.slice(0, 4), [0.5, 1, 2.5, 5]);
  assert.equal(latency.counts.length, latency.boundariesMs.length + 1);
  assert.deepEqual(latency.counts.slice(0, 6), [1, 1, 1, 2, 2, 3]);
  assert.deepEqual(latency.counts.slice(-2), [3, 4]);
});

test('before anything was served, all is zero', async () => {
  const summed = await sumSnapshots([await openMetrics({ version: '1' }).snapshot()]);
  const { requests, latency } = servedTotals(summed, () => true);
  assert.deepEqual([requests, latency.counts], [{}, []]);
});
