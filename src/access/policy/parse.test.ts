import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { s3Limits } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import { parseBucketPolicy, parseIdentityPolicy } from './parse.ts';

const { policyBytesMax } = s3Limits;
const bucket = 'awsexamplebucket1';

/** AWS's documented policy, to the letter (S3 User Guide, "Using server-side encryption with SSE-S3"). */
const documented = `{
  "Version": "2012-10-17",
  "Id": "PutObjPolicy",
  "Statement": [
    {
      "Sid": "DenyIncorrectEncryptionHeader",
      "Effect": "Deny",
      "Principal": "*",
      "Action": "s3:PutObject",
      "Resource": "arn:aws:s3:::awsexamplebucket1/*",
      "Condition": {
        "StringNotEquals": {
          "s3:x-amz-server-side-encryption": "AES256"
        }
      }
    },
    {
      "Sid": "DenyUnencryptedObjectUploads",
      "Effect": "Deny",
      "Principal": "*",
      "Action": "s3:PutObject",
      "Resource": "arn:aws:s3:::awsexamplebucket1/*",
      "Condition": {
        "Null": {
          "s3:x-amz-server-side-encryption": "true"
        }
      }
    }
  ]
}`;

const ofBucket = (text: string) => (): unknown => parseBucketPolicy(text, { bucket });
const ofUser = (text: string) => (): unknown => parseIdentityPolicy(text);

function refusal(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    assert.equal(error.code, 'MalformedPolicy');
    return error.message;
  }
  return 'accepted';
}

const statement = {
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: `arn:aws:s3:::${bucket}/*`,
};

/** A bucket policy of one statement, changed. */
const changed = (change: Record<string, unknown>, without?: string): string => {
  const entries = Object.entries({ ...statement, ...change }).filter(([name]) => name !== without);
  return JSON.stringify({ Version: '2012-10-17', Statement: Object.fromEntries(entries) });
};

test('the documented policy is read as it stands', () => {
  const policy = parseBucketPolicy(documented, { bucket });
  assert.equal(policy.id, 'PutObjPolicy');
  assert.equal(policy.version, '2012-10-17');
  assert.deepEqual(
    policy.statements.map(({ sid, effect, index }) => [sid, effect, index]),
    [
      ['DenyIncorrectEncryptionHeader', 'Deny', 0],
      ['DenyUnencryptedObjectUploads', 'Deny', 1],
    ],
  );
  const [condition] = policy.statements[0]?.conditions ?? [];
  assert.equal(condition?.operator, 'StringNotEquals');
  assert.equal(condition?.key, 's3:x-amz-server-side-encryption');
});

test('a refusal says where', () => {
  const text = documented.replace('"s3:PutObject"', '"s3:PutObjet"');
  assert.equal(
    refusal(ofBucket(text)),
    'Policy has invalid action (line 9, column 17: "s3:PutObjet")',
  );
  assert.equal(
    refusal(ofBucket(documented.replace('"AES256"', '"AES256",'))),
    'This policy contains invalid Json (line 14, column 9: a name in double quotes was expected)',
  );
});

