import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLog } from './log.ts';
import type { Log, LogFormat, LogLevel, LogValue } from './log.ts';

function logged(format: LogFormat, level: LogLevel, write: (log: Log) => void): string {
  let text = '';
  const flushed: string[] = [];
  const destination = {
    write: (line: string) => void (text += line),
    flush: () => void flushed.push(text),
    flushSync: () => void flushed.push(text),
  };
  const log = openLog({ level, format, destination });
  write(log);
  log.flush();
  assert.equal(flushed.at(-1), text);
  return text;
}

test('text lines name level, sentence and fields, and cannot be forged', () => {
  const text = logged('text', 'info', (log) => {
    log.debug('not written');
    log.info('request', { worker: 2, operation: 'PutObject', ms: 1.5, none: undefined });
    log.warn('odd', { value: 'a b', evil: 'x\n2026 ERROR forged \u001b[2J\u2028', empty: '' });
  });
  const lines = text.trimEnd().split('\n');
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? '', /Z INFO  request worker=2 operation=PutObject ms=1\.5$/);
  assert.match(
    lines[1] ?? '',
    /WARN  odd value="a b" evil="x\\n2026 .*\\u001b\[2J\\u2028" empty=""$/,
  );
});

test('json lines are one object each', () => {
  const text = logged('json', 'debug', (log) => log.error('failed', { error: new Error('why') }));
  const line = JSON.parse(text) as Record<string, string>;
  assert.equal(line['level'], 'error');
  assert.equal(line['message'], 'failed');
  assert.match(line['error'] ?? '', /^Error: why\n\s+at /);
});

test('levels cut off what is below them', () => {
  assert.equal(
    logged('json', 'error', (log) => {
      assert.equal(log.writes('warn'), false);
      log.warn('no');
      log.info('no');
    }),
    '',
  );
});

const secret = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY';
const signature = 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41';

for (const format of ['text', 'json'] as const) {
  test(`no secret passes into ${format} lines, by name, by type or inside text`, () => {
    const bytes = Buffer.from(secret) as unknown as LogValue;
    const text = logged(format, 'debug', (log) => {
      log.info('fields', {
        authorization: `AWS4-HMAC-SHA256 Credential=AKIA/x, Signature=${signature}`,
        secretAccessKey: secret,
        rootKey: secret,
        'data-key': secret,
        sessionToken: secret,
        bytes,
        object: { secret } as unknown as LogValue,
      });
      log.info(`target /b/k?X-Amz-Signature=${signature}&X-Amz-Security-Token=${secret}&x=1`);
      log.info('header', { line: `Authorization: AWS4-HMAC-SHA256 Signature=${signature}` });
      log.info('env', {
        text: `COFFER_ROOT_SECRET_KEY=${secret} aws_secret_access_key = ${secret}`,
      });
      log.error('deep', {
        error: new Error('outer', { cause: new Error(`{"secretKey":"${secret}"}`) }),
        pem: `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`,
      });
      log.info('token', { token: secret });
    });
    assert.ok(!text.includes(secret), text);
    assert.ok(!text.includes(signature), text);
    assert.match(text, /x=1/);
    assert.match(text, /caused by Error/);
  });
}
