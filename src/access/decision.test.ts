/** What the decision table in tests/ does not show: keys per permission, and facts handed in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Defect } from '../base/refusal.ts';
import { decide, type Decision } from './decision.ts';
import type { Identity } from './identity.ts';
import type { ConditionContext, Permission } from './permission.ts';
import { parseBucketPolicy } from './policy/parse.ts';
import { namedPrincipals } from './policy/principals.ts';
import {
  existingTagConditions,
  needsExistingTags,
  requestTagConditions,
} from './policy/tag-conditions.ts';

const account = { id: '111122223333', name: 'a', canonicalId: 'a'.repeat(64) };
const anonymous: Identity = { kind: 'anonymous' };

function policyOf(action: string, condition: object): ReturnType<typeof parseBucketPolicy> {
  const statement = {
    Effect: 'Allow',
    Principal: '*',
    Action: action,
    Resource: ['arn:aws:s3:::b', 'arn:aws:s3:::b/*'],
    Condition: condition,
  };
  return parseBucketPolicy(JSON.stringify({ Version: '2012-10-17', Statement: statement }), {
    bucket: 'b',
  });
}

function ask(
  policy: ReturnType<typeof parseBucketPolicy>,
  action: string,
  context: ConditionContext = new Map(),
  own?: ConditionContext,
): Decision {
  const permission: Permission = {
    action,
    resource: 'arn:aws:s3:::b/k',
    bucket: 'b',
    ...(own === undefined ? {} : { context: own }),
  };
  return decide({
    identity: anonymous,
    permission,
    context,
    bucket: { ownerAccount: account.id, policy },
  });
}

test("a permission's own keys win over the request's", () => {
  const policy = policyOf('s3:GetObjectVersion', { StringEquals: { 's3:VersionId': 'v1' } });
  const request = new Map([['s3:versionid', ['v2']]]);
  assert.equal(ask(policy, 's3:GetObjectVersion', request).allowed, false);
  const own = new Map([['s3:versionid', ['v1']]]);
  assert.equal(ask(policy, 's3:GetObjectVersion', request, own).allowed, true);
});

test("the bucket's owner is the resource's account, whatever the request was about", () => {
  const policy = policyOf('s3:*', { StringEquals: { 'aws:ResourceAccount': account.id } });
  const request = new Map([['aws:resourceaccount', ['999999999999']]]);
  assert.equal(ask(policy, 's3:GetObject', request).allowed, true);
});

test('tags that nobody read are not taken for absent', () => {
  const tagged = policyOf('s3:GetObject', { StringEquals: { 's3:ExistingObjectTag/a': '1' } });
  const permission: Permission = { action: 's3:GetObject', resource: 'arn:aws:s3:::b/k' };
  assert.equal(needsExistingTags(permission, [undefined, tagged]), true);
  assert.equal(needsExistingTags({ ...permission, action: 's3:PutObject' }, [tagged]), false);
  assert.equal(needsExistingTags(permission, [policyOf('s3:*', {}), undefined]), false);
  assert.throws(() => ask(tagged, 's3:GetObject'), Defect);
  assert.equal(ask(tagged, 's3:GetObject', existingTagConditions([])).allowed, false);
  assert.equal(ask(tagged, 's3:GetObject', existingTagConditions([['A', '1']])).allowed, true);
  assert.equal(ask(tagged, 's3:GetObject', existingTagConditions([['a', '2']])).allowed, false);
});

test('neither are the tags in a body', () => {
  const policy = policyOf('s3:PutObjectTagging', {
    'ForAllValues:StringEquals': { 's3:RequestObjectTagKeys': ['a', 'b'] },
    StringEquals: { 's3:RequestObjectTag/a': '1' },
  });
  assert.throws(() => ask(policy, 's3:PutObjectTagging'), Defect);
  const allowed = (...tags: [string, string][]): boolean =>
    ask(policy, 's3:PutObjectTagging', new Map(), requestTagConditions(tags)).allowed;
  assert.equal(allowed(['a', '1']), true);
  assert.equal(allowed(['a', '1'], ['b', '2']), true);
  assert.equal(allowed(['a', '1'], ['c', '2']), false);
  assert.equal(allowed(['b', '2']), false);
  assert.equal(allowed(), false);
});

test('a policy tells whom it names', () => {
  const principal = {
    AWS: ['111122223333', 'arn:aws:iam::111122223333:user/bob', 'AIDABOB000000'],
    CanonicalUser: 'c'.repeat(64),
  };
  const statement = { Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::b/*' };
  const text = JSON.stringify({
    Statement: [
      { ...statement, NotPrincipal: principal },
      { ...statement, Principal: '*' },
    ],
  });
  assert.deepEqual(namedPrincipals(parseBucketPolicy(text, { bucket: 'b' })), {
    accounts: new Set(['111122223333']),
    canonicalIds: new Set(['c'.repeat(64)]),
    userArns: new Set(['arn:aws:iam::111122223333:user/bob']),
    userIds: new Set(['AIDABOB000000']),
  });
});