test('what AWS refuses is refused with its words', () => {
  const cases: readonly (readonly [text: string, words: string])[] = [
    ['', "Policies must be valid JSON and the first byte must be '{'"],
    [` ${documented}`, "Policies must be valid JSON and the first byte must be '{'"],
    ['{"Version":"2012-10-17"}', 'Missing required field Statement'],
    ['{"Statement":[]}', 'Could not parse the policy: Statement is empty!'],
    ['{"Version":"2020-01-01","Statement":[]}', 'The policy must contain a valid version string'],
    ['{"Statements":[],"Statement":[]}', 'Unknown field "Statements"'],
    [changed({ Effects: 'Allow' }), 'Unknown field "Effects"'],
    [changed({}, 'Effect'), 'Missing required field Effect'],
    [changed({ Effect: 'allow' }), 'Invalid effect: "allow"'],
    [changed({}, 'Principal'), 'Missing required field Principal'],
    [changed({}, 'Action'), 'Missing required field Action'],
    [changed({}, 'Resource'), 'Missing required field Resource'],
    [changed({ NotAction: 's3:*' }), 'Statement has both Action and NotAction'],
    [changed({ NotResource: statement.Resource }), 'Statement has both Resource and NotResource'],
    [changed({ NotPrincipal: '*' }), 'Statement has both Principal and NotPrincipal'],
    [changed({ NotPrincipal: '*' }, 'Principal'), 'Allow with NotPrincipal is not allowed'],
    [changed({ Sid: 1 }), 'Policy has an invalid Sid'],
    [changed({ Action: [] }), 'Policy has invalid action'],
    [changed({ Action: 'ec2:RunInstances' }), 'Policy has invalid action'],
    [changed({ Action: 'GetObject' }), 'Policy has invalid action'],
    [changed({ Action: 's3:Nothing*' }), 'Policy has invalid action'],
    [changed({ Action: 'coffer:RotateKeys' }), 'Policy has invalid action'],
    [changed({ Resource: '*' }), 'Policy has invalid resource'],
    [changed({ Resource: 'arn:aws:s3:::other/*' }), 'Policy has invalid resource'],
    [changed({ Resource: 'arn:aws:s3:::*' }), 'Policy has invalid resource'],
    [changed({ Resource: `arn:aws:s3:::${bucket}2/*` }), 'Policy has invalid resource'],
    [changed({ Resource: `arn:aws:s3:::${bucket}\${aws:userid}` }), 'Policy has invalid resource'],
    [changed({ Resource: `arn:aws:s3:eu:1:${bucket}/*` }), 'Policy has invalid resource'],
    [
      changed({ Resource: `arn:aws:s3:::${bucket}` }),
      'Action does not apply to any resource(s) in statement',
    ],
    [changed({ Action: 's3:ListBucket' }), 'Action does not apply to any resource(s) in statement'],
    [
      changed({ Action: ['s3:GetObject', 's3:ListBucket'] }),
      'Action does not apply to any resource(s) in statement',
    ],
    [
      changed({ Action: 's3:ListAllMyBuckets' }),
      'Action does not apply to any resource(s) in statement',
    ],
    [
      changed({ Condition: { StringLike: { 's3:prefix': 'a' } } }),
      'Conditions do not apply to combination of actions and resources in statement',
    ],
    [
      changed({
        Action: ['s3:PutObject', 's3:GetObject'],
        Condition: { StringEquals: { 's3:x-amz-acl': 'private' } },
      }),
      'Conditions do not apply to combination of actions and resources in statement',
    ],
  ];
  for (const [text, words] of cases) {
    const found = refusal(ofBucket(text));
    assert.ok(found.startsWith(`${words} (line `), `${text}\n${found}\n${words}`);
  }
});

