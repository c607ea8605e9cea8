import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Refusal } from '../../base/refusal.ts';
import { parsePostPolicy } from './post-policy-document.ts';
import { checkPostPolicy } from './post-policy.ts';

const now = new Date('2026-11-24T08:00:00Z');
const expiration = '2026-11-24T09:00:00.000Z';
const encode = (document: unknown): string =>
  Buffer.from(typeof document === 'string' ? document : JSON.stringify(document)).toString(
    'base64',
  );
const policyOf = (conditions: unknown) => encode({ expiration, conditions });

const bucket = { bucket: 'b' };
function check(conditions: unknown, fields: Readonly<Record<string, string>>, at = now) {
  const given = Object.entries(fields).map(([name, value]) => [name, [value]] as const);
  return checkPostPolicy(parsePostPolicy(policyOf(conditions)), {
    fields: new Map([['policy', ['p']], ['x-amz-signature', ['s']], ...given]),
    bucket: 'b',
    now: at,
  });
}

const allowed: readonly (readonly [string, unknown, Readonly<Record<string, string>>])[] = [
  ['eq as an object', [bucket, { key: 'k' }], { key: 'k' }],
  ['eq as a list', [bucket, ['eq', '$key', 'k']], { key: 'k' }],
  ['names in any case', [{ BUCKET: 'b' }, ['StArTs-WiTh', '$KeY', 'k']], { key: 'k1' }],
  ['starts-with nothing takes anything', [bucket, ['starts-with', '$key', '']], { key: 'x' }],
  [
    'x-ignore-* and file need no condition',
    [bucket, ['eq', '$key', 'k']],
    { key: 'k', 'x-ignore-a': '1', file: '' },
  ],
  [
    'every type of a list starts so',
    [bucket, ['eq', '$key', 'k'], ['starts-with', '$Content-Type', 'image/']],
    { key: 'k', 'content-type': 'image/jpg,image/png, image/gif' },
  ],
  ['the bucket as a field', [bucket, ['eq', '$key', 'k']], { key: 'k', bucket: 'b' }],
];

for (const [name, conditions, fields] of allowed) {
  test(`${name}: allowed`, () => {
    assert.equal(check(conditions, fields), undefined);
  });
}

const failed = 'Invalid according to Policy: Policy Condition failed: ';
const denied: readonly (readonly [string, unknown, Readonly<Record<string, string>>, string])[] = [
  ['another value', [{ key: 'k' }], { key: 'x' }, `${failed}["eq", "$key", "k"]`],
  ['another case of a value', [{ key: 'k' }], { key: 'K' }, `${failed}["eq", "$key", "k"]`],
  [
    'another prefix',
    [['starts-with', '$key', 'a/']],
    { key: 'b/a/' },
    `${failed}["starts-with", "$key", "a/"]`,
  ],
  [
    'a field that is absent',
    [['starts-with', '$acl', '']],
    {},
    `${failed}["starts-with", "$acl", ""]`,
  ],
  ['a name without $', [['eq', 'key', 'k']], { key: 'k' }, `${failed}["eq", "key", "k"]`],
  [
    'one type of a list',
    [['starts-with', '$Content-Type', 'image/']],
    { 'content-type': 'image/jpg,text/plain' },
    `${failed}["starts-with", "$Content-Type", "image/"]`,
  ],
  [
    'commas in other fields',
    [{ acl: 'private' }],
    { acl: 'private,public-read' },
    `${failed}["eq", "$acl", "private"]`,
  ],
  ['another bucket', [{ bucket: 'other' }], {}, `${failed}["eq", "$bucket", "other"]`],
  ['a bucket field that differs', [bucket], { bucket: 'c' }, `${failed}["eq", "$bucket", "b"]`],
  [
    'an extra field',
    [bucket, ['starts-with', '$key', '']],
    { key: 'k', 'x-amz-meta-foo': '1' },
    'Invalid according to Policy: Extra input fields: x-amz-meta-foo',
  ],
  [
    'an extra SSE header',
    [bucket, { key: 'k' }],
    { key: 'k', 'x-amz-server-side-encryption': 'AES256' },
    'Invalid according to Policy: Extra input fields: x-amz-server-side-encryption',
  ],
  [
    'a policy that names no bucket, and so would hold for all',
    [{ key: 'k' }],
    { key: 'k' },
    'Invalid according to Policy: Extra input fields: bucket',
  ],
  [
    'a range that is none',
    [['content-length-range', 'test', '10']],
    {},
    `${failed}["content-length-range", "test", "10"]`,
  ],
];

