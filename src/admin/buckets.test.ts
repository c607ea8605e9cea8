/** What the admin API does inside buckets: counts, and emptying, by S3's own decision. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type AdminAnswer, adminHouse, type AdminHouse, send } from '../../tests/admin-fixture.ts';
import { bodyOf } from '../../tests/store-fixture.ts';
import type { GivenKey } from '../access/access-keys.ts';
import { credentialFor } from '../access/credentials.ts';
import { parseBucketPolicy } from '../access/policy/parse.ts';
import { Fault, Refusal } from '../base/refusal.ts';
import type { EmptyReport } from './contract.ts';
import { Emptying } from './emptying.ts';

const bucket = 'ward';

interface House extends AdminHouse {
  readonly account: string;
  readonly put: (key: string) => Promise<unknown>;
  readonly user: (name: string, ...actions: string[]) => Promise<GivenKey>;
}

async function house(versioned = true): Promise<House> {
  const made = await adminHouse();
  const { accounts, users, store } = made.services;
  using view = made.rows.view();
  const account = (await accounts.get(view, 'default')).id;
  await store.buckets.create({ name: bucket, account, region: 'us-east-1', mode: 'modern' });
  if (versioned) await store.buckets.change(bucket, { versioning: 'enabled' });
  return {
    ...made,
    account,
    put: (key) =>
      store.objects.put({
        bucket,
        key,
        facts: {},
        digests: {},
        sse: undefined,
        body: bodyOf('12345'),
        length: undefined,
      }),
    user: async (name, ...actions) => {
      const policy = policyOf(...actions.map((action) => ({ Effect: 'Allow', Action: action })));
      return (await users.create({ account, name, policy })).key;
    },
  };
}

const policyOf = (...statements: readonly object[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((each) => ({ Resource: '*', ...each })),
  });

async function setBucketPolicy(at: House, ...statements: readonly object[]): Promise<void> {
  const text = JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((each) => ({ Principal: '*', Effect: 'Deny', ...each })),
  });
  parseBucketPolicy(text, { bucket });
  await at.services.store.buckets.setPolicy(bucket, { text, isPublic: false });
}

const path = `/admin/v1/buckets/${bucket}`;
const ask = (at: House, route: string, key: GivenKey = at.root): Promise<AdminAnswer> =>
  send(at.network, route.startsWith('POST') ? { route, key, body: {} } : { route, key });

async function emptied(at: House, key: GivenKey = at.root): Promise<EmptyReport> {
  const started = await ask(at, `POST ${path}/empty`, key);
  assert.equal(started.status, 201, started.text);
  for (;;) {
    const report = (await ask(at, `GET ${path}/empty`)).json as EmptyReport;
    if (report.state !== 'running') return report;
    await pause(5);
  }
}

async function left(at: House): Promise<readonly string[]> {
  const { store } = at.services;
  using view = store.view();
  const query = { bucket, prefix: '', delimiter: '', limit: 1_000 };
  const { versions } = await store.listing.versions(view, query);
  const { uploads } = await store.listing.uploads(view, query);
  return [...versions, ...uploads].map(({ key }) => key);
}

async function filled(versioned = true): Promise<House> {
  const at = await house(versioned);
  const { store } = at.services;
  for (const key of ['a', 'a', 'b', 'c/d', 'gone']) await at.put(key);
  await store.objects.delete({ bucket, key: 'gone' });
  await store.uploads.create({
    bucket,
    key: 'upload',
    facts: {},
    sse: undefined,
    account: at.account,
    initiator: { id: 'i', displayName: 'i' },
    requestHeaders: {},
  });
  return at;
}

test('objects, versions, markers, bytes and uploads are counted', async () => {
  const at = await filled();
  const { status, json } = await ask(at, `GET ${path}/counts`);
  assert.equal(status, 200);
  const { countedAt, ...counts } = json;
  assert.ok(Math.abs(Date.parse(countedAt) - Date.now()) < 600_000);
  assert.deepEqual(counts, { objects: 3, versions: 5, deleteMarkers: 1, bytes: 25, uploads: 1 });
  await at.put('later');
  assert.deepEqual((await ask(at, `GET ${path}/counts`)).json, json, 'counted a moment ago');
});

test('counts are for who may list versions, and for administrators', async () => {
  const at = await filled();
  const { key: clinic } = await at.services.accounts.create({ name: 'clinic' });
  const cases: readonly (readonly [string, GivenKey, number])[] = [
    ['lists', await at.user('lists', 's3:ListBucketVersions'), 200],
    ['administers', await at.user('administers', 'coffer:*'), 200],
    ['reads', await at.user('reads', 's3:GetObject'), 403],
    ['another account’s root', clinic, 403],
  ];
  for (const [name, key, status] of cases) {
    assert.equal((await ask(at, `GET ${path}/counts`, key)).status, status, name);
    assert.equal((await ask(at, `GET ${path}/empty`, key)).status, status, name);
  }
  const none = await ask(at, 'GET /admin/v1/buckets/nowhere/counts');
  assert.deepEqual([none.status, none.json.code], [404, 'NotFound']);
  await setBucketPolicy(at, {
    Action: 's3:ListBucketVersions',
    Resource: `arn:aws:s3:::${bucket}`,
  });
  assert.equal(
    (await ask(at, `GET ${path}/counts`, cases[0]?.[1])).status,
    403,
    'denied by the bucket',
  );
  const local = await send(at.local, { route: `GET ${path}/counts` });
  assert.equal(local.status, 200);
});

for (const versioned of [true, false]) {
  test(`emptying leaves nothing, ${versioned ? 'with' : 'without'} versions`, async () => {
    const at = await filled(versioned);
    assert.equal((await ask(at, `GET ${path}/empty`)).json.state, 'idle');
    const { startedAt, ...report } = await emptied(at);
    assert.ok(startedAt);
    const total = versioned ? 7 : 4;
    assert.deepEqual(report, { state: 'done', deleted: total, refused: 0, total, error: null });
    assert.deepEqual(await left(at), []);
    await at.services.store.buckets.delete(bucket);
    assert.deepEqual(at.failures, []);
  });
}

test('more than a page of versions goes too', async () => {
  const at = await house();
  for (let index = 0; index < 600; index += 1) await at.put(`k${index % 50}`);
  assert.equal((await emptied(at)).deleted, 600);
  assert.deepEqual(await left(at), []);
});

test('each version is deleted only as the identity may', async () => {
  const at = await filled();
  const lister = await at.user('lister', 's3:ListBucketVersions', 's3:DeleteObject');
  const none = await emptied(at, lister);
  assert.deepEqual([none.state, none.deleted, none.refused], ['done', 0, 7]);
  assert.equal((await left(at)).length, 7);
  const resource = `arn:aws:s3:::${bucket}/`;
  await setBucketPolicy(
    at,
    { Action: 's3:DeleteObjectVersion', Resource: `${resource}c/*` },
    { Action: 's3:AbortMultipartUpload', Resource: `${resource}*` },
  );
  const root = await emptied(at);
  assert.deepEqual([root.state, root.deleted, root.refused], ['done', 5, 2]);
  assert.deepEqual(await left(at), ['c/d', 'upload']);
});

test('conditions on where the request comes from hold for each version', async () => {
  const at = await house();
  await at.put('kept');
  await setBucketPolicy(at, {
    Action: 's3:DeleteObjectVersion',
    Resource: `arn:aws:s3:::${bucket}/*`,
    Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
  });
  assert.equal((await emptied(at)).refused, 1);
});

test('without versioning, the permission is the one to delete an object', async () => {
  const at = await house(false);
  await at.put('a');
  const key = await at.user('cleaner', 's3:ListBucketVersions', 's3:DeleteObject');
  assert.equal((await emptied(at, key)).deleted, 1);
});

test('it stops when the key is disabled, and goes on when asked again', async () => {
  const at = await house();
  for (let index = 0; index < 900; index += 1) await at.put(`k${index}`);
  const key = await at.user('worker', 's3:*');
  const { store, accessKeys } = at.services;
  const started = await ask(at, `POST ${path}/empty`, key);
  assert.equal(started.json.state, 'running');
  await accessKeys.setEnabled(key.accessKeyId, false);
  let report = started.json as EmptyReport;
  while (report.state === 'running') {
    await pause(5);
    report = (await ask(at, `GET ${path}/empty`)).json as EmptyReport;
  }
  assert.equal(report.state, 'stopped');
  assert.match(report.error ?? '', /access key/);
  const rest = await left(at);
  assert.ok(rest.length > 0);
  await accessKeys.setEnabled(key.accessKeyId, true);
  assert.equal((await emptied(at, key)).state, 'done');
  using view = store.view();
  const query = { bucket, prefix: '', delimiter: '', limit: 1 };
  assert.deepEqual((await store.listing.versions(view, query)).versions, []);
});

test('many who ask at once share one run, and the socket has nobody to act as', async () => {
  const at = await filled();
  const reports = await Promise.all(Array.from({ length: 5 }, () => emptied(at)));
  assert.ok(reports.every(({ state, deleted }) => state === 'done' && deleted === 7));
  const local = await send(at.local, { route: `POST ${path}/empty`, body: {} });
  assert.deepEqual([local.status, local.json.code], [400, 'InvalidRequest']);
});

test('the inventory is summed up for who may list it, of other accounts their own', async () => {
  const at = await filled();
  const { key: clinic, account } = await at.services.accounts.create({ name: 'clinic' });
  const { store } = at.services;
  await store.buckets.create({
    name: 'theirs',
    account: account.id,
    region: 'us-east-1',
    mode: 'classic',
  });
  await store.objects.put({
    bucket: 'theirs',
    key: 'k',
    facts: {},
    digests: {},
    sse: undefined,
    body: bodyOf('1'),
    length: undefined,
  });
  const route = 'GET /admin/v1/inventory/summary';
  const own = { protection: 'SSE-S3', keyVersion: 1, versions: 5, bytes: 25 };
  const theirs = { protection: 'none', keyVersion: 1, versions: 1, bytes: 1 };
  assert.deepEqual((await ask(at, route)).json.rows, [own, theirs]);
  assert.deepEqual((await ask(at, route, clinic)).json.rows, [theirs]);
  const prefixed = await ask(at, `${route}?bucket=${bucket}&prefix=a`);
  assert.deepEqual(prefixed.json.rows, [{ ...own, versions: 2, bytes: 10 }]);
  assert.equal((await ask(at, `${route}?bucket=${bucket}`, clinic)).status, 404);
  assert.equal((await ask(at, route, await at.user('plain', 's3:*'))).status, 403);
});

test('a run that cannot go on says so, and the log is told what a client is not', async () => {
  const at = await house();
  const { store, counting } = at.services;
  using view = store.view();
  const found = await store.buckets.get(view, bucket);
  const { identity } = (await credentialFor(view, at.root.accessKeyId)) ?? assert.fail('no root');
  const asked = { identity, from: { headers: new Map(), remoteAddress: '::1', secure: true } };
  const failingWith = async (error: Error): Promise<[EmptyReport, readonly unknown[]]> => {
    const told: unknown[] = [];
    const countNow = async (): Promise<never> => {
      throw error;
    };
    const emptying = new Emptying({
      store,
      counting: Object.assign(Object.create(counting), { countNow }),
      region: 'us-east-1',
      clock: () => new Date(),
      signal: new AbortController().signal,
      failed: (failure) => void told.push(failure),
    });
    emptying.start(found, asked);
    await pause(1);
    return [emptying.report(found), told];
  };
  const fault = new Fault('damaged', 'row 7 does not open');
  const [damaged, told] = await failingWith(fault);
  assert.equal(damaged.state, 'failed');
  assert.doesNotMatch(damaged.error ?? '', /row 7/);
  assert.deepEqual(told, [fault]);
  const [gone, nothing] = await failingWith(new Refusal('NoSuchBucket'));
  assert.deepEqual([gone.state, gone.error], ['failed', 'The bucket is not there any more.']);
  assert.deepEqual(nothing, []);
});

test('another bucket that took the name is not touched', async () => {
  const at = await house();
  for (let index = 0; index < 300; index += 1) await at.put(`k${index}`);
  const { store, emptying } = at.services;
  const before = await (async () => {
    using view = store.view();
    return store.buckets.get(view, bucket);
  })();
  assert.equal((await emptied(at)).state, 'done');
  await store.buckets.delete(bucket);
  await store.buckets.create({
    name: bucket,
    account: at.account,
    region: 'us-east-1',
    mode: 'modern',
  });
  await at.put('new');
  using view = store.view();
  const { identity } = (await credentialFor(view, at.root.accessKeyId)) ?? assert.fail('no root');
  const from = { headers: new Map(), remoteAddress: '::1', secure: true };
  emptying.start(before, { identity, from });
  while (emptying.report(before).state === 'running') await pause(5);
  assert.equal(emptying.report(before).state, 'failed');
  assert.deepEqual(await left(at), ['new']);
});
