import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshRows } from '../../tests/rows-fixture.ts';
import { Refusal } from '../base/refusal.ts';
import { AccessKeys } from './access-keys.ts';
import { Accounts } from './accounts.ts';
import { knownPrincipals } from './known-principals.ts';
import { parseBucketPolicy } from './policy/parse.ts';
import { Users } from './users.ts';

const clock = (): Date => new Date(1_795_000_000_000);

test('a policy may name whoever exists, and nobody else', async () => {
  const rows = await freshRows();
  const keys = new AccessKeys(rows, clock);
  const { account } = await new Accounts(rows, clock, keys).create({ name: 'clinic' });
  const { user } = await new Users(rows, clock, keys).create({ account: account.id, name: 'ann' });
  const known = async (principal: object | string): Promise<string> => {
    const statement = {
      Effect: 'Deny',
      Principal: principal,
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::bkt/*',
    };
    using view = rows.view();
    const policy = parseBucketPolicy(JSON.stringify({ Statement: statement }), { bucket: 'bkt' });
    return await knownPrincipals(view, policy).then(
      (users) => (users === undefined ? 'known' : JSON.stringify(users)),
      (error) =>
        error instanceof Refusal
          ? `${error.code} ${error.detail.fields?.['Detail']}`
          : String(error),
    );
  };
  const stranger = '000000000001';
  const arn = `arn:aws:iam::${account.id}:user/bob`;
  assert.equal(await known('*'), 'known');
  assert.equal(await known({ AWS: [account.id, `arn:aws:iam::${account.id}:root`] }), 'known');
  assert.equal(
    await known({ AWS: [user.arn, user.id], CanonicalUser: account.canonicalId }),
    JSON.stringify({ [user.arn]: user.id }),
  );
  assert.equal(await known({ AWS: [account.id, stranger] }), `MalformedPolicy ${stranger}`);
  assert.equal(await known({ AWS: [user.arn, arn] }), `MalformedPolicy ${arn}`);
  assert.equal(await known({ AWS: 'AIDAAAAAAAAAAAA' }), 'MalformedPolicy AIDAAAAAAAAAAAA');
  const id = 'a'.repeat(64);
  assert.equal(await known({ CanonicalUser: id }), `MalformedPolicy ${id}`);
});
