/** The decision table: whom a policy lets in, keeps out, and shuts out of a restricted bucket. */
import {
  account,
  all,
  asEveryone,
  bob,
  byBucket,
  byOwner,
  byUser,
  carol,
  deny,
  grant,
  noAllow,
  other,
  own,
  type Scenario,
} from './policy-scenario.ts';

const principalRows: readonly Scenario[] = [
  ...asEveryone('no policy at all', {}, [byOwner, noAllow, noAllow, noAllow, noAllow]),
  ...asEveryone('only their own policies', { userStatements: [own] }, [
    byOwner,
    byUser,
    noAllow,
    noAllow,
    noAllow,
  ]),
  ...asEveryone('Allow "*"', { statements: [grant('*')] }, [
    byOwner,
    byBucket,
    byBucket,
    noAllow,
    byBucket,
  ]),
  ...asEveryone('Allow {"AWS": "*"}', { statements: [grant({ AWS: '*' })] }, [
    byOwner,
    byBucket,
    byBucket,
    noAllow,
    byBucket,
  ]),
  ...asEveryone(
    'Allow "*" and their own policies',
    { statements: [grant('*')], userStatements: [own] },
    [byOwner, byBucket, byBucket, byBucket, byBucket],
  ),
  ...asEveryone('Allow the owner account', { statements: [grant(account('111122223333'))] }, [
    byOwner,
    noAllow,
    noAllow,
    noAllow,
    noAllow,
  ]),
  ...asEveryone(
    'Allow the owner account and their own policies',
    { statements: [grant(account('111122223333'))], userStatements: [own] },
    [byOwner, byUser, noAllow, noAllow, noAllow],
  ),
  ...asEveryone('Allow the other account', { statements: [grant(account('444455556666'))] }, [
    byOwner,
    noAllow,
    byBucket,
    noAllow,
    noAllow,
  ]),
  ...asEveryone(
    'Allow the other account by root ARN and their own policies',
    { statements: [grant(account('arn:aws:iam::444455556666:root'))], userStatements: [own] },
    [byOwner, byUser, byBucket, byBucket, noAllow],
  ),
  ...asEveryone(
    'Allow the other account by canonical id and their own policies',
    { statements: [grant({ CanonicalUser: other.canonicalId })], userStatements: [own] },
    [byOwner, byUser, byBucket, byBucket, noAllow],
  ),
  ...asEveryone('Allow bob by ARN', { statements: [grant(bob)] }, [
    byOwner,
    byBucket,
    noAllow,
    noAllow,
    noAllow,
  ]),
  ...asEveryone('Allow bob by id', { statements: [grant({ AWS: 'AIDABOB000000' })] }, [
    byOwner,
    byBucket,
    noAllow,
    noAllow,
    noAllow,
  ]),
  ...asEveryone('Allow carol by ARN', { statements: [grant(carol)] }, [
    byOwner,
    noAllow,
    noAllow,
    noAllow,
    noAllow,
  ]),
  ...asEveryone(
    'Allow carol by ARN, and her own policy',
    { statements: [grant(carol)], userStatements: [own] },
    [byOwner, byUser, noAllow, byBucket, noAllow],
  ),
];

const by0 = 'explicit-deny bucket-policy 0';
const by1 = 'explicit-deny bucket-policy 1';

const denyRows: readonly Scenario[] = [
  ...asEveryone('Deny "*"', { statements: [deny('*')], userStatements: [own] }, [
    by0,
    by0,
    by0,
    by0,
    by0,
  ]),
  ...asEveryone('Deny after Allow', { statements: [grant('*'), deny('*')] }, [
    by1,
    by1,
    by1,
    by1,
    by1,
  ]),
  ...asEveryone(
    'Deny the owner account',
    { statements: [deny(account('111122223333')), grant('*')], userStatements: [own] },
    [by0, by0, 'allowed bucket-policy 1', 'allowed bucket-policy 1', 'allowed bucket-policy 1'],
  ),
  ...asEveryone('Deny bob', { statements: [deny(bob), grant('*')], userStatements: [own] }, [
    byOwner,
    by0,
    'allowed bucket-policy 1',
    'allowed bucket-policy 1',
    'allowed bucket-policy 1',
  ]),
  ...asEveryone(
    'Deny by NotPrincipal bob and his account',
    {
      statements: [
        {
          Effect: 'Deny',
          NotPrincipal: { AWS: [bob.AWS, '111122223333'] },
          Action: 's3:*',
          Resource: all,
        },
        grant('*'),
      ],
    },
    [byOwner, 'allowed bucket-policy 1', by0, by0, by0],
  ),
  ...asEveryone(
    'Deny by NotPrincipal bob without his account',
    {
      statements: [
        { Effect: 'Deny', NotPrincipal: bob, Action: 's3:*', Resource: all },
        grant('*'),
      ],
    },
    [by0, by0, by0, by0, by0],
  ),
  ...asEveryone(
    'Deny by NotPrincipal the account without bob',
    {
      statements: [
        { Effect: 'Deny', NotPrincipal: account('111122223333'), Action: 's3:*', Resource: all },
        grant('*'),
      ],
    },
    [byOwner, by0, by0, by0, by0],
  ),
  ...asEveryone(
    'Deny in their own policy',
    { statements: [grant('*')], userStatements: [{ ...own, Effect: 'Deny', Sid: 'Never' }] },
    [
      byOwner,
      'explicit-deny identity-policy Never',
      byBucket,
      'explicit-deny identity-policy Never',
      byBucket,
    ],
  ),
  ...['s3:GetBucketPolicy', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy'].flatMap((action) =>
    asEveryone(
      `${action} under Deny "*"`,
      {
        action,
        on: 'examplebucket',
        statements: [deny('*')],
        userStatements: [{ ...own, Action: '*' }],
      },
      [byOwner, by0, by0, by0, by0],
    ),
  ),
  ...asEveryone(
    's3:GetBucketPolicyStatus under Deny "*"',
    { action: 's3:GetBucketPolicyStatus', on: 'examplebucket', statements: [deny('*')] },
    [by0, by0, by0, by0, by0],
  ),
];

