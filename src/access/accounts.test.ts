/** Who exists, as the commands and the signatures see it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshRows } from '../../tests/rows-fixture.ts';
import { Refusal } from '../base/refusal.ts';
import type { Rows } from '../rows/rows.ts';
import { AccessKeys } from './access-keys.ts';
import { Accounts } from './accounts.ts';
import { Authorizer } from './authorize.ts';
import { credentialFor } from './credentials.ts';
import { objectArn } from './permission.ts';
import { Users } from './users.ts';

const clock = (): Date => new Date(1_795_000_000_000);

async function house(): Promise<{
  rows: Rows;
  keys: AccessKeys;
  accounts: Accounts;
  users: Users;
}> {
  const rows = await freshRows();
  const keys = new AccessKeys(rows, clock);
  return {
    rows,
    keys,
    accounts: new Accounts(rows, clock, keys),
    users: new Users(rows, clock, keys),
  };
}

const refusal =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof Refusal && error.code === code;

test('an account has a root whose key says who it is', async () => {
  const { rows, accounts } = await house();
  const { account, key } = await accounts.create({ name: 'clinic' });
  assert.match(account.id, /^\d{12}$/);
  assert.match(key.accessKeyId, /^AKIA[A-Z2-7]{16}$/);
  using view = rows.view();
  const credential = await credentialFor(view, key.accessKeyId);
  assert.equal(credential?.secretKey, key.secretKey);
  assert.equal(credential?.identity.kind, 'root');
  assert.equal(credential?.identity.account.canonicalId, account.canonicalId);
});

test('names, canonical ids and keys are given once', async () => {
  const { accounts, users, keys } = await house();
  const canonicalId = 'ab'.repeat(32);
  const given = { accessKeyId: 'clinic-root', secretKey: 'a-long-enough-secret' };
  const { account } = await accounts.create({ name: 'clinic', canonicalId, key: given });
  await assert.rejects(accounts.create({ name: 'clinic' }), refusal('AlreadyExists'));
  await assert.rejects(accounts.create({ name: 'other', canonicalId }), refusal('AlreadyExists'));
  await assert.rejects(accounts.create({ name: 'other', key: given }), refusal('AlreadyExists'));
  await users.create({ account: account.id, name: 'ana' });
  await assert.rejects(
    users.create({ account: account.id, name: 'ana' }),
    refusal('AlreadyExists'),
  );
  await assert.rejects(keys.create({ account: account.id, user: 'bob' }), refusal('NotFound'));
  await assert.rejects(accounts.create({ name: 'a/b' }), refusal('InvalidArgument'));
});

test('a disabled or deleted key, a deleted user: gone on the next view', async () => {
  const { rows, accounts, users, keys } = await house();
  const { account } = await accounts.create({ name: 'clinic' });
  const { key } = await users.create({ account: account.id, name: 'ana' });
  await keys.setEnabled(key.accessKeyId, false);
  {
    using view = rows.view();
    assert.equal((await credentialFor(view, key.accessKeyId))?.enabled, false);
  }
  const second = await keys.create({ account: account.id, user: 'ana' });
  await keys.delete(key.accessKeyId);
  {
    using view = rows.view();
    assert.equal(await credentialFor(view, key.accessKeyId), undefined);
    assert.deepEqual((await users.get(view, account.id, 'ana')).accessKeys, [second.accessKeyId]);
  }
  await assert.rejects(accounts.delete('clinic'), refusal('StillReferenced'));
  await users.delete(account.id, 'ana');
  await accounts.delete('clinic');
  using view = rows.view();
  assert.equal(await credentialFor(view, second.accessKeyId), undefined);
  assert.deepEqual(await accounts.list(view), []);
});

test('credentials given to the server replace the stored root keys, once', async () => {
  const { rows, accounts, keys } = await house();
  const { account, key } = await accounts.create({ name: 'default' });
  const given = { accessKeyId: 'operator', secretKey: 'operators-secret' };
  assert.equal(await keys.replaceRoot(account.id, given), true);
  assert.equal(await keys.replaceRoot(account.id, given), false);
  using view = rows.view();
  assert.equal(await credentialFor(view, key.accessKeyId), undefined);
  assert.equal((await credentialFor(view, 'operator'))?.identity.kind, 'root');
});

test('a user may do what its policy says, and a changed policy holds on the next view', async () => {
  const { rows, accounts, users } = await house();
  const { account } = await accounts.create({ name: 'clinic' });
  const allow = (action: string): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }],
    });
  const { key } = await users.create({
    account: account.id,
    name: 'ana',
    policy: allow('s3:ListAllMyBuckets'),
  });
  const may = async (): Promise<boolean> => {
    using view = rows.view();
    const credential = await credentialFor(view, key.accessKeyId);
    assert.ok(credential);
    const authorizer = new Authorizer(view, credential.identity, () => new Map());
    return (await authorizer.decide({ action: 's3:ListAllMyBuckets', resource: '*' })).allowed;
  };
  assert.equal(await may(), true);
  await users.setPolicy(account.id, 'ana', allow('s3:CreateBucket'));
  assert.equal(await may(), false);
  await users.setPolicy(account.id, 'ana', undefined);
  assert.equal(await may(), false);
  await assert.rejects(users.setPolicy(account.id, 'ana', '{'), refusal('MalformedPolicy'));
  using view = rows.view();
  const authorizer = new Authorizer(view, { kind: 'anonymous' }, () => new Map());
  await assert.rejects(
    authorizer.decide({ action: 's3:GetObject', resource: objectArn('b', 'k'), bucket: 'b' }),
    refusal('NoSuchBucket'),
  );
});
