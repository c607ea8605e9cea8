/** The decision table: what a statement covers, variables, conditions, and the documented policy. */
import {
  asEveryone,
  byBucket,
  byOwner,
  byUser,
  grant,
  noAllow,
  objects,
  own,
  type Scenario,
} from './policy-scenario.ts';

/** What one statement covers, asked as bob with it as his own policy. */
function covers(
  name: string,
  statement: object,
  cases: readonly (readonly [action: string, on: string, inside: boolean])[],
): Scenario[] {
  return cases.map(([action, on, inside]) => ({
    name: `${name}: ${action} on ${on}`,
    as: 'user',
    action,
    on,
    userStatements: [{ Effect: 'Allow', ...statement }],
    context: { 'aws:username': ['bob'], 'aws:userid': ['AIDABOB000000'] },
    answer: inside ? byUser : noAllow,
  }));
}

const get = 's3:GetObject';
const at = (path: string): string => `examplebucket/${path}`;

const coverageRows: readonly Scenario[] = [
  ...covers('a prefix', { Action: get, Resource: 'arn:aws:s3:::examplebucket/home/*' }, [
    [get, at('home/a'), true],
    [get, at('home/'), true],
    [get, at('home/a/b:c'), true],
    [get, at('home'), false],
    [get, at('Home/a'), false],
    ['s3:GetObjectVersion', at('home/a'), false],
    ['s3:PutObject', at('home/a'), false],
  ]),
  ...covers('a suffix', { Action: get, Resource: 'arn:aws:s3:::*/*.jpg' }, [
    [get, at('a.jpg'), true],
    [get, at('a.jpg.png'), false],
    [get, at('.jpg'), true],
  ]),
  ...covers('a single character', { Action: get, Resource: 'arn:aws:s3:::example?ucket/?' }, [
    [get, at('a'), true],
    [get, at('ab'), false],
    [get, at(''), false],
  ]),
  ...covers('action wildcards and case', { Action: 'S3:get*tagging', Resource: '*' }, [
    ['s3:GetObjectTagging', at('a'), true],
    ['s3:GetBucketTagging', 'examplebucket', true],
    ['s3:GetObject', at('a'), false],
  ]),
  ...covers('NotAction', { NotAction: ['s3:Delete*', 's3:PutObject'], Resource: '*' }, [
    [get, at('a'), true],
    ['s3:DeleteObject', at('a'), false],
    ['s3:PutObject', at('a'), false],
    ['s3:PutObjectTagging', at('a'), true],
    ['coffer:RotateKeys', '*', true],
  ]),
  ...covers('NotResource', { Action: get, NotResource: 'arn:aws:s3:::examplebucket/secret/*' }, [
    [get, at('a'), true],
    [get, at('secret/a'), false],
  ]),
  ...covers('another service', { Action: 'ec2:*', Resource: '*' }, [[get, at('a'), false]]),
  ...covers('another partition', { Action: get, Resource: 'arn:aws-cn:s3:::examplebucket/*' }, [
    [get, at('a'), false],
  ]),
  ...covers('any region and account', { Action: get, Resource: 'arn:aws:s3:*:*:examplebucket/*' }, [
    [get, at('a'), true],
  ]),
  ...covers(
    'a variable',
    { Action: get, Resource: 'arn:aws:s3:::examplebucket/${aws:username}/*' },
    [
      [get, at('bob/a'), true],
      [get, at('eve/a'), false],
      [get, at('${aws:username}/a'), false],
    ],
  ),
  ...covers(
    'a variable, any case',
    { Action: get, Resource: 'arn:aws:s3:::examplebucket/${AWS:UserId}' },
    [[get, at('AIDABOB000000'), true]],
  ),
  ...covers(
    'escaped characters',
    { Action: get, Resource: 'arn:aws:s3:::examplebucket/${*}${?}${$}' },
    [
      [get, at('*?$'), true],
      [get, at('ab$'), false],
    ],
  ),
  ...covers(
    'an absent variable with a default',
    { Action: get, Resource: "arn:aws:s3:::examplebucket/${aws:PrincipalTag/team, 'none'}/*" },
    [
      [get, at('none/a'), true],
      [get, at('bob/a'), false],
    ],
  ),
  ...covers(
    'a present variable with a default',
    { Action: get, Resource: "arn:aws:s3:::examplebucket/${aws:username, 'none'}/*" },
    [
      [get, at('bob/a'), true],
      [get, at('none/a'), false],
    ],
  ),
  ...covers(
    'an absent variable',
    { Action: get, Resource: 'arn:aws:s3:::examplebucket/${aws:PrincipalTag/team}/*' },
    [
      [get, at('/a'), false],
      [get, at('bob/a'), false],
    ],
  ),
  ...covers(
    'an absent variable beside another resource',
    { Action: get, Resource: ['arn:aws:s3:::examplebucket/${aws:PrincipalTag/team}/*', objects] },
    [[get, at('a'), true]],
  ),
  ...covers(
    'an absent variable under NotResource',
    { Action: get, NotResource: 'arn:aws:s3:::examplebucket/${aws:PrincipalTag/team}/*' },
    [[get, at('a'), false]],
  ),
];

