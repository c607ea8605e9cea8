/**
 * docs/openapi.json is as the code has it, and a real server's replies to every operation are as it
 * says. Beyond this, every reply in the tests of the admin API is held to it (admin-fixture.ts).
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { signHeaders } from '../src/access/signature/presign.ts';
import { documentPath, renderedDocument } from '../tools/openapi.ts';
import { type RunningServer, startServer } from './server.ts';
import { assertConforms, assertFits, document, operationOf } from './support/openapi-reply.ts';

const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));

test('the document is as `node tools/openapi.ts` writes it', () => {
  assert.equal(readFileSync(documentPath, 'utf8'), renderedDocument());
});

test('every operation is told of once, and every reference leads somewhere', () => {
  const names = operations.map(({ operationId }) => operationId);
  assert.equal(new Set(names).size, names.length);
  const whole = readFileSync(documentPath, 'utf8');
  for (const [, kind = '', name = ''] of whole.matchAll(/#\/components\/(\w+)\/(\w+)/g)) {
    assert.match(whole, new RegExp(`"${name}": \\{`), `${kind} ${name}`);
  }
});

test('what does not fit is found', () => {
  const session = { schema: { $ref: '#/components/schemas/EmptyReport' } };
  const right = {
    state: 'idle',
    deleted: 0,
    refused: 0,
    total: null,
    error: null,
    startedAt: null,
  };
  assertFits(session.schema, right, 'reply');
  const { error: _error, ...less } = right;
  const wrong: readonly unknown[] = [
    less,
    { ...right, more: 1 },
    { ...right, state: 'other' },
    { ...right, deleted: -1 },
    { ...right, deleted: 0.5 },
    { ...right, total: 'x' },
    { ...right, startedAt: 'yesterday' },
    [],
    null,
  ];
  for (const value of wrong) assert.throws(() => assertFits(session.schema, value, 'reply'));
  assert.throws(() => assertConforms('GET /admin/v1/nothing', 200, '{}'));
  assert.throws(() => assertConforms('GET /admin/v1/version', 201, '{"version":"","node":""}'));
});

interface Said {
  readonly route: string;
  readonly body?: object;
}

/** Sends a signed request (a sign-in is not, and one is for the socket alone), and holds it and its reply to the document. */
async function call(server: RunningServer, { route, body }: Said): Promise<unknown> {
  const [method = '', target = ''] = route.split(' ');
  const [path = '', search = ''] = target.split('?');
  const sent = body === undefined ? '' : JSON.stringify(body);
  const at = server.console ?? assert.fail('no console');
  const { accessKeyId, secretAccessKey: secretKey } = server.credentials;
  const signer = {
    accessKeyId,
    secretKey,
    region: 'us-east-1',
    service: 'coffer',
    now: new Date(),
  };
  const query = [...new URLSearchParams(search)];
  const digest = createHash('sha256').update(sent).digest('hex');
  const signed = signHeaders({ method, endpoint: at, path, query }, signer, digest);
  const isSignIn = route === 'POST /admin/v1/session';
  const headers = isSignIn ? { 'x-coffer-console': '1' } : signed.headers;
  const { hostname, port } = new URL(at);
  const isLocal = route === 'POST /admin/v1/keys/reseal';
  const place = isLocal ? { socketPath: `${server.data}/admin.sock` } : { hostname, port };
  const reply = await new Promise<{ status: number; told: string }>((resolve, reject) => {
    const options = { ...place, method, path: target, headers };
    const going = request(options, (answer) => {
      text(answer).then((told) => resolve({ status: answer.statusCode ?? 0, told }), reject);
    });
    going.on('error', reject);
    going.end(Buffer.from(sent));
  });
  assert.ok(reply.status < 300, `${route}: ${reply.status} ${reply.told}`);
  const operation = operationOf(route);
  const schema = operation?.requestBody?.content['application/json'].schema;
  if (schema !== undefined) assertFits(schema, body, `the body of ${route}`);
  assertConforms(route, reply.status, reply.told);
  return reply.told === '' ? undefined : JSON.parse(reply.told);
}

