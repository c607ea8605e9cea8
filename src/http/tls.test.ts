import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { certificate } from '../../tests/support/certificate.ts';
import { serving } from '../../tests/support/http-server.ts';
import { StartError } from '../base/start-error.ts';
import { readTls } from './tls.ts';
import type { TlsFiles } from './tls.ts';

const folder = mkdtempSync(join(tmpdir(), 'coffer-tls-'));
after(() => rmSync(folder, { recursive: true }));

async function fetched(port: number): Promise<{ body: string; subject: string }> {
  const call = request({ port, host: '127.0.0.1', rejectUnauthorized: false, agent: false }).end();
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  const subject = (response.socket as TLSSocket).getPeerCertificate().subject.CN;
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { body, subject: String(subject) };
}

test('TLS is served, and a renewed certificate is used by new connections', async () => {
  const identity = await readTls(certificate('first'));
  await using server = await serving(
    ({ secure }) => Promise.resolve({ status: 200, headers: {}, body: `${secure}` }),
    { tls: identity },
  );
  assert.deepEqual(await fetched(server.port), { body: 'true', subject: 'first' });
  server.server.useTls(await readTls(certificate('second')));
  assert.deepEqual(await fetched(server.port), { body: 'true', subject: 'second' });
  // A client that speaks no TLS, or none at all, neither harms the server nor holds up its end.
  const plain = createConnection({ port: server.port, host: '127.0.0.1' });
  plain.on('error', () => undefined).write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await once(plain, 'close');
  const silent = createConnection({ port: server.port, host: '127.0.0.1' });
  await once(silent, 'connect');
  silent.on('error', () => undefined);
  const gone = once(silent, 'close');
  assert.equal(await server.close(5_000), 0);
  await gone;
});

test('what is wrong with the files is said by name', async () => {
  const good = certificate('first');
  const other = certificate('second');
  const text = join(folder, 'text');
  writeFileSync(text, 'hello');
  const says = async (files: TlsFiles, message: RegExp): Promise<void> => {
    await assert.rejects(readTls(files), (error) => {
      assert.ok(error instanceof StartError);
      assert.match(error.message, message);
      return true;
    });
  };
  await says(
    { ...good, certPath: '/absent.crt' },
    /^--tls-cert \/absent\.crt cannot be read \(ENOENT\)/,
  );
  await says(
    { ...good, keyPath: '/absent.key' },
    /^--tls-key \/absent\.key cannot be read \(ENOENT\)/,
  );
  await says({ ...good, certPath: text }, /text is not a certificate in PEM form/);
  await says({ ...good, keyPath: text }, /text is not a private key in PEM form/);
  await says({ ...good, keyPath: other.keyPath }, /second\.key does not belong to .*first\.crt/);
});
