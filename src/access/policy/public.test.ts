import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBucketPolicy } from './parse.ts';
import { isPublic } from './public.ts';

const bucket = 'b';

function verdict(...changes: readonly object[]): boolean {
  const statements = changes.map((change) => ({
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:PutObject',
    Resource: 'arn:aws:s3:::b/*',
    ...change,
  }));
  const text = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const policy = parseBucketPolicy(text, { bucket });
  assert.equal(isPublic(policy), isPublic(policy));
  return isPublic(policy);
}

const held = (operator: string, key: string, value: unknown): object => ({
  Condition: { [operator]: { [key]: value } },
});

test('everyone without a condition is the public', () => {
  assert.equal(verdict({}), true);
  assert.equal(verdict({ Principal: { AWS: ['111122223333', '*'] } }), true);
});

test('named principals and denials are not', () => {
  assert.equal(verdict({ Principal: { AWS: '111122223333' } }), false);
  assert.equal(verdict({ Principal: { CanonicalUser: 'a'.repeat(64) } }), false);
  assert.equal(verdict({ Effect: 'Deny' }), false);
  const { NotPrincipal } = { NotPrincipal: { AWS: '111122223333' } };
  assert.equal(verdict({ Effect: 'Deny', Principal: undefined, NotPrincipal }), false);
});

test('one public statement makes the policy public', () => {
  assert.equal(verdict({ Principal: { AWS: '111122223333' } }, {}), true);
});

test('networks up to /8 and /32 are not the public', () => {
  const cases: readonly (readonly [value: unknown, isPublic: boolean])[] = [
    ['203.0.113.0/24', false],
    ['10.0.0.0/8', false],
    ['10.0.0.0/7', true],
    ['0.0.0.0/0', true],
    ['0.0.0.0/1', true],
    ['2001:db8::/32', false],
    ['2001:db8::/31', true],
    [['203.0.113.0/24', '0.0.0.0/0'], true],
  ];
  for (const [value, expected] of cases) {
    assert.equal(verdict(held('IpAddress', 'aws:SourceIp', value)), expected, String(value));
  }
  assert.equal(verdict(held('NotIpAddress', 'aws:SourceIp', '203.0.113.0/24')), true);
  assert.equal(verdict(held('IpAddressIfExists', 'aws:SourceIp', '203.0.113.0/24')), true);
});

test('fixed values of the listed keys are not the public, wildcards and variables are', () => {
  const user = 'arn:aws:iam::111122223333:user/bob';
  const kms = 's3:x-amz-server-side-encryption-aws-kms-key-id';
  const cases: readonly (readonly [condition: object, isPublic: boolean])[] = [
    [held('StringEquals', 'aws:PrincipalAccount', '111122223333'), false],
    [held('StringEquals', 'aws:PrincipalAccount', ['111122223333', 'anonymous']), true],
    [held('StringLike', 'aws:PrincipalAccount', '1*'), true],
    [held('StringNotEquals', 'aws:PrincipalAccount', '111122223333'), true],
    [held('StringEqualsIfExists', 'aws:PrincipalAccount', '111122223333'), true],
    [held('ForAllValues:StringEquals', 'aws:PrincipalAccount', '111122223333'), true],
    [held('ForAnyValue:StringEquals', 'aws:PrincipalAccount', '111122223333'), false],
    [held('ArnEquals', 'aws:PrincipalArn', user), false],
    [held('ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::111122223333:user/*'), true],
    [held('StringEquals', 'aws:userid', 'AIDABOB000000'), false],
    [held('StringEquals', 'aws:userid', '${aws:userid}'), true],
    [held('StringLike', 'aws:userid', '*'), true],
    [held('ArnEquals', kms, 'arn:aws:kms:r:111122223333:key/x'), false],
    [held('StringEquals', 'aws:referer', 'https://example.com'), true],
    [held('StringEquals', 'aws:username', 'bob'), true],
    [held('Bool', 'aws:SecureTransport', 'true'), true],
  ];
  for (const [condition, expected] of cases) {
    assert.equal(verdict(condition), expected, JSON.stringify(condition));
  }
});