for (const [name, conditions, fields, message] of denied) {
  test(`${name}: denied`, () => {
    assert.throws(() => check(conditions, fields), { code: 'AccessDenied', message });
  });
}

test('a policy ends at its expiration', () => {
  assert.equal(check([bucket], {}, new Date(expiration)), undefined);
  assert.throws(() => check([], {}, new Date('2026-11-24T09:00:00.001Z')), {
    code: 'AccessDenied',
    message: 'Invalid according to Policy: Policy expired.',
  });
});

test('the length of the file is handed on, the narrowest of all', () => {
  assert.deepEqual(check([bucket, ['content-length-range', 5, 10]], {}), { min: 5, max: 10 });
  assert.deepEqual(check([bucket, ['content-length-range', '5', '10']], {}), { min: 5, max: 10 });
  const both = [bucket, ['content-length-range', 1, 10], ['content-length-range', 2, 20]];
  assert.deepEqual(check(both, {}), { min: 2, max: 10 });
});

test('repeated fields are compared as they will be used: together', () => {
  const policy = parsePostPolicy(policyOf([{ acl: 'private' }]));
  const fields = new Map([['acl', ['private', 'private']]]);
  assert.throws(() => checkPostPolicy(policy, { fields, bucket: 'b', now }), {
    code: 'AccessDenied',
  });
});

const invalid: readonly (readonly [string, string, RegExp])[] = [
  ['not base64', '%%%', /Base64/],
  ['not JSON', encode('{'), /Invalid JSON/],
  ['not UTF-8', Buffer.from([0x22, 0xff, 0x22]).toString('base64'), /Invalid JSON/],
  ['not an object', encode('[]'), /Invalid JSON/],
  ['very deep', encode('['.repeat(14_000)), /Invalid JSON/],
  ['too long', encode(`{"expiration":"${'x'.repeat(20_000)}"}`), /Base64/],
  ['no expiration', encode({ conditions: [] }), /Policy missing expiration/],
  ['no conditions', encode({ expiration }), /Policy missing conditions/],
  ['conditions that are no list', encode({ expiration, conditions: {} }), /must be a List/],
  [
    'names in capitals',
    encode({ EXPIRATION: expiration, conditions: [] }),
    /Unexpected: 'expiration'/,
  ],
  [
    '__proto__',
    encode(`{"__proto__":{},"expiration":"${expiration}","conditions":[]}`),
    /Unexpected/,
  ],
  [
    'a local time',
    encode({ expiration: '2026-11-24T09:00:00+02:00', conditions: [] }),
    /Invalid 'expiration' value/,
  ],
  [
    'no time',
    encode({ expiration: '2026-13-24T09:00:00Z', conditions: [] }),
    /Invalid 'expiration' value/,
  ],
  ['a number as condition', policyOf([1]), /must be a List or Object/],
  ['an empty object', policyOf([{}]), /exactly one property/],
  ['two properties', policyOf([{ a: '1', b: '2' }]), /exactly one property/],
  ['a number as value', policyOf([{ 'Content-Length': 5 }]), /value must be a string/],
  ['an empty list', policyOf([[]]), /missing operation identifier/],
  ['an unknown operator', policyOf([['matches', '$key', 'a']]), /unknown operation 'matches'/],
  ['too few arguments', policyOf([['content-length-range', 0]]), /wrong number of arguments/],
  ['too many arguments', policyOf([['eq', '$key', 'a', 'b']]), /wrong number of arguments/],
  ['a list as value', policyOf([['eq', '$key', ['a']]]), /Invalid JSON/],
  ['a negative length', policyOf([['content-length-range', -1, 0]]), /Invalid JSON/],
  ['half a byte', policyOf([['content-length-range', 0, 0.5]]), /Invalid JSON/],
];

for (const [name, text, message] of invalid) {
  test(`a policy with ${name} is InvalidPolicyDocument`, () => {
    assert.throws(
      () => parsePostPolicy(text),
      (error: unknown) =>
        error instanceof Refusal &&
        error.code === 'InvalidPolicyDocument' &&
        message.test(error.message),
    );
  });
}

test('any text is a policy or a refusal', () => {
  const texts = fc.oneof(
    fc.string(),
    fc.json().map(encode),
    fc.json().map(policyOf),
    fc.array(fc.oneof(fc.json(), fc.array(fc.json()))).map((value) => policyOf(value)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        parsePostPolicy(text);
      } catch (error) {
        assert.ok(error instanceof Refusal);
      }
    }),
  );
});
