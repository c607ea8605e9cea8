/** Who may do what: every operation, by everybody who could ask. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { adminHouse, send, type AdminHouse } from '../../tests/admin-fixture.ts';
import type { GivenKey } from '../access/access-keys.ts';
import { adminOperations } from './all-operations.ts';
import type { AdminOperationName as Named, ConsoleOperations } from './contract.ts';

/** Of sessions and of what is done inside buckets other tests tell. */
type AdminOperationName =
  | Exclude<Named, keyof ConsoleOperations>
  | 'GetOverview'
  | 'SummarizeInventory';

/** Each operation about the default account and about the account `clinic`. */
const requests: Readonly<
  Record<AdminOperationName, (account: string) => { route: string; body?: object }>
> = {
  CreateAccount: () => ({ route: 'POST /admin/v1/accounts', body: { name: 'fresh' } }),
  ListAccounts: () => ({ route: 'GET /admin/v1/accounts' }),
  GetAccount: (account) => ({ route: `GET /admin/v1/accounts/${account}` }),
  DeleteAccount: (account) => ({ route: `DELETE /admin/v1/accounts/${account}` }),
  CreateUser: (account) => ({
    route: `POST /admin/v1/accounts/${account}/users`,
    body: { name: 'fresh' },
  }),
  ListUsers: (account) => ({ route: `GET /admin/v1/accounts/${account}/users` }),
  GetUser: (account) => ({ route: `GET /admin/v1/accounts/${account}/users/nurse` }),
  DeleteUser: (account) => ({ route: `DELETE /admin/v1/accounts/${account}/users/nurse` }),
  SetUserPolicy: (account) => ({
    route: `PUT /admin/v1/accounts/${account}/users/nurse/policy`,
    body: { policy: null },
  }),
  CreateAccessKey: (account) => ({
    route: `POST /admin/v1/accounts/${account}/access-keys`,
    body: {},
  }),
  ListAccessKeys: (account) => ({ route: `GET /admin/v1/accounts/${account}/access-keys` }),
  UpdateAccessKey: (account) => ({
    route: `PATCH /admin/v1/access-keys/${account}-nurse`,
    body: { enabled: true },
  }),
  DeleteAccessKey: (account) => ({ route: `DELETE /admin/v1/access-keys/${account}-nurse` }),
  GetKeysStatus: () => ({ route: 'GET /admin/v1/keys' }),
  RotateKeys: () => ({ route: 'POST /admin/v1/keys/rotate', body: {} }),
  RewrapKeys: () => ({ route: 'POST /admin/v1/keys/rewrap', body: {} }),
  GetRewrapStatus: () => ({ route: 'GET /admin/v1/keys/rewrap' }),
  ResealKeyring: () => ({ route: 'POST /admin/v1/keys/reseal', body: { to: 'file:/k' } }),
  DestroyKeyVersion: () => ({ route: 'POST /admin/v1/keys/1/destroy', body: {} }),
  BackupKeys: () => ({
    route: 'POST /admin/v1/keys/backup',
    body: { key: 'A'.repeat(43), shares: { shares: 3, threshold: 2 } },
  }),
  ListRecords: () => ({ route: 'GET /admin/v1/keys/records' }),
  ShredBucket: () => ({ route: 'POST /admin/v1/buckets/nowhere/shred', body: {} }),
  ListInventory: () => ({ route: 'GET /admin/v1/inventory' }),
  VerifyStore: () => ({ route: 'POST /admin/v1/verify', body: {} }),
  GetOverview: () => ({ route: 'GET /admin/v1/overview' }),
  SummarizeInventory: () => ({ route: 'GET /admin/v1/inventory/summary' }),
  GetVersion: () => ({ route: 'GET /admin/v1/version' }),
  ShowConfig: () => ({ route: 'GET /admin/v1/config' }),
};

/** Two accounts, each with a user `nurse`; the callers are others, so that nobody deletes itself. */
async function populated(): Promise<AdminHouse & { callers: ReadonlyMap<string, GivenKey> }> {
  const house = await adminHouse();
  const { accounts, users } = house.services;
  const secretKey = 'a-secret-of-a-test';
  const everything = policyOf('Allow', '*');
  const clinic = await accounts.create({ name: 'clinic' });
  const callers = new Map([
    ['default root', house.root],
    ['clinic root', clinic.key],
  ]);
  using view = house.rows.view();
  for (const name of ['default', 'clinic']) {
    const account = (await accounts.get(view, name)).id;
    const nurse = { accessKeyId: `${name}-nurse`, secretKey };
    await users.create({ account, name: 'nurse', key: nurse });
    const policies = {
      none: undefined,
      s3: policyOf('Allow', 's3:*'),
      admin: policyOf('Allow', 'coffer:*'),
      all: everything,
      deny: everything.replace(']}', `,${statementOf('Deny', 'coffer:*')}]}`),
    };
    for (const [policyName, policy] of Object.entries(policies)) {
      const { key } = await users.create({ account, name: policyName, policy });
      callers.set(`${name} user ${policyName}`, key);
    }
  }
  return { ...house, callers };
}

