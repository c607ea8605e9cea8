import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RawClient } from '../../tests/support/raw-socket.ts';
import { openLog } from '../base/log.ts';
import type { LogLevel } from '../base/log.ts';
import { openMetrics, sumMetrics } from '../base/metrics.ts';
import { noteRequest } from '../base/request-notes.ts';
import { observeWith } from './observer.ts';
import { startHttpServer } from './server.ts';

async function observed(level: LogLevel): Promise<{ log: string; metrics: string }> {
  let text = '';
  const nothing = (): void => undefined;
  const destination = {
    write: (line: string) => void (text += line),
    flush: nothing,
    flushSync: nothing,
  };
  const metrics = openMetrics({ version: '0' });
  const server = await startHttpServer({
    observer: observeWith(openLog({ level, format: 'text', destination }), metrics),
    address: { host: '127.0.0.1', port: 0, setting: '--listen' },
    handler(request) {
      const note = { operation: 'GetObject', bucket: 'bucket-canary', key: 'key-canary' };
      noteRequest(request, { ...note, accessKeyId: 'AKIA' });
      return Promise.resolve({ status: 200, headers: {}, body: '12345' });
    },
  });
  using client = new RawClient(server.listening.port);
  client.send(
    'GET /bucket-canary/key-canary?X-Amz-Signature=sig-canary HTTP/1.1\r\nHost: a\r\n\r\n',
  );
  await client.reply();
  using bad = new RawClient(server.listening.port);
  bad.send('GET / HTTP/9.9\r\n\r\n');
  await bad.reply();
  await server.close(0);
  return { log: text, metrics: await sumMetrics([await metrics.snapshot()]) };
}

test('one line per request; keys and targets at debug only, signatures never', async () => {
  const { log, metrics } = await observed('info');
  const line =
    / INFO {2}request operation=GetObject status=200 ms=[\d.]+ in=0 out=5 id=[0-9A-F]{16}\n$/;
  assert.match(log, line);
  assert.doesNotMatch(log, /canary/);
  assert.match(metrics, /^coffer_requests_total\{operation="GetObject",status="2xx"\} 1$/m);
  assert.match(metrics, /^coffer_requests_total\{operation="Malformed",status="4xx"\} 1$/m);
  assert.match(metrics, /^coffer_requests_in_flight 0$/m);
  assert.match(metrics, /^coffer_open_sockets 0$/m);
  assert.doesNotMatch(metrics, /canary|AKIA/);
  const debug = await observed('debug');
  assert.match(debug.log, /accessKeyId=AKIA bucket=bucket-canary key=key-canary/);
  assert.match(debug.log, /DEBUG malformed request code=BadRequest/);
  assert.doesNotMatch(debug.log, /sig-canary/);
});
