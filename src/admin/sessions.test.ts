/** Sessions of the console, through the pipeline: who gets one, what it may, and how it ends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AdminAnswer, adminHouse, type AdminHouse, send } from '../../tests/admin-fixture.ts';
import type { GivenKey } from '../access/access-keys.ts';
import { sessionLimits, Sessions } from './sessions.ts';

interface House extends AdminHouse {
  /** Lets time pass. */
  readonly wait: (ms: number) => void;
}

async function house(): Promise<House> {
  let now = Date.parse('2026-11-24T08:00:00Z');
  const made = await adminHouse(() => new Date(now));
  return { ...made, wait: (ms) => void (now += ms) };
}

const own = { 'x-coffer-console': '1' };

const signIn = ({ network }: AdminHouse, key: GivenKey, headers = {}): Promise<AdminAnswer> =>
  send(network, { route: 'POST /admin/v1/session', body: key, headers: { ...own, ...headers } });

const cookieOf = ({ headers }: AdminAnswer): string =>
  headers['Set-Cookie']?.split(';')[0] ?? assert.fail('no cookie');

async function signedIn(at: AdminHouse, key: GivenKey = at.root): Promise<string> {
  const answer = await signIn(at, key);
  assert.equal(answer.status, 201, answer.text);
  return cookieOf(answer);
}

const ask = (
  { network }: AdminHouse,
  route: string,
  cookie: string,
  headers: Readonly<Record<string, string>> = own,
): Promise<AdminAnswer> => send(network, { route, headers: { cookie, ...headers } });

test('signing in sets a strict cookie and says who one is', async () => {
  const at = await house();
  const answer = await signIn(at, at.root);
  assert.equal(answer.status, 201);
  assert.match(
    answer.headers['Set-Cookie'] ?? '',
    /^coffer-session=[\w-]{43}; Path=\/admin; Max-Age=43200; HttpOnly; SameSite=Strict; Secure$/,
  );
  assert.equal(answer.headers['Cache-Control'], 'no-store');
  const { account, user, administrator, endpoint, expiresAt, idleMs, actions } = answer.json;
  assert.deepEqual(
    { account, user, administrator, endpoint, expiresAt, idleMs },
    {
      account: 'default',
      user: null,
      administrator: true,
      endpoint: 'http://coffer.test:9000',
      expiresAt: '2026-11-24T20:00:00.000Z',
      idleMs: 1_800_000,
    },
  );
  assert.ok(actions.includes('coffer:RotateKeys'));
  const again = await ask(at, 'GET /admin/v1/session', cookieOf(answer));
  assert.deepEqual(again.json, answer.json);
  assert.doesNotMatch(again.text, new RegExp(at.root.secretKey.replaceAll(/[+/]/g, '\\$&')));
});

test('whatever is wrong with the credentials, the answer is the same', async () => {
  const at = await house();
  const account = (await at.services.accounts.get(at.rows.view(), 'default')).id;
  const off = await at.services.accessKeys.create({ account });
  await at.services.accessKeys.setEnabled(off.accessKeyId, false);
  const wrong = [
    { ...at.root, secretKey: 'not-the-secret' },
    { ...at.root, secretKey: '' },
    { accessKeyId: 'AKIANOBODY', secretKey: at.root.secretKey },
    { accessKeyId: 'A'.repeat(500), secretKey: 'x' },
    { accessKeyId: '\u0000', secretKey: '' },
    off,
  ];
  for (const key of wrong) {
    const answer = await signIn(await sameHouse(at), key);
    assert.equal(answer.status, 403);
    assert.equal(answer.json.code, 'AccessDenied');
    assert.equal(answer.json.message, 'That access key id and secret do not belong together.');
    assert.equal(answer.headers['Set-Cookie'], undefined);
  }
  assert.deepEqual(at.failures, []);
});

/** Failures are not to wait for each other here. */
async function sameHouse(at: House): Promise<House> {
  at.wait(2 * 60 * 60_000);
  return at;
}

