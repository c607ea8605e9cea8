/**
 * SECURITY-REGRESSIONS, "Secrets": a server that logs all it can (debug), every way of sending
 * credentials, right and wrong, and the making of new ones; then its output is searched for secrets,
 * signatures, Authorization values and key bytes.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openAdminClient } from '../../src/admin/client.ts';
import { startServer } from '../server.ts';
import { formOf } from './routes.ts';
import { host, type Sent } from './s3-house.ts';
import { byHeader, byQuery, formFields, type Signable, signer } from './signed.ts';
import { exchange } from './raw-fuzz.ts';

function wire({ method, target, headers = [], body = '' }: Wired): string {
  const lines = headers
    .filter(([name]) => name !== 'host')
    .map(([name, value]) => `${name}: ${value}\r\n`);
  const length = `content-length: ${Buffer.byteLength(body)}\r\n`;
  return `${method} ${target} HTTP/1.1\r\nhost: ${host}\r\n${lines.join('')}${length}connection: close\r\n\r\n${body}`;
}

type Wired = Sent & { readonly body?: string };

for (const format of ['text', 'json']) {
  test(`no secret is in a ${format} log, whatever is sent`, async () => {
    await using server = await startServer({
      flags: ['--log-level', 'debug', '--log-format', format],
    });
    const port = Number(new URL(server.url).port);
    const { accessKeyId, secretAccessKey: secretKey } = server.credentials;
    const root = { accessKeyId, secretKey };
    const admin = openAdminClient({
      kind: 'socket',
      data: server.data,
      path: join(server.data, 'admin.sock'),
    });
    const account = 'default';
    const { accessKey } = await admin.call('CreateUser', {
      path: { account },
      body: { name: 'anna' },
    });
    const secrets = new Set([secretKey, accessKey.secretKey, 'c2VjcmV0LXRva2Vu']);

    const send = async (sent: Wired): Promise<void> => {
      const text = wire(sent);
      for (const [found] of text.matchAll(/(?<=ignature=)\w{64}/g)) secrets.add(found);
      const authorization = sent.headers?.find(([name]) => name === 'authorization')?.[1];
      if (authorization !== undefined) secrets.add(authorization);
      await exchange(port, text, 5_000);
    };
    /** The same URL, its signature first and under another spelling of its name. */
    const disguised = (sent: Sent): Sent => {
      const [path = '', search = ''] = sent.target.split('?');
      const parameters = search.replaceAll('X-Amz-Signature', 'X-Amz-%53ignature').split('&');
      return { ...sent, target: `${path}?${parameters.toReversed().join('&')}` };
    };
    const requests: readonly Signable[] = [
      { method: 'PUT', path: '/bucket' },
      { method: 'PUT', path: '/bucket/key', body: 'body' },
      { method: 'GET', path: '/bucket/key' },
      { method: 'GET', path: '/bucket/none' },
      { method: 'PUT', path: '/bucket', query: [['policy', '']], body: '{' },
      { method: 'GET', path: '/bucket', query: [['select', '']] },
    ];
    for (const request of requests) {
      for (const key of [root, accessKey, { ...root, secretKey: 'wrong-secret-of-somebody' }]) {
        secrets.add(key.secretKey);
        const body = request.body ?? '';
        await send({ ...byHeader(request, signer(key)), body });
        await send({ ...byQuery(request, signer(key)), body });
        await send({ ...disguised(byQuery(request, signer(key))), body });
        await send({ ...byHeader(request, signer(key, { service: 'coffer' })), body });
      }
    }
    const fields = formFields(
      { fields: { key: 'form' }, conditions: [{ bucket: 'bucket' }, { key: 'form' }] },
      root,
    );
    const headers = [['content-type', 'multipart/form-data; boundary=b']] as const;
    secrets.add(fields['x-amz-signature'] ?? '');
    for (const body of [formOf(fields), formOf({ ...fields, policy: 'e30=' })]) {
      await send({ method: 'POST', target: '/bucket', headers, body });
    }
    for (const [name, value] of [
      ['authorization', 'Bearer c2VjcmV0LXRva2Vu'],
      ['authorization', 'AWS AKID:c2VjcmV0LXRva2Vu'],
      ['authorization', 'c2VjcmV0LXRva2Vu'],
      ['x-amz-security-token', 'c2VjcmV0LXRva2Vu'],
      ['cookie', 'session=c2VjcmV0LXRva2Vu'],
      ['x-amz-server-side-encryption-customer-key', 'c2VjcmV0LXRva2Vu'],
    ] as const) {
      await send({
        method: 'GET',
        target: '/bucket/key',
        headers: [[name, value]],
      });
    }
    await send({
      method: 'GET',
      target: '/bucket/key?X-Amz-Security-Token=c2VjcmV0LXRva2Vu',
      headers: [],
    });
    await send({
      method: 'GET',
      target: '/bucket/key?AWSAccessKeyId=a&Signature=c2VjcmV0LXRva2Vu&Expires=1',
      headers: [],
    });
    const hex = /^key (\w{64})$/m.exec(readFileSync(`${server.data}.root-key`, 'utf8'))?.[1] ?? '';
    assert.equal(hex.length, 64);
    secrets.add(hex);
    secrets.add(Buffer.from(hex, 'hex').toString('base64'));
    secrets.add(Buffer.from(hex, 'hex').toString('base64url'));
    await server.end();
    const output = server.output();
    assert.match(output, /GetObject/);
    for (const secret of secrets) {
      assert.ok(secret.length >= 8);
      const at = output.indexOf(secret);
      assert.equal(at, -1, `${secret} in ${output.slice(Math.max(0, at - 300), at + 100)}`);
    }
  });
}