const statementOf = (effect: string, action: string): string =>
  JSON.stringify({ Effect: effect, Action: action, Resource: '*' });
const policyOf = (effect: string, action: string): string =>
  `{"Version":"2012-10-17","Statement":[${statementOf(effect, action)}]}`;

const administrators = new Set(['default root', 'default user admin', 'default user all']);

/** DeleteAccount of `default` is allowed, and refused for another reason. */
const isDenied = (status: number, json: { code?: string } | undefined): boolean =>
  status === 403 && json?.code === 'AccessDenied';

const asked = adminOperations.filter(({ name }) => Object.hasOwn(requests, name));

for (const operation of asked) {
  test(`${operation.name} is done by administrators, and inside their account by others' roots`, async () => {
    const request = requests[operation.name as AdminOperationName];
    for (const about of ['default', 'clinic']) {
      // A house each: an allowed deletion must not decide the next caller's case.
      const { callers } = await populated();
      for (const name of callers.keys()) {
        const house = await populated();
        const key = house.callers.get(name);
        assert.ok(key);
        const answer = await send(house.network, { ...request(about), key });
        const ownRoot =
          name === 'clinic root' &&
          operation.reach === 'own-account' &&
          // Asked by anyone it lists what is the asker's own.
          (about === 'clinic' || String(operation.name).endsWith('Inventory'));
        const allowed = administrators.has(name) || ownRoot;
        assert.equal(!isDenied(answer.status, answer.json), allowed, `${name} about ${about}`);
        assert.deepEqual(house.failures, []);
      }
      const house = await populated();
      const anonymous = await send(house.network, request(about));
      assert.ok(isDenied(anonymous.status, anonymous.json), 'anonymous');
      const local = await send(house.local, request(about));
      assert.ok(!isDenied(local.status, local.json), 'over the socket');
    }
  });
}

test('the operations that another account may do are on its users, access keys and versions', () => {
  const open = adminOperations.filter(({ reach }) => reach === 'own-account');
  assert.deepEqual(open.map(({ name }) => String(name)).toSorted(), [
    'CreateAccessKey',
    'CreateUser',
    'DeleteAccessKey',
    'DeleteUser',
    'GetUser',
    'ListAccessKeys',
    'ListInventory',
    'ListUsers',
    'SetUserPolicy',
    'SummarizeInventory',
    'UpdateAccessKey',
  ]);
});

test('an operation, its permission and its file have one name', () => {
  const files = readdirSync(new URL('operations', import.meta.url));
  const names = adminOperations.map(({ name, permission }) => {
    assert.equal(permission, `coffer:${name}`);
    return `${String(name)
      .replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-')
      .toLowerCase()}.ts`;
  });
  assert.deepEqual(files.toSorted(), names.toSorted());
});

test('a policy may allow single actions on single identities', async () => {
  const { services, network, rows } = await adminHouse();
  using view = rows.view();
  const account = (await services.accounts.get(view, 'default')).id;
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Action: ['coffer:CreateAccessKey', 'coffer:GetUser'],
      Resource: `arn:aws:iam::${account}:user/ward-*`,
    },
  });
  const { key } = await services.users.create({ account, name: 'deputy', policy });
  await services.users.create({ account, name: 'ward-1' });
  const path = '/admin/v1/accounts/default';
  const tries: readonly (readonly [string, object | undefined, number])[] = [
    [`POST ${path}/access-keys`, { user: 'ward-1' }, 201],
    [`POST ${path}/access-keys`, { user: 'deputy' }, 403],
    // Without a user the key would be the root's own.
    [`POST ${path}/access-keys`, {}, 403],
    [`GET ${path}/users/ward-1`, undefined, 200],
    [`GET ${path}/users/ward-2`, undefined, 404],
    [`GET ${path}/users/deputy`, undefined, 403],
    [`DELETE ${path}/users/ward-1`, undefined, 403],
  ];
  for (const [route, body, status] of tries) {
    const sent = body === undefined ? { route, key } : { route, key, body };
    assert.equal((await send(network, sent)).status, status, `${route} ${JSON.stringify(body)}`);
  }
});

test('who may not know learns nothing of what exists', async () => {
  const { network, callers } = await populated();
  const key = callers.get('clinic root');
  assert.ok(key);
  const pairs = [
    ['GET /admin/v1/accounts/default/users', 'GET /admin/v1/accounts/nowhere/users'],
    ['DELETE /admin/v1/access-keys/default-nurse', 'DELETE /admin/v1/access-keys/AKIANOBODY'],
    ['GET /admin/v1/accounts/default', 'GET /admin/v1/accounts/nowhere'],
  ];
  for (const [there = '', missing = ''] of pairs) {
    const one = await send(network, { route: there, key });
    const other = await send(network, { route: missing, key });
    assert.equal(one.status, 403);
    assert.deepEqual(other, one);
  }
});
