/** A server whose root of trust is not a key file: it starts, starts again, and refuses the wrong one. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { KeysStatus } from '../../src/admin/contract.ts';
import { startServer } from '../server.ts';
import { startTransitStub } from '../support/transit-stub.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const main = resolve(import.meta.dirname, '../../src/main.ts');

/** Starts the program, which must not serve; returns what it said. */
function refused(data: string, flags: readonly string[], env: Record<string, string> = {}): string {
  const nowhere = ['--listen', '127.0.0.1:0', '--console', 'off'];
  const ended = spawnSync(process.execPath, [main, 'serve', '--data', data, ...nowhere, ...flags], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  assert.equal(ended.status, 1, `${ended.signal}: ${ended.stderr}`);
  assert.match(ended.stderr.trimEnd(), /^coffer: [^\n]+$/);
  return ended.stderr;
}

test('a store under a passphrase: from a file, then from the service manager', async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, 'data');
  const file = join(folder.path, 'pass');
  writeFileSync(file, 'orbit lantern velvet quarry\n', { mode: 0o600 });
  const keeper = `passphrase:${file}`;
  await using first = await startServer({ data, flags: ['--keeper', keeper, '--workers', '2'] });
  assert.ok(first.output().includes(`Root of trust         ${keeper}`), first.output());
  assert.match(first.output(), /KEEP THE PASSPHRASE/);
  assert.ok(!existsSync(`${data}.root-key`));
  assert.equal(await first.end(), 0);

  // The same passphrase by another way opens it: the file is only where it lies.
  mkdirSync(join(folder.path, 'credentials'));
  const credential = join(folder.path, 'credentials/coffer-passphrase');
  writeFileSync(credential, 'orbit lantern velvet quarry', { mode: 0o600 });
  const env = { CREDENTIALS_DIRECTORY: join(folder.path, 'credentials') };
  await using second = await startServer({ data, flags: ['--keeper', 'passphrase:'], env });
  assert.equal(await second.end(), 0);

  chmodSync(file, 0o644);
  await using third = await startServer({ data, flags: ['--keeper', keeper] });
  assert.equal(await third.end(), 0);
  assert.match(third.output(), /passphrase file .* is open to other users \(mode 0644\)/);

  const other = refused(data, []);
  assert.ok(other.includes(`sealed by ${keeper}, but --keeper names file:${data}.root-key`), other);
  assert.ok(other.includes(`start with --keeper ${keeper} (COFFER_KEEPER)`), other);
  writeFileSync(file, 'orbit lantern velvet quarrel');
  assert.match(refused(data, ['--keeper', keeper]), /the passphrase is not the one/);
  writeFileSync(file, 'short');
  assert.match(refused(data, ['--keeper', keeper]), /has 5 characters/);
  rmSync(file);
  assert.match(refused(data, ['--keeper', keeper]), /The passphrase file .* is missing/);
  assert.match(refused(data, ['--keeper', 'passphrase:']), /Nobody can be asked/);

  renameSync(data, `${data}.away`);
  const unmounted = refused(data, ['--keeper', 'passphrase:'], env);
  assert.match(
    unmounted,
    /data\.credentials belongs to a store that was made in .* Is its disk mounted/,
  );
  assert.ok(!existsSync(data));
});

test('a store under Vault: waits for it at the start, and goes on without it', async () => {
  await using stub = await startTransitStub();
  await using folder = await temporaryFolder();
  const data = join(folder.path, 'data');
  const keeper = `vault:${stub.origin}/coffer`;
  const env = { COFFER_VAULT_TOKEN: stub.token };
  const first = await startServer({ data, flags: ['--keeper', keeper], env });
  assert.equal(await first.end(), 0);

  stub.failing = 503;
  const failed = stub.nextFailure();
  const starting = startServer({ data, flags: ['--keeper', keeper, '--workers', '2'], env });
  await failed;
  stub.failing = undefined;
  await using second = await starting;
  assert.match(second.output(), /cannot be reached for this .*Trying again in 1 s/);
  assert.ok(!second.output().includes(stub.token));
  for (const environment of environments(second.pid)) {
    assert.ok(!environment.includes(stub.token), 'a worker holds the token');
  }
  assert.equal((await keysStatus(data)).keeper.healthy, true);
  stub.failing = 503;
  assert.deepEqual((await keysStatus(data)).keeper, { kind: 'vault', healthy: false });
  assert.equal((await fetch(`${second.url}/.coffer/ready`)).status, 200);
});

test('a Vault token that is missing or wrong is said at once', async () => {
  await using stub = await startTransitStub();
  await using folder = await temporaryFolder();
  const data = join(folder.path, 'data');
  const flags = ['--keeper', `vault:${stub.origin}/coffer`];
  assert.match(refused(data, flags), /Vault asks for a token: set COFFER_VAULT_TOKEN/);
});

/** Not synchronously: the keeper may be served by this process. */
async function keysStatus(data: string): Promise<KeysStatus> {
  const args = [main, 'keys', 'status', '--json', '--data', data];
  const env = { PATH: process.env['PATH'] ?? '' };
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 30_000, env });
  return JSON.parse(stdout) as KeysStatus;
}

/** The environments of the processes that `pid` started. */
function environments(pid: number): string[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  assert.equal(children.length, 2);
  return children.map((child) => readFileSync(`/proc/${child}/environ`, 'latin1'));
}
