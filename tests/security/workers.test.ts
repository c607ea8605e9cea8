/**
 * Nothing that another process can change is remembered (ARCHITECTURE.md, law 6): with two workers, a key that
 * is disabled, a user that is deleted and a policy that is changed hold in both on the next request.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { presign } from '../../src/access/signature/presign.ts';
import { openAdminClient } from '../../src/admin/client.ts';
import { startServer } from '../server.ts';

/** Connections of their own, so that both workers get some. */
const tries = 12;

test('what one process changes holds in the other at once', async () => {
  await using server = await startServer({ flags: ['--workers', '2'] });
  const admin = openAdminClient({
    kind: 'socket',
    data: server.data,
    path: join(server.data, 'admin.sock'),
  });
  const { accessKeyId, secretAccessKey } = server.credentials;
  const root = { accessKeyId, secretKey: secretAccessKey };
  type Key = typeof root;
  const statuses = async (key: Key, method: string, path: string, body?: string) => {
    const [decoded = '', search] = path.split('?');
    const query = search === undefined ? [] : [[search, ''] as const];
    const seen = new Set<number>();
    for (let count = 0; count < tries; count++) {
      const by = { ...key, region: 'us-east-1', service: 's3', now: new Date() };
      const url = presign({ method, endpoint: server.url, path: decoded, query }, by, 60);
      const headers = { connection: 'close' };
      const answer = await fetch(
        url,
        body === undefined ? { method, headers } : { method, headers, body },
      );
      await answer.arrayBuffer();
      seen.add(answer.status);
    }
    return [...seen];
  };
  assert.deepEqual(await statuses(root, 'PUT', '/bucket'), [200]);
  assert.deepEqual(await statuses(root, 'PUT', '/bucket/key', 'text'), [200]);
  const account = 'default';
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
  });
  const made = await admin.call('CreateUser', {
    path: { account },
    body: { name: 'anna', policy },
  });
  const { accessKey: anna } = made;
  for (let round = 0; round < 3; round++) {
    assert.deepEqual(await statuses(anna, 'GET', '/bucket/key'), [200]);
    const user = { path: { account, user: 'anna' } };
    await admin.call('SetUserPolicy', { ...user, body: { policy: null } });
    assert.deepEqual(await statuses(anna, 'GET', '/bucket/key'), [403]);
    await admin.call('SetUserPolicy', { ...user, body: { policy } });
    assert.deepEqual(await statuses(anna, 'GET', '/bucket/key'), [200]);
    const key = { path: { accessKeyId: anna.accessKeyId } };
    await admin.call('UpdateAccessKey', { ...key, body: { enabled: false } });
    assert.deepEqual(await statuses(anna, 'GET', '/bucket/key'), [403]);
    await admin.call('UpdateAccessKey', { ...key, body: { enabled: true } });
  }
  await admin.call('DeleteUser', { path: { account, user: 'anna' } });
  assert.deepEqual(await statuses(anna, 'GET', '/bucket/key'), [403]);
  // The name given again is another user, with another key.
  await admin.call('CreateUser', { path: { account }, body: { name: 'anna', policy } });
  assert.deepEqual(await statuses(anna, 'GET', '/bucket/key'), [403]);
  assert.equal(await server.end(), 0);
});
