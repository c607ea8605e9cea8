import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UserIdentity } from '../identity.ts';
import { parseBucketPolicy } from './parse.ts';
import type { Policy } from './policy.ts';
import { bindUsers, denies, naming } from './principals.ts';

const account = { id: '000000000001', name: 'clinic', canonicalId: 'c'.repeat(64) };
const ann = (userId: string): UserIdentity => ({
  kind: 'user',
  account,
  userName: 'ann',
  userId,
  accessKeyId: 'AKIA',
});
const arn = `arn:aws:iam::${account.id}:user/ann`;
const [earlier, later] = [ann('AIDAEARLIER00'), ann('AIDALATER0000')];

function bound(who: object, users: Readonly<Record<string, string>> | undefined) {
  const statement = { Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::bkt/*', ...who };
  const text = JSON.stringify({ Statement: statement });
  const policy: Policy = bindUsers(parseBucketPolicy(text, { bucket: 'bkt' }), users);
  const principals = policy.statements[0]?.principals;
  assert.ok(principals !== undefined);
  return principals;
}

test('a policy names who had the name when it was put', () => {
  const users = { [arn]: earlier.userId };
  const principals = bound({ Principal: { AWS: arn } }, users);
  assert.equal(naming(principals, earlier), 'named');
  assert.equal(naming(principals, later), 'no');
  const spared = bound({ NotPrincipal: { AWS: [arn, account.id] } }, users);
  assert.equal(denies(spared, earlier), false);
  assert.equal(denies(spared, later), true);
});

test('unique ids stay beside what ARNs become; an ARN without an id names nobody', () => {
  const principals = bound({ Principal: { AWS: [arn, later.userId] } }, {});
  assert.equal(naming(principals, earlier), 'no');
  assert.equal(naming(principals, later), 'named');
});

test('a policy of before ids were kept names whoever has the name', () => {
  assert.equal(naming(bound({ Principal: { AWS: arn } }, undefined), later), 'named');
});