const blocked = 'public-blocked';

const publicRows: readonly Scenario[] = [
  ...asEveryone('restricted, public', { statements: [grant('*')], restricted: true }, [
    byOwner,
    byBucket,
    blocked,
    noAllow,
    blocked,
  ]),
  ...asEveryone(
    'restricted, public by another statement',
    {
      statements: [grant(account('444455556666')), grant('*', { Action: 's3:PutObject' })],
      restricted: true,
    },
    [byOwner, noAllow, blocked, noAllow, noAllow],
  ),
  ...asEveryone(
    'restricted, not public',
    { statements: [grant(account('444455556666'))], restricted: true },
    [byOwner, noAllow, byBucket, noAllow, noAllow],
  ),
  ...asEveryone(
    'restricted, held to a network',
    {
      statements: [grant('*', { Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } })],
      context: { 'aws:sourceip': ['203.0.113.9'] },
      restricted: true,
    },
    [byOwner, byBucket, byBucket, noAllow, byBucket],
  ),
  ...asEveryone(
    'restricted, held to half the Internet',
    {
      statements: [grant('*', { Condition: { IpAddress: { 'aws:SourceIp': '128.0.0.0/1' } } })],
      context: { 'aws:sourceip': ['203.0.113.9'] },
      restricted: true,
    },
    [byOwner, byBucket, blocked, noAllow, blocked],
  ),
];

const everything = { Effect: 'Allow', Action: '*', Resource: '*' };

/** Actions about the account rather than a bucket. */
const accountRows: readonly Scenario[] = [
  ...asEveryone('ListAllMyBuckets', { action: 's3:ListAllMyBuckets', on: '*' }, [
    byOwner,
    noAllow,
    byOwner,
    noAllow,
    noAllow,
  ]),
  ...asEveryone(
    'ListAllMyBuckets with a policy for arn:aws:s3:::*',
    {
      action: 's3:ListAllMyBuckets',
      on: '*',
      userStatements: [{ ...own, Action: 's3:List*', Resource: 'arn:aws:s3:::*' }],
    },
    [byOwner, byUser, byOwner, byUser, noAllow],
  ),
  ...asEveryone(
    'ListAllMyBuckets with a policy for one bucket',
    {
      action: 's3:ListAllMyBuckets',
      on: '*',
      userStatements: [{ ...own, Action: 's3:List*', Resource: 'arn:aws:s3:::examplebucket' }],
    },
    [byOwner, noAllow, byOwner, noAllow, noAllow],
  ),
  ...asEveryone(
    'CreateBucket, by name',
    {
      action: 's3:CreateBucket',
      on: 'examplebucket',
      bucketless: true,
      userStatements: [{ ...own, Action: 's3:CreateBucket', Resource: 'arn:aws:s3:::example*' }],
    },
    [byOwner, byUser, byOwner, byUser, noAllow],
  ),
  ...asEveryone(
    'an admin action',
    { action: 'coffer:RotateKeys', on: '*', userStatements: [everything] },
    [byOwner, byUser, byOwner, byUser, noAllow],
  ),
  ...asEveryone(
    'an admin action, with S3 rights only',
    { action: 'coffer:RotateKeys', on: '*', userStatements: [{ ...everything, Action: 's3:*' }] },
    [byOwner, noAllow, byOwner, noAllow, noAllow],
  ),
  ...asEveryone(
    'an admin action by wildcard',
    {
      action: 'coffer:ListInventory',
      on: '*',
      userStatements: [{ ...everything, Action: 'coffer:List*' }],
    },
    [byOwner, byUser, byOwner, byUser, noAllow],
  ),
];

export const principalScenarios: readonly Scenario[] = [
  ...principalRows,
  ...denyRows,
  ...publicRows,
  ...accountRows,
];