test('guesses are slowed down, by address and by key, and a right guess then waits too', async () => {
  const at = await house();
  const wrong = { ...at.root, secretKey: 'wrong-secret' };
  const many = await Promise.all(Array.from({ length: 20 }, () => signIn(at, wrong)));
  assert.equal(many.filter(({ status }) => status === 403).length, 5);
  const late = many.filter(({ status }) => status === 429);
  assert.equal(late.length, 15);
  assert.equal(late[0]?.json.code, 'TooManyAttempts');
  assert.equal(late[0]?.headers['Retry-After'], '1');
  assert.equal((await signIn(at, at.root)).status, 429);
  at.wait(1000);
  assert.equal((await signIn(at, wrong)).status, 403);
  at.wait(1000);
  const waits = await signIn(at, wrong);
  assert.equal(waits.headers['Retry-After'], '1');
  at.wait(1000);
  assert.equal((await signIn(at, at.root)).status, 201);
});

test('a session acts with the permissions of its identity and no others', async () => {
  const at = await house();
  const account = (await at.services.accounts.get(at.rows.view(), 'default')).id;
  const { key } = await at.services.users.create({ account, name: 'plain' });
  const answer = await signIn(at, key);
  assert.deepEqual(
    [answer.json.user, answer.json.administrator, answer.json.actions],
    ['plain', false, []],
  );
  const cookie = cookieOf(answer);
  for (const route of [
    'GET /admin/v1/accounts',
    'GET /admin/v1/keys',
    'GET /admin/v1/inventory',
    'GET /admin/v1/config',
  ]) {
    const denied = await ask(at, route, cookie);
    assert.deepEqual([denied.status, denied.json.code], [403, 'AccessDenied'], route);
  }
  assert.equal((await ask(at, 'GET /admin/v1/keys', await signedIn(at))).status, 200);
});

test('another account’s root sees its own users and inventory, and that it may', async () => {
  const at = await house();
  const { key } = await at.services.accounts.create({ name: 'clinic' });
  const answer = await signIn(at, key);
  assert.equal(answer.json.administrator, false);
  assert.ok(answer.json.actions.includes('coffer:CreateUser'));
  assert.ok(!answer.json.actions.includes('coffer:ListAccounts'));
  const users = await ask(at, 'GET /admin/v1/accounts/~/users', cookieOf(answer));
  assert.deepEqual(users.json, { users: [] });
});

test('a policy that denies it keeps a user from signing in and from presigning', async () => {
  const at = await house();
  const account = (await at.services.accounts.get(at.rows.view(), 'default')).id;
  const deny = (action: string): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Deny', Action: action, Resource: '*' },
    });
  const { key } = await at.services.users.create({
    account,
    name: 'machine',
    policy: deny('coffer:CreateSession'),
  });
  const answer = await signIn(at, key);
  assert.deepEqual([answer.status, answer.headers['Set-Cookie']], [403, undefined]);
  await at.services.users.setPolicy(account, 'machine', deny('coffer:Presign'));
  const cookie = await signedIn(at, key);
  const body = { method: 'GET', bucket: 'b' };
  const headers = { ...own, cookie };
  const refused = await send(at.network, { route: 'POST /admin/v1/presign', body, headers });
  assert.equal(refused.status, 403);
});

test('a session that is left idle ends; a poll in the background does not keep it', async () => {
  const at = await house();
  const cookie = await signedIn(at);
  const route = 'GET /admin/v1/session';
  at.wait(sessionLimits.idleMsMax - 1);
  assert.equal((await ask(at, route, cookie)).status, 200);
  at.wait(sessionLimits.idleMsMax - 1);
  const polled = await ask(at, route, cookie, { ...own, 'x-coffer-background': '1' });
  assert.equal(polled.status, 200);
  at.wait(1);
  const ended = await ask(at, route, cookie);
  assert.deepEqual([ended.status, ended.json.code], [401, 'SessionEnded']);
  assert.match(ended.headers['Set-Cookie'] ?? '', /^coffer-session=; Path=\/admin; Max-Age=0;/);
});

