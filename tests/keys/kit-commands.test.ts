/** `coffer keys backup` and `keys restore` as an operator runs them, on a real server and its folder. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { test } from 'node:test';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { adminHouse, requestOf, send } from '../admin-fixture.ts';
import { cliPlace } from '../cli-fixture.ts';
import { type RunningServer, startServer } from '../server.ts';

const main = resolve(import.meta.dirname, '../../src/main.ts');
const passphrase = 'orbit lantern velvet quarry';

function clientOf({ url, credentials }: RunningServer): S3Client {
  const where = { endpoint: url, region: 'us-east-1', forcePathStyle: true };
  return new S3Client({ ...where, credentials });
}

function coffer(data: string, ...argv: readonly string[]) {
  const args = ['--disable-warning=ExperimentalWarning', main, ...argv, '--data', data];
  return spawnSync(process.execPath, args, { encoding: 'utf8', cwd: dirname(data), env: {} });
}

test('a kit of shares and one of a passphrase are made, tried and restored from', async () => {
  await using server = await startServer();
  const { data } = server;
  const home = dirname(data);
  const s3 = clientOf(server);
  const object = { Bucket: 'kept', Key: 'key' };
  await s3.send(new CreateBucketCommand({ Bucket: 'kept' }));
  await s3.send(new PutObjectCommand({ ...object, Body: 'a body' }));
  assert.equal(coffer(data, 'keys', 'rotate').status, 0);

  const shared = coffer(data, 'keys', 'backup', '--shares', '5', '--threshold', '3');
  assert.equal(shared.status, 0, shared.stderr);
  assert.match(shared.stdout, /^Master key versions +1, 2$/m);
  const kit = `${home}/coffer-recovery-kit.txt`;
  const share = (number: number): string => `${kit}.share-${number}-of-5`;
  for (const file of [kit, ...[1, 2, 3, 4, 5].map(share)]) {
    assert.equal((await stat(file)).mode & 0o777, 0o600, file);
  }
  const before = await readFile(kit, 'utf8');
  const again = coffer(data, 'keys', 'backup', '--shares', '5', '--threshold', '3');
  assert.equal(again.status, 1);
  assert.match(again.stderr, /coffer-recovery-kit\.txt is there already: .*--force/);
  assert.equal(await readFile(kit, 'utf8'), before);

  await writeFile(`${home}/words`, `${passphrase}\n`);
  const sealed = coffer(
    data,
    'keys',
    'backup',
    '--passphrase-file',
    'words',
    '--output',
    'sealed',
    '--json',
  );
  assert.equal(sealed.status, 0, sealed.stderr);
  const told = JSON.parse(sealed.stdout) as { kit: string; versions: number[]; files: string[] };
  assert.deepEqual([told.versions, told.files], [[1, 2], [`${home}/sealed`]]);
  const records = coffer(data, 'keys', 'records').stdout;
  assert.equal(records.match(/^Record +recovery-kit,/gm)?.length, 2);
  assert.ok(records.includes(`"kit":"${told.kit}"`) && !records.includes('DOES NOT VERIFY'));

  const three = [2, 4, 5].flatMap((number) => ['--share', share(number)]);
  const check = coffer(data, 'keys', 'restore', kit, '--check', ...three);
  assert.equal(check.status, 0, check.stderr);
  assert.match(check.stdout, /^Opens this store +yes, all of it$/m);
  const few = coffer(data, 'keys', 'restore', kit, '--check', ...three.slice(0, 4));
  assert.deepEqual([few.status, few.stdout], [1, '']);
  assert.match(few.stderr, /opens with 3 different shares, and 2 are given/);
  const running = coffer(data, 'keys', 'restore', kit, '--yes', ...three);
  assert.equal(running.status, 1);
  s3.destroy();
  assert.equal(await server.end(), 0);

  const needless = coffer(data, 'keys', 'restore', kit, '--yes', ...three);
  assert.match(needless.stderr, /^coffer: Nothing is lost: /);
  for (const opening of [
    [kit, ...three],
    ['sealed', '--passphrase-file', 'words'],
  ]) {
    await rm(`${data}.root-key`);
    const refused = coffer(data, 'serve', '--listen', '127.0.0.1:0', '--console', 'off');
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /root-key is missing.*coffer keys restore KIT/);
    const unsure = coffer(data, 'keys', 'restore', ...opening);
    assert.deepEqual([unsure.status, unsure.stdout], [2, '']);
    const restored = coffer(data, 'keys', 'restore', ...opening, '--yes');
    assert.equal(restored.status, 0, restored.stderr);
    assert.match(restored.stdout, /root-key is new: BACK IT UP NOW/);
    const anew = await startServer({ data });
    // Not `stop`: that removes the folder, which the next turn needs.
    await using ended = new AsyncDisposableStack();
    ended.defer(async () => void (await anew.end()));
    const client = clientOf(anew);
    const got = await client.send(new GetObjectCommand(object));
    assert.equal(await got.Body?.transformToString(), 'a body');
    client.destroy();
  }
  const wrong = coffer(data, 'keys', 'restore', 'sealed', '--check', '--passphrase-file', 'sealed');
  assert.match(wrong.stderr, /must be one line/);
  await writeFile(`${home}/words`, `${passphrase}s\n`);
  const other = coffer(data, 'keys', 'restore', 'sealed', '--check', '--passphrase-file', 'words');
  assert.deepEqual([other.status, other.stdout], [1, '']);
  assert.match(other.stderr, /sealed does not open with this passphrase/);
});

test('without a terminal a kit needs a passphrase file or shares; a typed passphrase is typed twice', async () => {
  await using place = await cliPlace();
  const backup = (...argv: readonly string[]) => ['keys', 'backup', ...argv];
  const bare = await place.coffer(backup());
  assert.equal(bare.exitCode, 2);
  assert.match(bare.err, /give --passphrase-file FILE, or --shares N --threshold K/);
  for (const flags of [
    ['--shares', '3'],
    ['--threshold', '2'],
    ['--shares', '3', '--threshold', '1'],
    ['--shares', '2', '--threshold', '3'],
    ['--shares', '256', '--threshold', '2'],
    ['--shares', 'x', '--threshold', '2'],
    ['--shares', '3', '--threshold', '2', '--passphrase-file', 'f'],
  ]) {
    assert.equal((await place.coffer(backup(...flags))).exitCode, 2, flags.join(' '));
  }
  const slip = await place.coffer(backup(), { secrets: [passphrase, `${passphrase}x`] });
  assert.deepEqual([slip.exitCode, slip.asked.length], [1, 2]);
  assert.match(slip.err, /differ: nothing was made/);
  const short = await place.coffer(backup(), { secrets: ['too short', 'too short'] });
  assert.match(short.err, /has 9 characters/);
  assert.deepEqual((await place.coffer(['keys', 'records', '--json'])).json().records, []);
  const typed = await place.coffer(backup(), { secrets: [passphrase, passphrase] });
  assert.equal(typed.exitCode, 0, typed.err);
  assert.match(
    await readFile(`${place.folder}/coffer-recovery-kit.txt`, 'utf8'),
    /^lock passphrase$/m,
  );
  const forced = await place.coffer(backup('--force', '--shares', '2', '--threshold', '2'));
  assert.equal(forced.exitCode, 0, forced.err);
  assert.match(await readFile(`${place.folder}/coffer-recovery-kit.txt`, 'utf8'), /^lock shares$/m);
});

test('keys do not travel over a network that can be read', async () => {
  await using place = await cliPlace();
  const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
  const flags = ['--shares', '3', '--threshold', '2', '--endpoint', 'http://192.0.2.1:9001'];
  const far = await place.coffer(['keys', 'backup', ...flags], { env });
  assert.deepEqual([far.exitCode, far.targets.length], [1, 0]);
  assert.match(far.err, /is not encrypted, and keys do not travel so/);
  const { network, root } = await adminHouse();
  const sent = {
    route: 'POST /admin/v1/keys/backup',
    body: { key: 'A'.repeat(43), shares: { shares: 3, threshold: 2 } },
    key: root,
  };
  const plain = await network({ ...requestOf(sent), secure: false });
  assert.equal(plain.status, 403);
  const local = { ...requestOf(sent), secure: false, remoteAddress: '127.0.0.1' };
  assert.equal((await network(local)).status, 201);
  // A proxy on the server's machine passes on what began elsewhere, on whatever way.
  for (const name of ['x-forwarded-for', 'x-forwarded-proto', 'forwarded']) {
    const headers = new Map([...local.headers, [name, ['192.0.2.1']]]);
    assert.equal((await network({ ...local, headers })).status, 403, name);
  }
  const made = await send(network, sent);
  assert.equal(made.status, 201);
  assert.deepEqual(made.json.versions, [1]);
  for (const body of [
    { key: 'AAAA', shares: { shares: 3, threshold: 2 } },
    { key: 'A'.repeat(43) },
    { key: 'A'.repeat(43), shares: { shares: 3, threshold: 1 } },
    { key: 'A'.repeat(43), passphrase: { salt: '00', memory: 1, passes: 1, lanes: 1 } },
    {
      key: 'A'.repeat(43),
      passphrase: { salt: '00'.repeat(16), memory: 2 ** 31, passes: 1, lanes: 1 },
    },
  ]) {
    assert.equal((await send(network, { ...sent, body })).json.code, 'InvalidArgument');
  }
});