test('principals are accounts, users, canonical users or everyone', () => {
  const user = 'arn:aws:iam::111122223333:user/division/bob';
  const good: unknown[] = [
    '*',
    { AWS: '*' },
    { AWS: '111122223333' },
    { AWS: 'arn:aws:iam::111122223333:root' },
    { AWS: [user, 'AIDAABCDEFGHIJ'] },
    { CanonicalUser: '0123456789ABCDEFabcdef'.padEnd(64, '0') },
    { AWS: user, CanonicalUser: ['a'.repeat(64)] },
  ];
  for (const Principal of good) assert.equal(refusal(ofBucket(changed({ Principal }))), 'accepted');
  const bad: unknown[] = [
    'arn:aws:iam::111122223333:root',
    ['*'],
    {},
    { AWS: [] },
    { AWS: 111122223333 },
    { AWS: '1111' },
    { AWS: '111122223333:root' },
    { AWS: 'arn:aws:iam::111122223333:user/*' },
    { AWS: 'arn:aws:iam::*:root' },
    { AWS: 'arn:aws:iam::111122223333:role/admin' },
    { AWS: 'arn:aws:sts::111122223333:assumed-role/a/b' },
    { CanonicalUser: '*' },
    { Service: 'cloudtrail.amazonaws.com' },
    { Federated: 'graph.facebook.com' },
    { aws: '*' },
  ];
  for (const Principal of bad) {
    assert.match(
      refusal(ofBucket(changed({ Principal }))),
      /^Invalid principal in policy \(line 1/,
    );
  }
});

test('conditions name known operators and supported keys, with values they can read', () => {
  const agent = { 'aws:UserAgent': 'x' };
  const good: object[] = [
    {},
    { StringEquals: agent },
    { 'ForAnyValue:stringlikeifexists': agent },
    { Bool: { 'AWS:securetransport': false } },
    { NumericEquals: { 's3:signatureAge': 1000 } },
    { StringEquals: { 's3:ExistingObjectTag/Class': ['a', 'b'] } },
    { ArnLike: { 'aws:PrincipalArn': ['*', 'arn:aws:iam::${aws:PrincipalAccount}:user/*'] } },
  ];
  for (const Condition of good) {
    assert.equal(refusal(ofBucket(changed({ Condition }))), 'accepted', JSON.stringify(Condition));
  }
  const bad: readonly (readonly [condition: unknown, words: RegExp])[] = [
    [[], /^Policy has an invalid condition \(line 1, column \d+: an object/],
    [{ StringEquals: {} }, /^Policy has an invalid condition \(.*no key/],
    [{ StringEquals: 'x' }, /^Policy has an invalid condition \(/],
    [{ StringSame: agent }, /^Invalid Condition type : "StringSame" \(line 1, column \d+\)$/],
    [{ 'ForSomeValue:StringEquals': agent }, /^Invalid Condition type/],
    [{ NullIfExists: { 'aws:UserAgent': true } }, /^Invalid Condition type/],
    [{ 'ForAllValues:Null': { 'aws:UserAgent': true } }, /^Invalid Condition type/],
    [
      { StringEquals: { 's3:nonsense': 'x' } },
      /^Policy has an invalid condition key .*s3:nonsense/,
    ],
    [{ StringEquals: { 's3:ExistingObjectTag/': 'x' } }, /^Policy has an invalid condition key/],
    [{ StringEquals: { 's3:ExistingObjectTag': 'x' } }, /^Policy has an invalid condition key/],
    [{ StringEquals: { 'ec2:Region': 'x' } }, /^Policy has an invalid condition key/],
    [
      { StringEquals: { 'aws:SourceVpce': 'x' } },
      /condition key .*"aws:SourceVpce" is not supported/,
    ],
    [{ StringEquals: { ...agent, 'aws:useragent': 'y' } }, /"aws:useragent" is given twice/],
    [{ StringEquals: { 'aws:UserAgent': [] } }, /condition value .*the list is empty/],
    [{ StringEquals: { 'aws:UserAgent': null } }, /condition value .*not null/],
    [{ StringEquals: { 'aws:UserAgent': [['x']] } }, /condition value .*not array/],
    [{ NumericEquals: { 's3:signatureAge': 'ten' } }, /condition value .*"ten": not a number/],
    [{ DateEquals: { 'aws:CurrentTime': '2026-13-01' } }, /condition value .*not a date/],
    [{ Bool: { 'aws:SecureTransport': 'yes' } }, /condition value .*neither true nor false/],
    [{ Null: { 'aws:UserAgent': '1' } }, /condition value/],
    [{ IpAddress: { 'aws:SourceIp': '10.0.0.0/33' } }, /condition value .*not an IP address/],
    [{ ArnLike: { 'aws:PrincipalArn': 'bob' } }, /condition value .*six parts/],
    [{ BinaryEquals: { 'aws:UserAgent': '***' } }, /condition value .*not base64/],
    [{ StringEquals: { 'aws:UserAgent': '${aws:username' } }, /^Policy has an invalid variable/],
    [{ StringEquals: { 'aws:UserAgent': '${aws:nobody}' } }, /invalid variable .*no condition key/],
    [{ StringEquals: { 'aws:UserAgent': '${aws:SourceVpc}' } }, /invalid variable .*VPC/],
    [
      { StringEquals: { 'aws:UserAgent': '${s3:RequestObjectTagKeys}' } },
      /invalid variable .*several values/,
    ],
  ];
  for (const [Condition, words] of bad) {
    assert.match(refusal(ofBucket(changed({ Condition }))), words, JSON.stringify(Condition));
  }
});

test('resources of the bucket, its objects, or both', () => {
  const whole = (Action: unknown, Resource: unknown): string =>
    refusal(ofBucket(changed({ Action, Resource })));
  const arn = `arn:aws:s3:::${bucket}`;
  assert.equal(whole('s3:ListBucket', arn), 'accepted');
  assert.equal(whole(['s3:ListBucket', 's3:GetObject'], [arn, `${arn}/*`]), 'accepted');
  assert.equal(whole(['s3:ListBucket', 's3:GetObject'], `${arn}*`), 'accepted');
  assert.equal(whole('*', `${arn}/a/\${aws:username}/?`), 'accepted');
  assert.equal(whole('s3:*', arn), 'accepted');
  assert.equal(whole('s3:Get*', arn), 'accepted');
});

test('an identity policy has no principals, any resource, and other services', () => {
  const own = (change: object): string =>
    JSON.stringify({ Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*', ...change } });
  const good = [
    own({}),
    own({ Action: '*' }),
    own({ Action: ['coffer:*', 'coffer:RotateKeys', 's3:Get*'] }),
    own({ Action: 's3:ListBucket', Resource: 'arn:aws:s3:::any/*' }),
    own({ Action: 'ec2:RunInstances', Condition: { StringEquals: { 'ec2:Region': 'x' } } }),
    own({ Action: undefined, NotAction: 'iam:*' }),
    own({ Resource: ['arn:aws:s3:::a', 'arn:aws:iam::111122223333:user/${aws:username}'] }).replace(
      '{',
      '{"Version":"2012-10-17",',
    ),
  ];
  for (const text of good) assert.equal(refusal(ofUser(text)), 'accepted', text);
  const bad: readonly (readonly [text: string, words: RegExp])[] = [
    [own({ Principal: '*' }), /^Policy document should not specify a principal \(/],
    [own({}).replace('{', '{"Id":"x",'), /^Unknown field "Id"/],
    [own({ Action: 's3:Nothing' }), /^Policy has invalid action/],
    [own({ Action: 'coffer:Rotate-Keys' }), /^Policy has invalid action/],
    [own({ Action: 'e*:RunInstances' }), /^Policy has invalid action/],
    [own({ Action: 'Everything' }), /^Policy has invalid action/],
    [own({ Resource: 'bucket/*' }), /^Policy has invalid resource/],
    [own({ Resource: 'arn:aws:s3:::${' }).replace('{', '{"Version":"2012-10-17",'), /variable/],
    [own({ Condition: { StringEquals: { 'aws:SourceVpc': 'x' } } }), /condition key/],
  ];
  for (const [text, words] of bad) assert.match(refusal(ofUser(text)), words, text);
});

test('a policy of 20 KB is read, a larger one is not', () => {
  const padded = (bytes: number): string => documented + ' '.repeat(bytes - documented.length);
  assert.equal(refusal(ofBucket(padded(policyBytesMax))), 'accepted');
  assert.match(refusal(ofBucket(padded(policyBytesMax + 1))), /maximum allowed document size/);
  const wide = documented.replace('PutObjPolicy', 'é'.repeat(policyBytesMax / 2));
  assert.match(refusal(ofBucket(wide)), /maximum allowed document size/);
});

test('no text makes the parser throw anything but its refusal', () => {
  const parses = [ofBucket, ofUser];
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
      for (const parse of parses) refusal(parse(text));
    }),
  );
  fc.assert(
    fc.property(fc.nat(documented.length), fc.nat(40), fc.string(), (at, length, other) => {
      const text = documented.slice(0, at) + other + documented.slice(at + length);
      for (const parse of parses) refusal(parse(text));
    }),
  );
});

test('no value anywhere in a statement makes it throw anything but its refusal', () => {
  const fields = ['Effect', 'Principal', 'NotPrincipal', 'Action', 'Resource', 'Condition'];
  fc.assert(
    fc.property(fc.constantFrom(...fields), fc.jsonValue(), (field, value) => {
      refusal(ofBucket(changed({ [field]: value })));
    }),
  );
});