test('a session that is used all the time ends after twelve hours', async () => {
  const at = await house();
  const cookie = await signedIn(at);
  for (let hours = 0; hours < 12; hours += 0.25) {
    assert.equal((await ask(at, 'GET /admin/v1/session', cookie)).status, 200);
    at.wait(15 * 60_000);
  }
  assert.equal((await ask(at, 'GET /admin/v1/session', cookie)).status, 401);
});

test('a key that is disabled, deleted or made anew ends its sessions on the next request', async () => {
  const at = await house();
  const account = (await at.services.accounts.get(at.rows.view(), 'default')).id;
  const { accessKeys, users } = at.services;
  const key = { accessKeyId: 'AKIAWORKER', secretKey: 'a-secret-of-a-worker' };
  await users.create({ account, name: 'worker', key });
  const ends: readonly (() => Promise<unknown>)[] = [
    () => accessKeys.setEnabled(key.accessKeyId, false),
    () => accessKeys.delete(key.accessKeyId),
    async () => {
      await accessKeys.delete(key.accessKeyId);
      at.wait(1);
      await accessKeys.create({ account, user: 'worker' }, { ...key, secretKey: 'another-secret' });
    },
  ];
  for (const end of ends) {
    const cookie = await signedIn(at, key);
    await end();
    const answer = await ask(at, 'GET /admin/v1/session', cookie);
    assert.deepEqual([answer.status, answer.json.code], [401, 'SessionEnded']);
    await accessKeys.delete(key.accessKeyId).catch(() => undefined);
    await accessKeys.create({ account, user: 'worker' }, key);
    assert.equal((await ask(at, 'GET /admin/v1/session', cookie)).status, 401, 'stays ended');
  }
});

test('signing out ends one session; everywhere, those of every key of the identity', async () => {
  const at = await house();
  const account = (await at.services.accounts.get(at.rows.view(), 'default')).id;
  const other = await at.services.accessKeys.create({ account });
  const { key: stranger } = await at.services.users.create({ account, name: 'stranger' });
  const [first, second, third] = [
    await signedIn(at),
    await signedIn(at),
    await signedIn(at, other),
  ] as const;
  const strangers = await signedIn(at, stranger);
  const route = 'GET /admin/v1/session';
  const out = await ask(at, 'DELETE /admin/v1/session', first);
  assert.equal(out.status, 204);
  assert.match(out.headers['Set-Cookie'] ?? '', /Max-Age=0/);
  const states = async (): Promise<number[]> =>
    (await Promise.all([first, second, third, strangers].map((c) => ask(at, route, c)))).map(
      ({ status }) => status,
    );
  assert.deepEqual(await states(), [401, 200, 200, 200]);
  assert.equal((await ask(at, 'DELETE /admin/v1/sessions', second)).status, 204);
  assert.deepEqual(await states(), [401, 401, 401, 200]);
});

test('a request that another page made a browser send is refused', async () => {
  const at = await house();
  const cookie = await signedIn(at);
  const route = 'DELETE /admin/v1/access-keys/AKIANOBODY';
  const forged: readonly Readonly<Record<string, string>>[] = [
    {},
    { 'x-coffer-console': '0' },
    { ...own, origin: 'https://evil.example' },
    { ...own, origin: 'null' },
    { ...own, origin: 'https://coffer.test:9000' },
    { ...own, origin: 'http://coffer.test:9001' },
    { ...own, 'sec-fetch-site': 'cross-site' },
    { ...own, 'sec-fetch-site': 'same-site' },
    { ...own, 'sec-fetch-site': 'none' },
  ];
  for (const headers of forged) {
    const answer = await ask(at, route, cookie, headers);
    assert.deepEqual([answer.status, answer.json.code], [403, 'AccessDenied']);
    const entering = { ...headers, 'content-type': 'text/plain' };
    const body = at.root;
    const into = await send(at.network, {
      route: 'POST /admin/v1/session',
      body,
      headers: entering,
    });
    assert.deepEqual([into.status, into.headers['Set-Cookie']], [403, undefined]);
  }
  const right = { ...own, origin: 'https://coffer.test:9001', 'sec-fetch-site': 'same-origin' };
  assert.equal((await ask(at, route, cookie, right)).status, 404);
  // What only reads needs no header, but is not read by others either.
  assert.equal((await ask(at, 'GET /admin/v1/session', cookie, {})).status, 200);
  const read = await ask(at, 'GET /admin/v1/session', cookie, { 'sec-fetch-site': 'cross-site' });
  assert.equal(read.status, 403);
});

