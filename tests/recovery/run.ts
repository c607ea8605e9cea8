/**
 * `npm run test:recovery`: a real server stores objects of every shape, in modern and in classic
 * buckets; it is stopped; then the recovery program, which shares no code with it, must find every
 * row and segment sound and restore every version byte for byte under its own key. RECOVERY_PARTS=1001
 * makes the largest multipart object of so many parts of 5 MiB: it begins a second manifest page.
 *
 * Needs Python with the package of recovery/requirements.txt: $PYTHON, python3, or the virtual
 * environment that recovery/run-tests makes.
 */
import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

import { type HeadObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';

import { type RunningServer, startServer } from '../server.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type StoredVersion } from './ledger.ts';
import { type Restored, type RestoredMetadata, restoredBelow } from './restored.ts';
import { storeAllShapes } from './store-all-shapes.ts';

const recovery = resolve(import.meta.dirname, '../../recovery');
const parts = Number(process.env['RECOVERY_PARTS'] ?? 4);
const python = pythonWithCryptography();

for (const mode of ['modern', 'classic'] as const) {
  test(`every version of a ${mode} store is restored by the independent program`, async () => {
    await using out = await temporaryFolder();
    await using server = await startServer({ flags: ['--new-buckets', mode, '--workers', '2'] });
    const s3 = clientOf(server);
    const ledger = await storeAllShapes({ s3, parts: mode === 'modern' ? parts : 4 });
    const said = await ledger.describe();
    s3.destroy();
    assert.equal(await server.end(), 0);
    const before = fingerprint(server.data);

    const checked = recover('check', server.data);
    assert.equal(checked.status, 0, checked.stderr);
    assert.match(checked.stdout, /all is well/);

    const folder = join(out.path, 'restored');
    const flags = ['--all', folder, '--versions', '--metadata'];
    const restore = recover('restore', server.data, ...flags);
    assert.equal(restore.status, 0, restore.stderr);
    assert.deepEqual(readdirSync(out.path), ['restored']);
    compare(said, restoredBelow(folder), folder);
    assert.equal(fingerprint(server.data), before, 'the data folder was written to');
  });
}

test('a store of several master keys is restored by root key, passphrase and recovery kits', async () => {
  await using out = await temporaryFolder();
  await using server = await startServer();
  const s3 = clientOf(server);
  const ledger = await storeAllShapes({ s3, parts: 4 });
  const { data } = server;
  command(data, 'keys', 'rotate');
  await ledger.put('plain', 'under/2', randomBytes(70_000));
  command(data, 'keys', 'rewrap');
  command(data, 'keys', 'destroy', '1', '--yes');
  command(data, 'keys', 'rotate');
  await ledger.put('plain', 'under/3', randomBytes(100));
  command(data, 'keys', 'rewrap', '--bucket', 'suspended');
  const kit = join(out.path, 'kit');
  command(data, 'keys', 'backup', '--shares', '5', '--threshold', '3', '--output', kit);
  const shares = [5, 1, 3].flatMap((number) => ['--share', `${kit}.share-${number}-of-5`]);
  const said = await ledger.describe();
  s3.destroy();
  assert.equal(await server.end(), 0);

  wellChecked(data);
  renameSync(`${data}.root-key`, `${data}.root-key.away`);
  wellChecked(data, '--kit', kit, ...shares);
  const folder = join(out.path, 'restored');
  const flags = ['--all', folder, '--versions', '--metadata'];
  const restore = recover('restore', data, '--kit', kit, ...shares, ...flags);
  assert.equal(restore.status, 0, restore.stderr);
  compare(said, restoredBelow(folder), folder);
  const few = recover('check', data, '--kit', kit, ...shares.slice(2));
  assert.equal(few.status, 2);
  assert.match(few.stderr, /opens with 3 different shares, and 2 are given/);

  renameSync(`${data}.root-key.away`, `${data}.root-key`);
  const words = join(out.path, 'words');
  writeFileSync(words, 'Grüße, orbit lantern velvet\n', { mode: 0o600 });
  const sealed = join(out.path, 'sealed');
  const again = await startServer({ data });
  await using ended = new AsyncDisposableStack();
  ended.defer(async () => void (await again.end()));
  command(data, 'keys', 'reseal', '--to', `passphrase:${words}`);
  command(data, 'keys', 'backup', '--passphrase-file', words, '--output', sealed);
  await ended.disposeAsync();
  wellChecked(data, '--passphrase-file', words);
  wellChecked(data, '--kit', sealed, '--passphrase-file', words);
  const listed = recover('list', data, '--json', '--passphrase-file', words);
  const { masterKeys } = JSON.parse(listed.stdout) as { masterKeys: Record<string, string> };
  assert.deepEqual(masterKeys, { 1: 'destroyed', 2: 'retained', 3: 'current' });
});

function wellChecked(data: string, ...rest: string[]): void {
  const checked = recover('check', data, ...rest);
  assert.equal(checked.status, 0, checked.stderr);
  assert.match(checked.stdout, /^master keys: 1 \(destroyed\), 2 \(retained\), 3 \(current\)$/m);
  assert.match(checked.stdout, /all is well/);
}

/** Runs a command of the program on the store. */
function command(data: string, ...argv: string[]): void {
  const main = resolve(import.meta.dirname, '../../src/main.ts');
  const args = ['--disable-warning=ExperimentalWarning', main, ...argv, '--data', data];
  const ran = spawnSync(process.execPath, args, { encoding: 'utf8', env: {} });
  assert.equal(ran.status, 0, `${argv.join(' ')}: ${ran.stderr}`);
}

function clientOf({ url, credentials }: RunningServer): S3Client {
  return new S3Client({ endpoint: url, region: 'us-east-1', forcePathStyle: true, credentials });
}

function compare(
  said: ReadonlyMap<StoredVersion, HeadObjectCommandOutput>,
  restored: readonly Restored[],
  folder: string,
): void {
  const left = new Map(restored.map((one) => [nameOf(one.metadata), one]));
  assert.equal(left.size, restored.length, 'two files are of one version');
  for (const [version, head] of said) {
    const name = `${version.bucket} ${idOf(version.versionId)} ${version.key}`;
    const found = left.get(name);
    assert.ok(found, `${JSON.stringify(name)} was not restored`);
    left.delete(name);
    assert.equal(found.size, version.size, name);
    assert.equal(found.sha256, version.sha256, name);
    compareFacts(found.metadata, head, name);
    const plainPath = join(folder, version.bucket, version.key);
    if (isPlain(version.key) && !basename(found.path).includes('%version-')) {
      assert.equal(found.path, plainPath);
    }
    assert.ok(!relative(join(folder, version.bucket), found.path).startsWith('..'), found.path);
  }
  assert.deepEqual([...left.keys()], [], 'versions were restored that nobody stored');
}

function nameOf({ bucket, key, versionId, null: isNull }: RestoredMetadata): string {
  return `${bucket} ${isNull ? 'null' : versionId} ${key}`;
}

/** The random id in a version id of S3 (FORMAT.md §8), all that the recovery program shows. */
function idOf(versionId: string): string {
  if (versionId === 'null') return versionId;
  return Buffer.from(versionId, 'base64url').subarray(8).toString('base64url');
}

function compareFacts(found: RestoredMetadata, head: HeadObjectCommandOutput, name: string): void {
  assert.equal(`"${found.etag}"`, head.ETag, name);
  assert.equal(found.contentType ?? 'binary/octet-stream', head.ContentType, name);
  assert.deepEqual(found.meta ?? {}, head.Metadata ?? {}, name);
  assert.equal(found.headers?.['cache-control'], head.CacheControl, name);
  assert.equal(found.headers?.['content-disposition'], head.ContentDisposition, name);
  assert.equal(found.headers?.['content-language'], head.ContentLanguage, name);
  assert.equal(Math.floor(found.modified / 1000), (head.LastModified?.getTime() ?? 0) / 1000, name);
  assert.equal(found.protection === 'SSE-S3', head.ServerSideEncryption === 'AES256', name);
  assert.equal(found.tags?.length ?? 0, head.TagCount ?? 0, name);
  assert.equal(found.checksum?.type, head.ChecksumType, name);
  const checksums: Record<string, string | undefined> = {
    CRC32: head.ChecksumCRC32,
    CRC32C: head.ChecksumCRC32C,
    CRC64NVME: head.ChecksumCRC64NVME,
    SHA1: head.ChecksumSHA1,
    SHA256: head.ChecksumSHA256,
  };
  assert.equal(found.checksum?.value, checksums[found.checksum?.algorithm ?? ''], name);
}

const isPlain = (key: string): boolean => /^(size|checksum|copies|overwritten)\/[\w-]+$/.test(key);

function recover(command: string, data: string, ...rest: string[]): SpawnSyncReturns<string> {
  const program = join(recovery, 'coffer_recover.py');
  const args = ['-W', 'error', program, command, '--data', data, ...rest];
  return spawnSync(python, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

/** Names, sizes and times of all files beside and below the data folder. */
function fingerprint(data: string): string {
  const home = dirname(data);
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => `${path} ${statSync(path).size} ${statSync(path).mtimeMs}`)
    .join('\n');
}

function pythonWithCryptography(): string {
  const own = join(recovery, '.venv/bin/python');
  const candidates = [process.env['PYTHON'], 'python3', own].filter((path) => path !== undefined);
  const pinned = readFileSync(join(recovery, 'requirements.txt'), 'utf8').trim().split('==')[1];
  const probe = 'import cryptography; print(cryptography.__version__)';
  const works = (path: string): boolean =>
    (!path.includes('/') || existsSync(path)) &&
    spawnSync(path, ['-c', probe], { encoding: 'utf8' }).stdout.trim() === pinned;
  const found = candidates.find(works);
  assert.ok(found, 'no Python has the pinned package: recovery/run-tests installs it');
  return found;
}
