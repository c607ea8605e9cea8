/** Commands against a server: what they do, what they print, and what they ask before they destroy. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { cliPlace, coffer } from '../../tests/cli-fixture.ts';
import { serving } from '../../tests/support/http-server.ts';
import type { KeysStatus } from '../admin/contract.ts';

const policy =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}\n';

test('an account and a user are made, and their secrets are shown once', async () => {
  await using place = await cliPlace();
  const canonicalId = 'cd'.repeat(32);
  const made = await place.coffer(
    `account create clinic --canonical-id ${canonicalId} --access-key CLINIC --secret-key clinic-secret`.split(
      ' ',
    ),
  );
  assert.equal(made.exitCode, 0, made.err);
  assert.ok(made.out.includes('Secret key     clinic-secret'), made.out);
  assert.ok(made.out.includes('shown this once'));
  assert.ok(made.out.includes(canonicalId));
  await writeFile(`${place.folder}/policy.json`, policy);
  const user = await place.coffer(
    'user create ann --account clinic --policy policy.json --json'.split(' '),
  );
  assert.equal(user.exitCode, 0, user.err);
  assert.equal(user.json().user.policy, policy);
  const { secretKey } = user.json().accessKey as { secretKey: string };
  for (const line of [
    'user show ann',
    'user list',
    'access-key list',
    'access-key list --user ann',
  ]) {
    const { out, exitCode } = await place.coffer([...line.split(' '), '--account', 'clinic']);
    assert.equal(exitCode, 0);
    assert.ok(out.includes(user.json().accessKey.accessKeyId), line);
    assert.ok(!out.includes(secretKey), line);
  }
  const shown = await place.coffer(['account', 'show', 'clinic']);
  assert.match(shown.out, /^Account {7}clinic$/m);
  assert.match(shown.out, /^Users {9}1$/m);
  const accounts = (await place.coffer(['account', 'list', '--json'])).json().accounts;
  assert.deepEqual(
    new Set(accounts.map(({ name }: { name: string }) => name)),
    new Set(['default', 'clinic']),
  );
});

test('a table is aligned and times are readable', async () => {
  await using place = await cliPlace();
  const { out } = await place.coffer(['account', 'list']);
  assert.match(
    out,
    /^NAME {5}ID {12}USERS {2}CREATED\ndefault {2}\d{12} {2}0 {6}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n$/,
  );
  assert.equal((await place.coffer(['user', 'list'])).out, 'The account has no users.\n');
});

test('what destroys asks for the name, and does nothing for another', async () => {
  await using place = await cliPlace();
  await place.coffer(['account', 'create', 'clinic']);
  const names = async (): Promise<string> => (await place.coffer(['account', 'list'])).out;
  const other = await place.coffer(['account', 'delete', 'clinic'], { typed: 'yes' });
  assert.equal(other.exitCode, 1);
  assert.match(other.asked[0] ?? '', /deletes the account clinic .*\nType clinic to go on: $/);
  assert.match(other.err, /nothing was done/);
  const nobody = await place.coffer(['account', 'delete', 'clinic']);
  assert.equal(nobody.exitCode, 2);
  assert.match(await names(), /clinic/);
  const typed = await place.coffer(['account', 'delete', 'clinic'], { typed: 'clinic\n' });
  assert.deepEqual([typed.exitCode, typed.out], [0, 'The account clinic is deleted.\n']);
  assert.doesNotMatch(await names(), /clinic/);
  await place.coffer(['user', 'create', 'ann']);
  const forced = await place.coffer(['user', 'delete', 'ann', '--yes', '--json']);
  assert.deepEqual(forced.json(), { deleted: { user: 'ann' } });
});

test('access keys are turned off and on, and the last of a root only by force', async () => {
  await using place = await cliPlace();
  const id = place.house.root.accessKeyId;
  const last = await place.coffer(['access-key', 'disable', id]);
  assert.equal(last.exitCode, 1);
  assert.match(last.err, /^coffer: .* is the last enabled access key of its account's root\.$/m);
  const second = await place.coffer(['access-key', 'create', '--json']);
  assert.equal((await place.coffer(['access-key', 'disable', id])).exitCode, 0);
  const listed = await place.coffer(['access-key', 'list']);
  assert.match(listed.out, new RegExp(`^${id} +default +\\(root\\) +no `, 'm'));
  assert.equal((await place.coffer(['access-key', 'enable', id])).exitCode, 0);
  const { accessKeyId } = second.json();
  const gone = await place.coffer(['access-key', 'delete', accessKeyId, '--yes']);
  assert.equal(gone.out, `The access key ${accessKeyId} is deleted.\n`);
  const force = await place.coffer(['access-key', 'delete', id, '--yes', '--force']);
  assert.equal(force.exitCode, 0, force.err);
});

test('a policy is set and removed', async () => {
  await using place = await cliPlace();
  await place.coffer(['user', 'create', 'ann']);
  await writeFile(`${place.folder}/p.json`, policy);
  const set = await place.coffer(['user', 'set-policy', 'ann', '--policy', 'p.json']);
  assert.equal(set.out, 'The policy of the user ann is set.\n');
  assert.ok((await place.coffer(['user', 'show', 'ann'])).out.includes(policy));
  const both = ['user', 'set-policy', 'ann', '--policy', 'p.json', '--no-policy'];
  assert.equal((await place.coffer(both)).exitCode, 2);
  const removed = await place.coffer(['user', 'set-policy', 'ann', '--no-policy', '--json']);
  assert.equal(removed.json().policy, null);
  const missing = await place.coffer(['user', 'set-policy', 'ann', '--policy', 'none.json']);
  assert.equal(missing.exitCode, 1);
  assert.match(missing.err, /--policy: .*\/none\.json cannot be read \(ENOENT\)\./);
  await writeFile(`${place.folder}/bad.json`, '{');
  const bad = await place.coffer(['user', 'set-policy', 'ann', '--policy', 'bad.json']);
  assert.equal(bad.exitCode, 1);
});

test('the status of the keys comes from the server, or from the store where none runs', async () => {
  await using place = await cliPlace();
  const served = await place.coffer(['keys', 'status']);
  assert.equal(served.exitCode, 0, served.err);
  assert.match(served.out, /^Keeper {11}file, healthy$/m);
  assert.match(served.out, /^VERSION {2}STATE .*\n1 {8}current /m);
  const offline: KeysStatus = {
    current: 1,
    nextRotation: null,
    countedAt: '2026-11-24T08:00:00.000Z',
    keeper: { kind: 'file', healthy: false },
    versions: [],
  };
  const alone = await coffer(['keys', 'status', '--json'], { offline });
  assert.deepEqual(alone.json(), offline);
  const text = await coffer(['keys', 'status'], { offline });
  assert.match(text.out, /DOES NOT OPEN THE KEYRING/);
});

test('the master key is rotated by a command', async () => {
  await using place = await cliPlace();
  const text = await place.coffer(['keys', 'rotate']);
  assert.equal(text.exitCode, 0, text.err);
  assert.match(text.out, /^Previous version 1, current version 2\.$/m);
  const again = await place.coffer(['keys', 'rotate', '--json']);
  assert.deepEqual(again.json(), { previous: 2, current: 3 });
});

test('rows are moved to the current version by a command that waits', async () => {
  await using place = await cliPlace();
  await place.coffer(['keys', 'rotate']);
  const text = await place.coffer(['keys', 'rewrap']);
  assert.equal(text.exitCode, 0, text.err);
  assert.match(text.out, /^State +complete$/m);
  // Store, account and access key; the process row moved when the wraps were reserved.
  assert.match(text.out, /^Rows moved +3$/m);
  const again = await place.coffer(['keys', 'rewrap', '--detach', '--json']);
  assert.deepEqual([again.exitCode, again.json().finishedAt], [0, null]);
  const wrong = await place.coffer(['keys', 'rewrap', '--prefix', 'a']);
  assert.deepEqual([wrong.exitCode, wrong.out], [2, '']);
  const missing = await place.coffer(['keys', 'rewrap', '--bucket', 'nowhere']);
  assert.equal(missing.exitCode, 1);
  assert.match(missing.err, /There is no bucket "nowhere"/);
});

test('rows that could not be moved are named, and the command fails', async () => {
  await using place = await cliPlace();
  const begun = await place.house.services.rewrapKeys({});
  const names = ['version row 31 k7 of bucket b, key version 1: the sealed bytes do not open'];
  const report = {
    ...begun,
    state: 'incomplete' as const,
    finishedAt: '2026-11-24T08:00:00.000Z',
    unmoved: { rows: 2, names },
  };
  Object.assign(place.house.services, { rewrapKeys: async () => report });
  const text = await place.coffer(['keys', 'rewrap']);
  assert.equal(text.exitCode, 1);
  assert.match(text.out, /^Rows not moved +2$/m);
  assert.ok(text.err.includes(`2 rows could not be moved, as they do not open:\n  ${names[0]}`));
  assert.match(text.err, /The log of the server names more/);
  const json = await place.coffer(['keys', 'rewrap', '--json']);
  assert.deepEqual([json.exitCode, json.json()], [1, report]);
});

test('config show asks the server, and shows its own where none runs or settings are given', async () => {
  await using place = await cliPlace();
  const served = await place.coffer(['config', 'show']);
  assert.match(served.out, /^--data {3}\/srv\/data {2}flag$/m);
  assert.equal(served.err, '');
  const env = { COFFER_ROOT_ACCESS_KEY: 'root-key', COFFER_ROOT_SECRET_KEY: 'a-root-secret' };
  const own = await place.coffer(['config', 'show', '--workers', '3', '--json'], { env });
  const { running, settings } = own.json();
  assert.equal(running, false);
  const named = (name: string) => settings.find((each: { name: string }) => each.name === name);
  assert.deepEqual([named('workers').value, named('workers').source], ['3', 'flag']);
  assert.equal(named('rootSecretKey').value, '[redacted]');
  assert.ok(!own.out.includes('a-root-secret'));
  const alone = await coffer(['config', 'show']);
  assert.deepEqual([alone.exitCode, alone.targets.length], [0, 1]);
  assert.match(alone.err, /would start with here/);
});

test('over --endpoint the commands sign with the credentials that AWS’s tools use', async () => {
  await using place = await cliPlace();
  await using server = await serving(place.house.network);
  const endpoint = ['--endpoint', `http://127.0.0.1:${server.port}`];
  const { accessKeyId, secretKey } = place.house.root;
  const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretKey };
  const byVariables = await place.coffer(['version', ...endpoint], { env });
  assert.match(byVariables.out, /^The server {4}coffer 0\.0\.1/m);
  const file = `[other]\naws_access_key_id = x\n\n[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretKey}\n`;
  await writeFile(`${place.folder}/credentials`, file);
  const shared = { AWS_SHARED_CREDENTIALS_FILE: 'credentials' };
  const byFile = await place.coffer(['account', 'list', ...endpoint], { env: shared });
  assert.match(byFile.out, /default/);
  const profile = { ...shared, AWS_PROFILE: 'other' };
  const half = await place.coffer(['account', 'list', ...endpoint], { env: profile });
  assert.match(
    half.err,
    /has no aws_access_key_id and aws_secret_access_key in its profile \[other\]/,
  );
  const none = await place.coffer(['account', 'list', ...endpoint]);
  assert.match(none.err, /set AWS_ACCESS_KEY_ID/);
  const wrong = { ...env, AWS_SECRET_ACCESS_KEY: 'another-secret' };
  const refused = await place.coffer(['account', 'list', '--json', ...endpoint], { env: wrong });
  assert.equal(JSON.parse(refused.err).error.code, 'SignatureDoesNotMatch');
  const far = await place.coffer(['account', 'list', '--endpoint', 'http://192.0.2.1:0'], { env });
  assert.match(far.err, /^Warning: http:\/\/192\.0\.2\.1:0 is not encrypted/);
});