test('cookies that are no session’s are refused, and so is a cookie beside a signature', async () => {
  const at = await house();
  const cookie = await signedIn(at);
  const route = 'GET /admin/v1/session';
  const bad = [
    'coffer-session=',
    'coffer-session=short',
    `coffer-session=${'A'.repeat(43)}`,
    `coffer-session=${'A'.repeat(20_000)}`,
    `${cookie}x`,
    `${cookie}; coffer-session=${'A'.repeat(43)}`,
    `coffer-session=${'A'.repeat(43)}; ${cookie}`,
  ];
  for (const each of bad) assert.equal((await ask(at, route, each)).status, 401);
  assert.equal((await ask(at, route, `a=b; ${cookie}; c`)).status, 200);
  const both = await send(at.network, { route, key: at.root, headers: { cookie } });
  assert.deepEqual([both.status, both.json.code], [400, 'InvalidRequest']);
  const none = await send(at.network, { route, headers: own });
  assert.deepEqual([none.status, none.json.code], [401, 'SessionEnded']);
  const signed = await send(at.network, { route, key: at.root });
  assert.deepEqual([signed.status, signed.json.accessKeyId], [200, at.root.accessKeyId]);
});

test('the socket has no identity to be signed in as', async () => {
  const at = await house();
  for (const [route, body] of [
    ['POST /admin/v1/session', at.root],
    ['GET /admin/v1/session', undefined],
    ['DELETE /admin/v1/sessions', undefined],
    ['POST /admin/v1/presign', { method: 'GET' }],
  ] as const) {
    const answer = await send(at.local, body === undefined ? { route } : { route, body });
    assert.deepEqual([answer.status, answer.json.code], [400, 'InvalidRequest'], route);
  }
});

test('sessions are few: of an identity twenty, of all a thousand', async () => {
  const sessions = new Sessions(() => new Date(0));
  const account = { id: '111122223333', name: 'a', canonicalId: 'c' };
  const credential = (userId: string) => ({
    accessKeyId: userId,
    secretKey: 's',
    enabled: true,
    createdAt: new Date(0),
    identity: { kind: 'user' as const, account, userName: userId, userId, accessKeyId: userId },
  });
  const mine = Array.from({ length: 25 }, () => sessions.open(credential('me')).token);
  assert.deepEqual(
    mine.map((token) => sessions.find(token, false) !== undefined),
    mine.map((_, index) => index >= 5),
  );
  assert.equal(new Set(mine).size, 25);
  const others = Array.from({ length: 1_100 }, (_, index) =>
    sessions.open(credential(`u${index}`)),
  );
  const alive = [...mine, ...others.map(({ token }) => token)].filter(
    (token) => sessions.find(token, false) !== undefined,
  );
  assert.equal(alive.length, sessionLimits.sessionsMax);
  assert.deepEqual(alive.at(-1), others.at(-1)?.token);
});

test('a stranger’s body is small', async () => {
  const at = await house();
  const body = { accessKeyId: 'A', secretKey: 'x'.repeat(5000) };
  const answer = await send(at.network, { route: 'POST /admin/v1/session', body, headers: own });
  assert.equal(answer.status, 413);
});
