/** Client and server together, over a real Unix socket and a real TCP port. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { adminHouse } from '../../tests/admin-fixture.ts';
import { serving } from '../../tests/support/http-server.ts';
import { temporaryFolder } from '../../tests/temporary-folder.ts';
import { blindObserver } from '../http/observer.ts';
import { startHttpServer } from '../http/server.ts';
import { AdminError, openAdminClient, Unreachable } from './client.ts';

async function onSocket() {
  const house = await adminHouse();
  const folder = await temporaryFolder();
  const path = `${folder.path}/admin.sock`;
  const server = await startHttpServer({
    handler: house.local,
    address: { path },
    observer: blindObserver,
  });
  return {
    house,
    path,
    client: openAdminClient({ kind: 'socket', data: folder.path, path }),
    async [Symbol.asyncDispose]() {
      await server.close(0);
      await folder[Symbol.asyncDispose]();
    },
  };
}

test('over the socket every kind of call goes there and back', async () => {
  await using place = await onSocket();
  const { client, path } = place;
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  const created = await client.call('CreateAccount', { body: { name: 'clinic' } });
  assert.equal(created.account.name, 'clinic');
  const user = { path: { account: 'clinic', user: 'a+b=c@d.e_f-g,h' } };
  await client.call('CreateUser', { path: { account: 'clinic' }, body: { name: user.path.user } });
  const policy = '{"Version":"2012-10-17","Statement":[]}';
  const malformed = client.call('SetUserPolicy', { ...user, body: { policy } });
  await assert.rejects(malformed, (error) => {
    return error instanceof AdminError && error.code === 'MalformedPolicy';
  });
  const listed = await client.call('ListAccessKeys', {
    path: { account: 'clinic' },
    query: { user: user.path.user },
  });
  assert.equal(listed.accessKeys.length, 1);
  assert.equal(await client.call('DeleteUser', user), undefined);
  assert.equal((await client.call('ListAccounts', {})).accounts.length, 2);
  assert.equal((await client.call('GetKeysStatus', {})).current, 1);
});

test('over the network calls are signed, and carry query and body', async () => {
  const house = await adminHouse();
  await using server = await serving(house.network);
  const target = {
    kind: 'endpoint',
    url: `http://127.0.0.1:${server.port}`,
    region: 'us-east-1',
    ...house.root,
  } as const;
  const client = openAdminClient(target);
  const account = { account: '~' };
  await client.call('CreateUser', { path: account, body: { name: 'a+b' } });
  const keys = await client.call('ListAccessKeys', { path: account, query: { user: 'a+b' } });
  assert.equal(keys.accessKeys[0]?.user, 'a+b');
  assert.equal((await client.call('GetVersion', {})).version, '0.0.1');
  const stranger = openAdminClient({ ...target, secretKey: 'another-secret' });
  await assert.rejects(
    stranger.call('GetVersion', {}),
    (error) => error instanceof AdminError && error.code === 'SignatureDoesNotMatch',
  );
});

test('a name with a slash is never sent', async () => {
  await using place = await onSocket();
  const path = { account: '~', user: 'ann/policy' };
  await assert.rejects(place.client.call('DeleteUser', { path }), /is not a name/);
  await assert.rejects(place.client.call('GetAccount', { path: { account: '' } }), /not a name/);
});

test('where nothing serves, the message names the folder and the mend', async () => {
  await using folder = await temporaryFolder();
  const data = folder.path;
  const client = openAdminClient({ kind: 'socket', data, path: `${data}/admin.sock` });
  await assert.rejects(client.call('ListAccounts', {}), (error) => {
    assert.ok(error instanceof Unreachable);
    assert.equal(error.absent, true);
    const { message } = error;
    assert.equal(
      message,
      `No Coffer serves the data folder ${data}: start it with \`coffer serve\`, or name another with --data.`,
    );
    return true;
  });
});

test('what is not Coffer, and a connection that breaks, are told apart', async () => {
  const server = createServer((request, response) => {
    if (request.method === 'GET') response.writeHead(200).end('<html>');
    else request.socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = openAdminClient({
    kind: 'endpoint',
    url: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    accessKeyId: 'AKIA',
    secretKey: 'a-secret',
  });
  await assert.rejects(client.call('ListAccounts', {}), /not as Coffer's admin API does/);
  const broken = client.call('CreateAccount', { body: { name: 'clinic' } });
  await assert.rejects(broken, (error) => {
    return error instanceof Unreachable && !error.absent && /is not known/.test(error.message);
  });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await assert.rejects(client.call('ListAccounts', {}), /cannot be reached \(ECONNREFUSED\)/);
});
