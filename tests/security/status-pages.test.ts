/**
 * SECURITY-REGRESSIONS, "Secrets": what answers without authentication (health, the console's page,
 * the metrics) tells nothing of the environment (CVE-2023-28432), and no name of a bucket, key or user.
 */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { presign } from '../../src/access/signature/presign.ts';
import { openAdminClient } from '../../src/admin/client.ts';
import { startServer } from '../server.ts';

interface Page {
  readonly status: number;
  readonly text: string;
}

/** Headers and body of an answer over the Unix socket, or from a port. */
function fetched(
  where: { readonly socketPath: string } | { readonly port: number },
  path: string,
  method = 'GET',
): Promise<Page> {
  return new Promise((resolve, reject) => {
    const sent = request({ ...where, host: '127.0.0.1', path, method, agent: false }, (answer) => {
      let text = JSON.stringify(answer.rawHeaders);
      answer.on('data', (data: Buffer) => (text += data.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('status pages tell no secret, no setting and no name', async () => {
  await using server = await startServer({ env: { CANARY_SECRET: 'canary-of-the-environment' } });
  const { accessKeyId, secretAccessKey: secretKey } = server.credentials;
  const socketPath = join(server.data, 'admin.sock');
  const admin = openAdminClient({ kind: 'socket', data: server.data, path: socketPath });
  const name = 'canary-user';
  const { accessKey } = await admin.call('CreateUser', {
    path: { account: 'default' },
    body: { name },
  });
  for (const path of ['/canary-bucket', '/canary-bucket/canary-key']) {
    const by = { accessKeyId, secretKey, region: 'us-east-1', service: 's3', now: new Date() };
    const url = presign({ method: 'PUT', endpoint: server.url, path }, by, 60);
    assert.equal((await fetch(url, { method: 'PUT' })).status, 200);
  }
  const told = [accessKeyId, secretKey, accessKey.accessKeyId, accessKey.secretKey, server.data];
  const port = Number(new URL(server.url).port);
  const pages = [
    await fetched({ socketPath }, '/'),
    await fetched({ socketPath }, '/metrics'),
    await fetched({ socketPath }, '/env'),
    await fetched({ port }, '/.coffer/live'),
    await fetched({ port }, '/.coffer/ready'),
    await fetched({ port }, '/'),
    await fetched({ port }, '/metrics'),
    await fetched({ port }, '/minio/health/cluster'),
    await fetched({ port }, '/minio/bootstrap/v1/verify', 'POST'),
  ];
  assert.ok(
    pages.slice(1, 2).every(({ status, text }) => status === 200 && text.includes('PutObject')),
  );
  for (const { text } of pages) {
    assert.doesNotMatch(text, /canary/i);
    for (const secret of told) assert.ok(!text.includes(secret), secret);
  }
});
