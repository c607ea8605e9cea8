import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { serving } from '../../tests/support/http-server.ts';
import { Child } from '../../tests/support/child.ts';
import { findAdminSocket } from '../config/admin-socket.ts';
import type { Handler } from '../http/exchange.ts';
import { prepareAdminSocket } from './admin-socket.ts';

const top = mkdtempSync(join(tmpdir(), 'coffer-socket-'));
after(() => rmSync(top, { recursive: true }));
const hello: Handler = () => Promise.resolve({ status: 200, headers: {}, body: 'hello' });

test('the socket lies in the data folder, closed to others, and goes with its server', async () => {
  const data = mkdtempSync(join(top, 'd'));
  {
    await using socket = await prepareAdminSocket(data, {});
    assert.equal(socket.path, join(data, 'admin.sock'));
    await using server = await serving(hello, { address: { path: socket.path } });
    assert.equal(server.port, 0);
    assert.equal(statSync(socket.path).mode & 0o777, 0o600);
    assert.equal(await findAdminSocket(data), socket.path);
    await assert.rejects(prepareAdminSocket(data, {}), /its socket .* answers\. Stop it/);
  }
  assert.equal(lstatSync(join(data, 'admin.sock'), { throwIfNoEntry: false }), undefined);
});

test('a path that is too long moves to the runtime folder, named in the data folder', async () => {
  const data = join(top, 'x'.repeat(90));
  const runtime = join(top, 'run');
  mkdirSync(data);
  await using socket = await prepareAdminSocket(data, { XDG_RUNTIME_DIR: runtime });
  assert.match(socket.path, /\/run\/coffer-[0-9a-f]{16}\.sock$/);
  assert.equal(readlinkSync(join(data, 'admin.sock')), socket.path);
  await using server = await serving(hello, { address: { path: socket.path } });
  assert.equal(server.port, 0);
  assert.equal(await findAdminSocket(data), socket.path);
});

test('what a killed server left is replaced', async () => {
  const data = mkdtempSync(join(top, 'd'));
  const path = join(data, 'admin.sock');
  const code = `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`;
  const child = new Child(process.execPath, ['-e', code]);
  await child.until(({ stdout }) => stdout.includes('up'));
  await child[Symbol.asyncDispose]();
  assert.ok(lstatSync(path).isSocket());
  await using socket = await prepareAdminSocket(data, {});
  await using server = await serving(hello, { address: { path: socket.path } });
  assert.equal(server.port, 0);
});
