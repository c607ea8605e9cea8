/** The admin API as its callers meet it: lives of accounts, users and keys, and every bad request. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import * as fc from 'fast-check';
import { adminHouse, requestOf, send, type AdminHouse } from '../../tests/admin-fixture.ts';
import { Fault } from '../base/refusal.ts';
import { KeeperFault } from '../keys/watched-keeper.ts';
import { serveAdmin } from './serve.ts';

const secretKey = 'a-secret-of-a-test';
const policy =
  '{ "Version":"2012-10-17",\n"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}';

test('an account lives: created with a key that works at once, shown, listed, deleted', async () => {
  const { local, network } = await adminHouse();
  const canonicalId = 'ab'.repeat(32);
  const accessKey = { accessKeyId: 'CLINICKEY', secretKey };
  const body = { name: 'clinic', canonicalId, accessKey };
  const created = await send(local, { route: 'POST /admin/v1/accounts', body });
  assert.equal(created.status, 201);
  assert.deepEqual(created.json.accessKey, accessKey);
  assert.equal(created.headers['Cache-Control'], 'no-store');
  const { account } = created.json;
  assert.match(account.id, /^\d{12}$/);
  assert.deepEqual(
    { ...account, id: '', createdAt: '' },
    { name: 'clinic', id: '', canonicalId, createdAt: '', users: 0, accessKeys: ['CLINICKEY'] },
  );
  const shown = await send(local, { route: 'GET /admin/v1/accounts/clinic' });
  assert.deepEqual(shown.json, account);
  const listed = await send(local, { route: 'GET /admin/v1/accounts' });
  assert.equal(listed.json.accounts.length, 2);
  const own = await send(network, { route: 'GET /admin/v1/accounts/~/users', key: accessKey });
  assert.deepEqual(own.json, { users: [] });
  const deleted = await send(local, { route: 'DELETE /admin/v1/accounts/clinic' });
  assert.deepEqual([deleted.status, deleted.text], [204, '']);
  const after = await send(network, { route: 'GET /admin/v1/accounts/~/users', key: accessKey });
  assert.equal(after.json.code, 'InvalidAccessKeyId');
});

test('a user lives: its policy is kept to the byte, its keys come and go', async () => {
  const { local } = await adminHouse();
  const users = '/admin/v1/accounts/~/users';
  const created = await send(local, { route: `POST ${users}`, body: { name: 'ann', policy } });
  assert.equal(created.status, 201);
  assert.equal(created.json.user.policy, policy);
  assert.match(created.json.user.arn, /^arn:aws:iam::\d{12}:user\/ann$/);
  const keys = '/admin/v1/accounts/default/access-keys';
  const second = await send(local, { route: `POST ${keys}`, body: { user: 'ann' } });
  const shown = await send(local, { route: `GET ${users}/ann` });
  const ids = [created.json.accessKey.accessKeyId, second.json.accessKeyId];
  assert.deepEqual(shown.json.accessKeys, ids);
  const listed = await send(local, { route: `GET ${keys}?user=ann` });
  const listedIds = listed.json.accessKeys.map((key: { accessKeyId: string }) => key.accessKeyId);
  assert.deepEqual(new Set(listedIds), new Set(ids));
  assert.ok(!listed.text.includes(second.json.secretKey), 'a secret is told once');
  const off = await send(local, {
    route: `PATCH /admin/v1/access-keys/${second.json.accessKeyId}`,
    body: { enabled: false },
  });
  assert.deepEqual([off.status, off.json.enabled, off.json.user], [200, false, 'ann']);
  const cleared = await send(local, { route: `PUT ${users}/ann/policy`, body: { policy: null } });
  assert.equal(cleared.json.policy, null);
  assert.equal((await send(local, { route: `DELETE ${users}/ann` })).status, 204);
  const gone = await send(local, { route: `GET ${keys}?user=ann` });
  assert.deepEqual([gone.status, gone.json.code], [404, 'NotFound']);
});

test('the last enabled key of a root goes only by force', async () => {
  const { local, root } = await adminHouse();
  const one = `/admin/v1/access-keys/${root.accessKeyId}`;
  const refused = await send(local, { route: `DELETE ${one}` });
  assert.deepEqual([refused.status, refused.json.code], [409, 'StillReferenced']);
  const disable = { route: `PATCH ${one}`, body: { enabled: false } };
  assert.equal((await send(local, disable)).status, 409);
  const route = 'POST /admin/v1/accounts/~/access-keys';
  const second = await send(local, { route, body: {} });
  assert.equal((await send(local, disable)).status, 200);
  // A disabled one is not what is kept.
  assert.equal((await send(local, { route: `DELETE ${one}` })).status, 204);
  const last = `/admin/v1/access-keys/${second.json.accessKeyId}`;
  assert.equal((await send(local, { route: `DELETE ${last}` })).status, 409);
  assert.equal((await send(local, { route: `DELETE ${last}?force=true` })).status, 204);
});

test('two that remove the last two root keys at once leave one', async () => {
  const { local, root } = await adminHouse();
  const route = 'POST /admin/v1/accounts/~/access-keys';
  const second = await send(local, { route, body: {} });
  const answers = await Promise.all(
    [root.accessKeyId, second.json.accessKeyId].map((id: string) =>
      send(local, { route: `DELETE /admin/v1/access-keys/${id}` }),
    ),
  );
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([204, 409]));
});

test('the status of the keys counts what refers to each', async () => {
  const { local } = await adminHouse();
  const status = (await send(local, { route: 'GET /admin/v1/keys' })).json;
  assert.deepEqual(Object.keys(status), [
    'current',
    'nextRotation',
    'countedAt',
    'keeper',
    'versions',
  ]);
  assert.equal(status.current, 1);
  assert.equal(status.nextRotation, '2027-02-16T11:06:40.000Z');
  assert.deepEqual(status.keeper, { kind: 'file', healthy: true });
  const [version] = status.versions;
  assert.deepEqual([version.version, version.state], [1, 'current']);
  // keyring, store, process, account, its key and its name in the directory.
  assert.deepEqual(version.references, { objectVersions: 0, uploads: 0, rows: 6 });
});

test('a master key is rotated once for all who ask away from one version', async () => {
  const { local } = await adminHouse();
  const route = 'POST /admin/v1/keys/rotate';
  const first = await send(local, { route, body: {} });
  assert.deepEqual([first.status, first.json], [201, { previous: 1, current: 2 }]);
  const late = await send(local, { route, body: { from: 1 } });
  assert.deepEqual(late.json, { previous: 1, current: 2 });
  for (const from of [0, 3]) {
    const never = await send(local, { route, body: { from } });
    assert.deepEqual([never.status, never.json.code], [400, 'InvalidArgument']);
  }
  for (const from of [-1, 1.5, '1', null]) {
    assert.equal((await send(local, { route, body: { from } })).json.code, 'InvalidRequest');
  }
  const status = (await send(local, { route: 'GET /admin/v1/keys' })).json;
  const states = status.versions.map(({ state }: { state: string }) => state);
  assert.deepEqual([status.current, states], [2, ['retained', 'current']]);
});

test('what an older version sealed is moved, and told of', async () => {
  const { local } = await adminHouse();
  const route = 'POST /admin/v1/keys/rewrap';
  const status = 'GET /admin/v1/keys/rewrap';
  assert.deepEqual((await send(local, { route: status })).json.code, 'NotFound');
  await send(local, { route: 'POST /admin/v1/keys/rotate', body: {} });
  const begun = (await send(local, { route, body: {} })).json;
  assert.deepEqual([begun.run, begun.version, begun.bucket], [1, 2, null]);
  let report = begun;
  while (report.finishedAt === null) {
    await pause(5);
    report = (await send(local, { route: `${status}?run=1` })).json;
  }
  // Of four rows the process row is written by its process, which counts its wraps; the store row moved
  // with the keyring.
  assert.deepEqual([report.state, report.moved, report.rows], ['complete', 3, 4]);
  const [first] = (await send(local, { route: 'GET /admin/v1/keys' })).json.versions;
  assert.equal(first.references.rows, 0);
  for (const [body, code] of [
    [{ bucket: 'nowhere' }, 'NotFound'],
    [{ prefix: 'a' }, 'InvalidRequest'],
    [{ bucket: 1 }, 'InvalidRequest'],
  ] as const) {
    assert.equal((await send(local, { route, body })).json.code, code);
  }
  for (const [run, code] of [
    ['7', 'NotFound'],
    ['x', 'InvalidRequest'],
  ] as const) {
    assert.equal((await send(local, { route: `${status}?run=${run}` })).json.code, code);
  }
});

test('a root of trust that is down is said to who asks for a rotation, and why to the log', async () => {
  const { services, failures } = await adminHouse();
  const fault = new KeeperFault('unavailable', 'The root of trust vault:… does not seal: no route');
  const local = serveAdmin(
    { ...services, rotateKeys: () => Promise.reject(fault) },
    { trusted: true },
  );
  const { status, json } = await send(local, { route: 'POST /admin/v1/keys/rotate', body: {} });
  assert.deepEqual([status, json.code], [503, 'ServiceUnavailable']);
  assert.match(json.message, /^The root of trust does not .* so nothing was changed/);
  assert.doesNotMatch(json.message, /route/);
  assert.deepEqual(failures, [fault]);
});

test('version and settings are told', async () => {
  const { local, services } = await adminHouse();
  const version = await send(local, { route: 'GET /admin/v1/version' });
  assert.deepEqual(version.json, services.version);
  const config = await send(local, { route: 'GET /admin/v1/config' });
  assert.deepEqual(config.json, { settings: services.settings });
});

const accounts = 'POST /admin/v1/accounts';
const badRequests: readonly (readonly [string, string, string | Buffer | undefined, string])[] = [
  ['no body', accounts, undefined, 'not JSON'],
  ['no JSON', accounts, '{"name":', 'not JSON'],
  ['no UTF-8', accounts, Buffer.from([0x22, 0xff, 0x22]), 'not JSON'],
  ['an array', accounts, '["name"]', 'must be a JSON object'],
  ['null', accounts, 'null', 'must be a JSON object'],
  ['an unknown member', accounts, '{"name":"a","nme":"b"}', '"nme" is not a member'],
  ['an inherited member', accounts, '{"name":"a","__proto__":{}}', '"__proto__" is not a member'],
  [
    'an unknown inner member',
    accounts,
    '{"name":"a","accessKey":{"accessKeyId":"abc","secretKey":"12345678","more":1}}',
    '"accessKey.more" is not a member',
  ],
  ['half a key', accounts, '{"name":"a","accessKey":{"accessKeyId":"abc"}}', 'is missing'],
  ['no name', accounts, '{}', '"name" is missing'],
  ['a number for a name', accounts, '{"name":5}', '"name" must be a string'],
  ['null for a name', accounts, '{"name":null}', '"name" must be a string'],
  ['a text for a key', accounts, '{"name":"a","accessKey":"x"}', 'must be an object'],
  ['a query', `${accounts}?x=1`, '{"name":"a"}', '"x" is not a member'],
  ['a query twice', 'GET /admin/v1/accounts/~/access-keys?user=a&user=b', undefined, 'given twice'],
  ['a body for a GET', 'GET /admin/v1/accounts', '{}', 'takes no body'],
  ['a body for a DELETE', 'DELETE /admin/v1/accounts/clinic', '{}', 'takes no body'],
  ['a text for a flag', 'PATCH /admin/v1/access-keys/A', '{"enabled":"yes"}', 'true or false'],
  ['a strange force', 'DELETE /admin/v1/access-keys/A?force=1', undefined, 'true or false'],
  ['no policy member', 'PUT /admin/v1/accounts/~/users/a/policy', '{}', '"policy" is missing'],
];

for (const [what, route, body, message] of badRequests) {
  test(`a request with ${what} is refused and changes nothing`, async () => {
    const { local, failures } = await adminHouse();
    const before = await everything(local);
    const answer = await send(local, body === undefined ? { route } : { route, body });
    assert.equal(answer.status, 400);
    assert.equal(answer.json.code, 'InvalidRequest');
    assert.ok(answer.json.message.includes(message), answer.json.message);
    assert.equal(answer.json.requestId, '00000000000000AB');
    assert.deepEqual(failures, []);
    assert.equal(await everything(local), before);
  });
}

async function everything(local: AdminHouse['local']): Promise<string> {
  return (await send(local, { route: 'GET /admin/v1/accounts' })).text;
}

const refusals: readonly (readonly [string, string, object, number, string])[] = [
  ['a name that exists', accounts, { name: 'default' }, 409, 'AlreadyExists'],
  ['a name with a slash', accounts, { name: 'a/b' }, 400, 'InvalidArgument'],
  ['the name that means oneself', accounts, { name: '~' }, 400, 'InvalidArgument'],
  ['a short canonical id', accounts, { name: 'a', canonicalId: 'ab' }, 400, 'InvalidArgument'],
  [
    'a short secret',
    accounts,
    { name: 'a', accessKey: { accessKeyId: 'abc', secretKey: 'short' } },
    400,
    'InvalidArgument',
  ],
  [
    'a malformed policy',
    'POST /admin/v1/accounts/~/users',
    { name: 'a', policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Maybe"}]}' },
    400,
    'MalformedPolicy',
  ],
  [
    'an account that is not there',
    'POST /admin/v1/accounts/nowhere/users',
    { name: 'a' },
    404,
    'NotFound',
  ],
  [
    'a key that is not there',
    'PATCH /admin/v1/access-keys/AKIANOBODY',
    { enabled: false },
    404,
    'NotFound',
  ],
];

for (const [what, route, body, status, code] of refusals) {
  test(`${what} is refused`, async () => {
    const { local } = await adminHouse();
    const answer = await send(local, { route, body });
    assert.deepEqual([answer.status, answer.json.code], [status, code]);
  });
}

test('a path or a method that is not there is refused, and nothing of the body is read', async () => {
  const { local } = await adminHouse();
  const path = await send(local, { route: 'GET /admin/v1/nothing' });
  assert.deepEqual([path.status, path.json.code], [404, 'NotFound']);
  const method = await send(local, { route: 'PUT /admin/v1/accounts' });
  assert.deepEqual([method.status, method.headers['Allow']], [405, 'GET, POST']);
  const encoding = await send(local, { route: 'GET /admin/v1/accounts/%ff' });
  assert.equal(encoding.json.code, 'InvalidURI');
});

test('a body over 1 MiB is refused, declared or not', async () => {
  const { local } = await adminHouse();
  const sent = { route: accounts, body: JSON.stringify({ name: 'a'.repeat(1024 * 1024) }) };
  const declared = await send(local, sent);
  assert.deepEqual([declared.status, declared.json.code], [413, 'MaxMessageLengthExceeded']);
  const { contentLength: _, ...request } = requestOf(sent);
  const chunked = await local({ ...request, contentLength: undefined });
  assert.equal(chunked.status, 413);
});

test('over the network only whole, fresh, right signatures are taken', async () => {
  const { network, root: key } = await adminHouse();
  const route = 'GET /admin/v1/version';
  const answer = (more: object) => send(network, { route, key, ...more });
  assert.equal((await answer({})).status, 200);
  const cases: readonly (readonly [object, string])[] = [
    [{ key: { ...key, secretKey: 'another-secret' } }, 'SignatureDoesNotMatch'],
    [{ key: { ...key, accessKeyId: 'AKIANOBODY' } }, 'InvalidAccessKeyId'],
    [{ signer: { service: 's3' } }, 'AuthorizationHeaderMalformed'],
    [{ signer: { region: 'eu-west-1' } }, 'AuthorizationHeaderMalformed'],
    [{ signer: { now: new Date(Date.now() - 3_600_000) } }, 'RequestTimeTooSkewed'],
    [{ headers: { 'x-amz-security-token': 'token' } }, 'InvalidToken'],
  ];
  for (const [more, code] of cases) assert.equal((await answer(more)).json.code, code);
  const body = { name: 'fresh' };
  const other = { route: accounts, key, body, sentBody: '{"name":"wrong"}' };
  const swapped = await send(network, other);
  assert.equal(swapped.json.code, 'XAmzContentSHA256Mismatch');
});

test('an unsigned body and a presigned URL are not enough', async () => {
  const { network } = await adminHouse();
  const route = 'GET /admin/v1/version?X-Amz-Signature=00';
  assert.notEqual((await send(network, { route })).status, 200);
  const anonymous = await send(network, { route: 'GET /admin/v1/version' });
  assert.deepEqual([anonymous.status, anonymous.json.code], [403, 'AccessDenied']);
  const form = await send(network, {
    route: accounts,
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
    body: '--b--',
  });
  assert.equal(form.json.code, 'AccessDenied');
});

test('trouble below tells its number to the log and nothing to the caller', async () => {
  const { services } = await adminHouse();
  const failures: unknown[] = [];
  const failing = (fault: Error) =>
    serveAdmin(
      {
        ...services,
        keysStatus: () => Promise.reject(fault),
        failed: (_request, error) => void failures.push(error),
      },
      { trusted: true },
    );
  const route = 'GET /admin/v1/keys';
  const damaged = await send(failing(new Fault('damaged', 'row 31 of secret-bucket')), { route });
  assert.deepEqual([damaged.status, damaged.json.code], [500, 'InternalError']);
  assert.ok(!damaged.text.includes('secret-bucket'));
  const busy = await send(failing(new Fault('busy', 'contention')), { route });
  assert.deepEqual([busy.status, busy.json.code], [503, 'ServiceUnavailable']);
  assert.equal(failures.length, 2);
});

test('no policy names a root of trust from afar: a library to load, a host for the server’s token', async () => {
  const { local, network, root, services } = await adminHouse();
  const reached: string[] = [];
  services.resealKeyring = async (to) => {
    reached.push(to);
    return { keeper: to, generation: 2, notice: null };
  };
  const route = 'POST /admin/v1/keys/reseal';
  for (const to of [
    'pkcs11:token=t;object=o?module-path=/tmp/upload.so',
    'vault:http://198.51.100.7/k',
    'file:/tmp/k',
  ]) {
    const answer = await send(network, { route, body: { to }, key: root });
    assert.deepEqual([answer.status, answer.json.code], [400, 'InvalidRequest'], to);
    assert.match(answer.json.message, /only over the socket/);
  }
  assert.deepEqual(reached, []);
  assert.equal((await send(local, { route, body: { to: 'file:/tmp/k' } })).status, 201);
  assert.deepEqual(reached, ['file:/tmp/k']);
});

test('any target and body get a JSON answer and never a failure', async () => {
  const { local, failures } = await adminHouse();
  const method = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD');
  const segment = fc.oneof(
    fc.constantFrom('accounts', 'users', '~', 'access-keys', 'keys', '%2e', '..', ''),
    fc.string({ maxLength: 8 }).map(encodeURIComponent),
  );
  const target = fc.array(segment, { maxLength: 5 }).map((parts) => parts.join('/'));
  await fc.assert(
    fc.asyncProperty(method, target, fc.json(), async (verb, path, body) => {
      const answer = await send(local, { route: `${verb} /admin/v1/${path}`, body });
      assert.ok(answer.status < 500, answer.text);
    }),
    { numRuns: 300 },
  );
  assert.deepEqual(failures, []);
});
