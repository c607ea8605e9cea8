/** A server whose root of trust is not a key file: it starts, starts again, and refuses the wrong one. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { startServer } from '../server.ts';
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