/** Conditions on `s3:ListBucket` and `s3:PutObject`, asked as bob; the context is the request's. */
function under(
  name: string,
  condition: object,
  context: Readonly<Record<string, readonly string[]>>,
  [inside, action = 's3:ListBucket']: readonly [inside: boolean, action?: string],
): Scenario {
  return {
    name,
    as: 'user',
    action,
    on: action === 's3:ListBucket' ? 'examplebucket' : at('a'),
    userStatements: [{ Effect: 'Allow', Action: 's3:*', Resource: '*', Condition: condition }],
    context: { 'aws:username': ['b*'], ...context },
    answer: inside ? byUser : noAllow,
  };
}

const home = { StringLike: { 's3:prefix': ['', 'home/', 'home/${aws:username}/*'] } };
const notHome = { StringNotLike: { 's3:prefix': 'home/${aws:username}/*' } };
const team = { StringNotEquals: { 's3:prefix': '${aws:PrincipalTag/team}/' } };
const sse = { StringEquals: { 's3:x-amz-server-side-encryption': 'AES256' } };
const aes = { 's3:x-amz-server-side-encryption': ['AES256'] };

const conditionRows: readonly Scenario[] = [
  under('an empty prefix', home, { 's3:prefix': [''] }, [true]),
  under('a prefix under home', home, { 's3:prefix': ['home/b*/x'] }, [true]),
  under("a star in a user's name is no wildcard", home, { 's3:prefix': ['home/bill/x'] }, [false]),
  under('no prefix', home, {}, [false]),
  under('not home, elsewhere', notHome, { 's3:prefix': ['etc/'] }, [true]),
  under('not home, at home', notHome, { 's3:prefix': ['home/b*/'] }, [false]),
  under('not home, absent', notHome, {}, [true]),
  under('an absent variable under negation', team, { 's3:prefix': ['x/'] }, [false]),
  under('an absent variable and an absent key', team, {}, [true]),
  under('a key that the action does not carry', home, { 's3:prefix': [''] }, [
    false,
    's3:GetObject',
  ]),
  under('a key that the action carries', sse, aes, [true, 's3:PutObject']),
  under('its value in another case', sse, { 's3:x-amz-server-side-encryption': ['aes256'] }, [
    false,
    's3:PutObject',
  ]),
  under('its value twice', sse, { 's3:x-amz-server-side-encryption': ['AES256,AES256'] }, [
    false,
    's3:PutObject',
  ]),
  under('a header on an action without it', sse, aes, [false, 's3:GetObject']),
];

const literal = grant('*', { Resource: 'arn:aws:s3:::examplebucket/${aws:username}' });

const versionRows: readonly Scenario[] = [
  {
    name: 'version 2008-10-17 knows no variables',
    as: 'anonymous',
    action: get,
    on: at('${aws:username}'),
    statements: [literal],
    version: '2008-10-17',
    answer: byBucket,
  },
  {
    name: 'version 2012-10-17 does',
    as: 'anonymous',
    action: get,
    on: at('${aws:username}'),
    statements: [literal],
    answer: noAllow,
  },
];

/** The policy of AWS's documentation (S3 User Guide, "Using server-side encryption with SSE-S3"). */
const documentedStatements: readonly object[] = [
  {
    Sid: 'DenyIncorrectEncryptionHeader',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObject',
    Resource: 'arn:aws:s3:::examplebucket/*',
    Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'AES256' } },
  },
  {
    Sid: 'DenyUnencryptedObjectUploads',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObject',
    Resource: 'arn:aws:s3:::examplebucket/*',
    Condition: { Null: { 's3:x-amz-server-side-encryption': 'true' } },
  },
];

const wrong = 'explicit-deny bucket-policy DenyIncorrectEncryptionHeader';
const [, onlyNull] = documentedStatements;
const missing = 'explicit-deny bucket-policy DenyUnencryptedObjectUploads';
const put = { action: 's3:PutObject', userStatements: [{ ...own, Action: 's3:*' }] };

const documentedRows: readonly Scenario[] = [
  ...asEveryone(
    'the documented policy, right header',
    { ...put, statements: documentedStatements, context: aes },
    [byOwner, byUser, noAllow, noAllow, noAllow],
  ),
  ...asEveryone(
    'the documented policy, wrong header',
    {
      ...put,
      statements: documentedStatements,
      context: { 's3:x-amz-server-side-encryption': ['aws:kms'] },
    },
    [wrong, wrong, wrong, wrong, wrong],
  ),
  ...asEveryone('the documented policy, no header', { ...put, statements: documentedStatements }, [
    wrong,
    wrong,
    wrong,
    wrong,
    wrong,
  ]),
  ...asEveryone(
    'its second statement alone, no header',
    { ...put, statements: onlyNull === undefined ? [] : [onlyNull] },
    [missing, missing, missing, missing, missing],
  ),
  ...asEveryone(
    'the documented policy, reading',
    { statements: documentedStatements, userStatements: [own] },
    [byOwner, byUser, noAllow, noAllow, noAllow],
  ),
];

export const coverageScenarios: readonly Scenario[] = [
  ...coverageRows,
  ...conditionRows,
  ...versionRows,
  ...documentedRows,
];