const v1 = '/admin/v1';
const kit = { key: randomBytes(32).toString('base64url'), shares: { shares: 3, threshold: 2 } };
const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' },
});

/** Everything once and more, in an order in which each can be done. */
const scenario = (server: RunningServer): readonly Said[] => [
  { route: `GET ${v1}/version` },
  { route: `GET ${v1}/config` },
  { route: `POST ${v1}/session`, body: secretOf(server) },
  { route: `GET ${v1}/session` },
  { route: `DELETE ${v1}/session` },
  { route: `DELETE ${v1}/sessions` },
  { route: `POST ${v1}/accounts`, body: { name: 'clinic' } },
  { route: `GET ${v1}/accounts` },
  { route: `GET ${v1}/accounts/clinic` },
  { route: `POST ${v1}/accounts/clinic/users`, body: { name: 'nurse', policy } },
  { route: `GET ${v1}/accounts/clinic/users` },
  { route: `GET ${v1}/accounts/clinic/users/nurse` },
  { route: `PUT ${v1}/accounts/clinic/users/nurse/policy`, body: { policy: null } },
  {
    route: `POST ${v1}/accounts/clinic/access-keys`,
    body: { user: 'nurse', accessKey: { accessKeyId: 'AKIANURSE', secretKey: 'secret-of-nurse' } },
  },
  { route: `GET ${v1}/accounts/clinic/access-keys?user=nurse` },
  { route: `PATCH ${v1}/access-keys/AKIANURSE`, body: { enabled: false } },
  { route: `DELETE ${v1}/access-keys/AKIANURSE?force=true` },
  { route: `DELETE ${v1}/accounts/clinic/users/nurse` },
  { route: `DELETE ${v1}/accounts/clinic` },
  { route: `POST ${v1}/presign`, body: { method: 'PUT', bucket: 'ward', headers: { a: 'b' } } },
  { route: `GET ${v1}/buckets/ward/counts` },
  { route: `POST ${v1}/buckets/ward/empty`, body: {} },
  { route: `GET ${v1}/buckets/ward/empty` },
  { route: `GET ${v1}/inventory` },
  { route: `GET ${v1}/inventory/summary` },
  { route: `POST ${v1}/verify`, body: { deep: true } },
  { route: `GET ${v1}/overview` },
  { route: `GET ${v1}/keys` },
  { route: `POST ${v1}/keys/backup`, body: kit },
  { route: `POST ${v1}/keys/rotate`, body: {} },
  { route: `POST ${v1}/keys/rewrap`, body: {} },
  { route: `GET ${v1}/keys/rewrap` },
  { route: `POST ${v1}/buckets/ward/shred`, body: {} },
  { route: `GET ${v1}/overview` },
];

const secretOf = ({ credentials }: RunningServer): object => ({
  accessKeyId: credentials.accessKeyId,
  secretKey: credentials.secretAccessKey,
});

test('a real server answers every operation as the document says', async () => {
  await using server = await startServer({ flags: ['--console', '127.0.0.1:0'] });
  const done = new Set<string | undefined>();
  const say = async (said: Said): Promise<unknown> => {
    done.add(operationOf(said.route)?.operationId);
    return call(server, said);
  };
  const put = await say({ route: `POST ${v1}/presign`, body: { method: 'PUT', bucket: 'ward' } });
  const { url } = put as { readonly url: string };
  assert.equal((await fetch(url, { method: 'PUT' })).status, 200);
  for (const said of scenario(server)) await say(said);
  await say({
    route: `POST ${v1}/keys/reseal`,
    body: { to: `file:${server.data}.other-root-key` },
  });
  // Once nothing is left under it.
  for (;;) {
    const { state } = (await say({ route: `GET ${v1}/keys/rewrap` })) as { readonly state: string };
    if (state === 'complete') break;
    assert.ok(['waiting', 'counting', 'moving'].includes(state), state);
  }
  await say({ route: `POST ${v1}/keys/1/destroy`, body: {} });
  await say({ route: `GET ${v1}/keys/records` });
  assert.deepEqual(
    operations.map(({ operationId }) => operationId).filter((name) => !done.has(name)),
    [],
  );
});
