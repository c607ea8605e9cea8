/** The inventory and the verification over the admin API: who sees what, and what may be asked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminHouse, send, type AdminHouse } from '../../tests/admin-fixture.ts';
import { bodyOf } from '../../tests/store-fixture.ts';
import { openMemoryBlobs } from '../engines/memory/blobs.ts';
import { systemClock } from '../base/time.ts';
import { createStore } from '../store/create-store.ts';

/** A bucket of the default account and one of the account `clinic`, with an object each. */
async function populated() {
  const house = await adminHouse();
  const { accounts } = house.services;
  const clinic = await accounts.create({ name: 'clinic' });
  using view = house.rows.view();
  const own = (await accounts.get(view, 'default')).id;
  const store = createStore({ rows: house.rows, blobs: openMemoryBlobs(), clock: systemClock });
  for (const [name, account] of [
    ['alpha', own],
    ['beta', clinic.account.id],
  ] as const) {
    await store.buckets.create({ name, account, region: 'us-east-1', mode: 'modern' });
    const put = { bucket: name, key: `in ${name}`, facts: {}, digests: {}, sse: undefined };
    await store.objects.put({ ...put, body: bodyOf('body'), length: undefined });
  }
  return { ...house, clinic: clinic.key };
}

const buckets = (answer: { json: { entries: { bucket: string }[] } }): string[] =>
  answer.json.entries.map(({ bucket }) => bucket);
const route = 'GET /admin/v1/inventory';

test('administrators see all buckets, and another account’s root its own alone', async () => {
  const { local, network, root, clinic } = await populated();
  assert.deepEqual(buckets(await send(local, { route })), ['alpha', 'beta']);
  assert.deepEqual(buckets(await send(network, { route, key: root })), ['alpha', 'beta']);
  const own = await send(network, { route, key: clinic });
  assert.deepEqual(buckets(own), ['beta']);
  const { lastModified, ...entry } = own.json.entries[0];
  assert.ok(Math.abs(Date.parse(lastModified) - Date.now()) < 600_000);
  assert.deepEqual(entry, {
    bucket: 'beta',
    key: 'in beta',
    versionId: 'null',
    deleteMarker: false,
    protection: 'SSE-S3',
    keyVersion: 1,
    format: 1,
    size: 4,
  });
  // Whether another's bucket exists is not told.
  const one = await send(network, { route: `${route}?bucket=alpha`, key: clinic });
  const none = await send(network, { route: `${route}?bucket=alphb`, key: clinic });
  assert.deepEqual([one.status, one.json.code, none.status], [404, 'NotFound', 404]);
  assert.equal(one.json.message.replace('alpha', ''), none.json.message.replace('alphb', ''));
  // Nor by a token that another page gave.
  const { next } = (await send(local, { route: `${route}?limit=1` })).json;
  const later = await send(network, { route: `${route}?after=${next}`, key: clinic });
  assert.deepEqual(buckets(later), ['beta']);
  const verify = { route: 'POST /admin/v1/verify', body: {}, key: clinic };
  assert.equal((await send(network, verify)).status, 403);
});

async function refusals(
  local: AdminHouse['local'],
  requests: readonly (readonly [string, object | undefined, string])[],
): Promise<void> {
  for (const [route, body, code] of requests) {
    const answer = await send(local, body === undefined ? { route } : { route, body });
    assert.equal(answer.json.code, code, `${route} ${JSON.stringify(body)}`);
  }
}

test('what is asked is bounded and typed', async () => {
  const { local, failures } = await populated();
  const verify = 'POST /admin/v1/verify';
  await refusals(local, [
    [`${route}?limit=0`, undefined, 'InvalidRequest'],
    [`${route}?limit=-1`, undefined, 'InvalidRequest'],
    [`${route}?limit=1e3`, undefined, 'InvalidRequest'],
    [`${route}?keyVersion=x`, undefined, 'InvalidRequest'],
    [`${route}?after=x`, undefined, 'InvalidArgument'],
    [`${route}?bucket=nowhere`, undefined, 'NotFound'],
    [`${route}?other=1`, undefined, 'InvalidRequest'],
    [verify, { limit: 0 }, 'InvalidRequest'],
    [verify, { limit: -1 }, 'InvalidRequest'],
    [verify, { limit: '5' }, 'InvalidRequest'],
    [verify, { deep: 'yes' }, 'InvalidRequest'],
    [verify, { after: 'x' }, 'InvalidArgument'],
    [verify, { bucket: 'nowhere' }, 'NotFound'],
    [verify, { other: 1 }, 'InvalidRequest'],
  ]);
  assert.deepEqual(failures, []);
  // More than a page holds is no mistake.
  assert.equal((await send(local, { route: `${route}?limit=999999999` })).json.entries.length, 2);
  const page = await send(local, { route: verify, body: { limit: 3, deep: false } });
  assert.deepEqual([page.json.checked, page.json.findings, page.json.more], [3, [], 0]);
  assert.equal(typeof page.json.next, 'string');
  const rest = await send(local, {
    route: verify,
    body: { after: page.json.next, limit: 999_999_999 },
  });
  assert.equal(rest.json.next, null);
});
