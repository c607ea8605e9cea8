import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMetrics, sumMetrics } from './metrics.ts';

test('metrics of several processes sum to one text', async () => {
  const workers = [openMetrics({ version: '1.2.3' }), openMetrics({ version: '1.2.3' })];
  workers.forEach((metrics, index) => {
    metrics.gauge('coffer_more', 'One more value.', () => 40 + index);
    const count = metrics.counter('coffer_more_total', 'One more counter.');
    count();
    count(2);
  });
  for (const metrics of workers) {
    metrics.socketOpened();
    for (const status of [200, 204, 404]) {
      metrics.requestStarted();
      metrics.requestFinished({
        operation: 'GetObject',
        status,
        seconds: 0.002,
        bytesIn: 1,
        bytesOut: 10,
      });
    }
    metrics.requestStarted();
  }
  // What crosses the channel between processes is plain data.
  const snapshots = await Promise.all(workers.map((metrics) => metrics.snapshot()));
  const text = await sumMetrics(JSON.parse(JSON.stringify(snapshots)) as object[][]);
  const has = (line: string): void => assert.ok(text.includes(`${line}\n`), `${line}\n${text}`);
  has('coffer_requests_total{operation="GetObject",status="2xx"} 4');
  has('coffer_requests_total{operation="GetObject",status="4xx"} 2');
  has('coffer_request_duration_seconds_bucket{le="0.0025",operation="GetObject"} 6');
  has('coffer_request_duration_seconds_count{operation="GetObject"} 6');
  has('coffer_requests_in_flight 2');
  has('coffer_received_bytes_total 6');
  has('coffer_sent_bytes_total 60');
  has('coffer_open_sockets 2');
  has('coffer_more 41');
  has('coffer_more_total 6');
  has(`coffer_build_info{version="1.2.3",node="${process.versions.node}"} 1`);
  assert.match(text, /^process_cpu_seconds_total 0\.\d+|^process_cpu_seconds_total \d/m);
  assert.match(text, /^coffer_event_loop_lag_seconds\{quantile="0\.99"\} /m);
});
