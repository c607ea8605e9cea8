/**
 * A store moves from one root of trust to another while it is served, and back; and whatever is cut
 * off where, the next start opens it with exactly one of the two, and the other is told which.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { KeysStatus, ResealedKeyring } from '../../src/admin/contract.ts';
import { openAdminClient } from '../../src/admin/client.ts';
import { startServer, type RunningServer } from '../server.ts';
import { startTransitStub } from '../support/transit-stub.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const main = resolve(import.meta.dirname, '../../src/main.ts');

/** Runs a command; not synchronously, as a keeper may be served by this process. */
async function coffer(
  ...args: readonly string[]
): Promise<{ stdout: string; stderr: string; code: number }> {
  const env = { PATH: process.env['PATH'] ?? '' };
  return promisify(execFile)(process.execPath, [main, ...args], { timeout: 60_000, env }).then(
    ({ stdout, stderr }) => ({ stdout, stderr, code: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => error,
  );
}

async function refusedStart(data: string, keeper: string): Promise<string> {
  const nowhere = ['--listen', '127.0.0.1:0', '--console', 'off'];
  const ended = await coffer('serve', '--data', data, '--keeper', keeper, ...nowhere);
  assert.equal(ended.code, 1, ended.stdout);
  return ended.stderr;
}

function s3Of({ url, credentials }: RunningServer): S3Client {
  return new S3Client({ endpoint: url, region: 'us-east-1', forcePathStyle: true, credentials });
}

async function readBack(server: RunningServer, keys: readonly string[]): Promise<void> {
  const s3 = s3Of(server);
  for (const Key of keys) {
    const read = await s3.send(new GetObjectCommand({ Bucket: 'kept', Key }));
    assert.equal(await read.Body?.transformToString(), `body of ${Key}`);
  }
  s3.destroy();
}

async function put(server: RunningServer, Key: string): Promise<void> {
  const s3 = s3Of(server);
  await s3.send(new PutObjectCommand({ Bucket: 'kept', Key, Body: `body of ${Key}` }));
  s3.destroy();
}

test('from a file to a passphrase, to Vault and back to a file, while it is served', async () => {
  await using stub = await startTransitStub();
  await using folder = await temporaryFolder();
  const data = join(folder.path, 'data');
  const pass = join(folder.path, 'pass');
  writeFileSync(pass, 'orbit lantern velvet quarry\n', { mode: 0o600 });
  const keepers = {
    first: `file:${data}.root-key`,
    passphrase: `passphrase:${pass}`,
    vault: `vault:${stub.origin}/transit/keys/coffer`,
    last: `file:${folder.path}/new.root-key`,
  };
  const env = { COFFER_VAULT_TOKEN: stub.token };
  const keys: string[] = [];
  const move = async (from: string, to: string): Promise<void> => {
    const server = await startServer({ data, env, flags: ['--keeper', from, '--workers', '2'] });
    await using _ = { [Symbol.asyncDispose]: async () => void (await server.end()) };
    if (keys.length === 0) {
      const s3 = s3Of(server);
      await s3.send(new CreateBucketCommand({ Bucket: 'kept' }));
      s3.destroy();
    }
    keys.push(`before-${to}`);
    await put(server, `before-${to}`);
    const said = await coffer('keys', 'reseal', '--to', to, '--data', data, '--json');
    assert.equal(said.code, 0, said.stderr);
    const resealed = JSON.parse(said.stdout) as ResealedKeyring;
    assert.equal(resealed.keeper, to);
    const status = await coffer('keys', 'status', '--data', data, '--json');
    const { keeper } = JSON.parse(status.stdout) as KeysStatus;
    assert.deepEqual(keeper, { kind: to.replace(/:.*/, ''), healthy: true });
    // Rotation asks the new keeper, and workers go on.
    assert.equal((await coffer('keys', 'rotate', '--data', data)).code, 0);
    keys.push(`after-${to}`);
    await put(server, `after-${to}`);
    await readBack(server, keys);
    assert.ok(!server.output().includes(stub.token));
  };
  await move(keepers.first, keepers.passphrase);
  const told = await refusedStart(data, keepers.first);
  assert.ok(told.includes(`start with --keeper ${keepers.passphrase}`), told);
  await move(keepers.passphrase, keepers.vault);
  await move(keepers.vault, keepers.last);
  const old = await refusedStart(data, keepers.first);
  assert.ok(old.includes(`It was sealed by ${keepers.last}: set --keeper`), old);

  await using server = await startServer({ data, flags: ['--keeper', keepers.last] });
  await readBack(server, keys);
  await server.end();
  assert.match(server.output(), /another root of trust sealed are removed: keyring-\d+/);
});

test('what cannot be is refused, and the keyring stays as it is', async () => {
  await using folder = await temporaryFolder();
  await using other = await startServer();
  await other.end();
  const data = join(folder.path, 'data');
  await using server = await startServer({ data });
  const admin = openAdminClient({ kind: 'socket', data, path: join(data, 'admin.sock') });
  const files = await readdir(`${data}/keys`);
  const cases: readonly (readonly [string, RegExp])[] = [
    [`file:${data}.root-key`, /sealed by .* already/],
    [`file:${data}/inside.key`, /lies in the data folder/],
    [`file:${other.data}.root-key`, /root key file of another store/],
    ['file:/nowhere/at/all/key', /folder does not exist/],
    ['passphrase:', /Nobody can be asked for the passphrase here/],
    [`passphrase:${folder.path}/none`, /passphrase file .* is missing/],
    ['vault:http://127.0.0.1:1/coffer', /Vault asks for a token/],
    ['vault:nonsense', /must be vault:URL\/KEY/],
  ];
  for (const [to, message] of cases) {
    const said = await coffer('keys', 'reseal', '--to', to, '--data', data);
    assert.notEqual(said.code, 0, to);
    assert.match(said.stderr, message, to);
  }
  assert.deepEqual(await readdir(`${data}/keys`), files);
  const short = admin.call('ResealKeyring', { body: { to: 'passphrase:', passphrase: 'short' } });
  await assert.rejects(short, /has 5 characters/);
  const typed = { to: 'passphrase:', passphrase: 'a passphrase that was typed' };
  assert.equal((await admin.call('ResealKeyring', { body: typed })).keeper, 'passphrase:');
  await server.end();
  const credential = join(folder.path, 'coffer-passphrase');
  writeFileSync(credential, typed.passphrase, { mode: 0o600 });
  const env = { CREDENTIALS_DIRECTORY: folder.path };
  await using again = await startServer({ data, env, flags: ['--keeper', 'passphrase:'] });
  assert.equal(await again.end(), 0);
  assert.ok(existsSync(`${data}.root-key`));
});
