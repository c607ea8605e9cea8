/**
 * The policy decision table: what AWS's documentation says each condition operator answers, and who
 * is let in by what. Expected values were worked out by hand from the IAM User Guide ("Condition
 * operators", "Single-valued vs. multivalued context keys", "Principal", "NotPrincipal",
 * "Cross-account policy evaluation logic", "Variables and tags") and the S3 User Guide ("Blocking
 * public access"), checked 2026-11-24; none came from running the code.
 */

const T = true;
const F = false;

/** Request values (undefined: the key is absent) and whether the condition holds under each qualifier. */
export type OperatorRow = readonly [
  request: readonly string[] | undefined,
  plain: boolean,
  ifExists: boolean,
  forAllValues: boolean,
  forAnyValue: boolean,
];

export interface OperatorBlock {
  readonly operator: string;
  readonly key: string;
  readonly policy: readonly (string | number | boolean)[];
  readonly rows: readonly OperatorRow[];
}

const block = (
  operator: string,
  key: string,
  policy: OperatorBlock['policy'],
  rows: readonly OperatorRow[],
): OperatorBlock => ({ operator, key, policy, rows });

const agent = 'aws:UserAgent';
const age = 's3:signatureAge';
const time = 'aws:CurrentTime';
const address = 'aws:SourceIp';
const arn = 'aws:PrincipalArn';

const bob = 'arn:aws:iam::111122223333:user/bob';
const eve = 'arn:aws:iam::999999999999:user/eve';

// Columns: request, plain, IfExists, ForAllValues, ForAnyValue.
export const operatorBlocks: readonly OperatorBlock[] = [
  block(
    'StringEquals',
    agent,
    ['red'],
    [
      [['red'], T, T, T, T],
      [['blue'], F, F, F, F],
      [['Red'], F, F, F, F],
      [['red '], F, F, F, F],
      [undefined, F, T, T, F],
      [[], F, T, T, F],
      [['red', 'blue'], T, T, F, T],
      [['blue', 'green'], F, F, F, F],
      [['red', 'red'], T, T, T, T],
    ],
  ),
  block(
    'StringEquals',
    agent,
    ['red', 'amber'],
    [
      [['amber'], T, T, T, T],
      [['blue'], F, F, F, F],
      [['red', 'amber'], T, T, T, T],
      [['amber', 'blue'], T, T, F, T],
      [undefined, F, T, T, F],
    ],
  ),
  block(
    'StringEquals',
    agent,
    ['r*'],
    [
      [['r*'], T, T, T, T],
      [['red'], F, F, F, F],
    ],
  ),
  block(
    'StringEquals',
    agent,
    [''],
    [
      [[''], T, T, T, F],
      [['red'], F, F, F, F],
      [undefined, F, T, T, F],
    ],
  ),
  block(
    'StringNotEquals',
    agent,
    ['red'],
    [
      [['red'], F, F, F, F],
      [['blue'], T, T, T, T],
      [['Red'], T, T, T, T],
      [undefined, T, T, T, F],
      [[], T, T, T, F],
      [['red', 'blue'], F, F, F, T],
      [['blue', 'green'], T, T, T, T],
      [['red', 'red'], F, F, F, F],
    ],
  ),
  block(
    'StringNotEquals',
    agent,
    ['red', 'amber'],
    [
      [['amber'], F, F, F, F],
      [['blue'], T, T, T, T],
      [['red', 'amber'], F, F, F, F],
      [['amber', 'blue'], F, F, F, T],
      [undefined, T, T, T, F],
    ],
  ),
  block(
    'StringEqualsIgnoreCase',
    agent,
    ['Red'],
    [
      [['rED'], T, T, T, T],
      [['blue'], F, F, F, F],
      [undefined, F, T, T, F],
      [['RED', 'blue'], T, T, F, T],
      [['blue', 'green'], F, F, F, F],
    ],
  ),
  block(
    'StringNotEqualsIgnoreCase',
    agent,
    ['Red'],
    [
      [['rED'], F, F, F, F],
      [['blue'], T, T, T, T],
      [undefined, T, T, T, F],
      [['RED', 'blue'], F, F, F, T],
      [['blue', 'green'], T, T, T, T],
    ],
  ),
  block(
    'StringLike',
    agent,
    ['re?', 'am*r'],
    [
      [['red'], T, T, T, T],
      [['re'], F, F, F, F],
      [['redd'], F, F, F, F],
      [['amr'], T, T, T, T],
      [['amber'], T, T, T, T],
      [['ambers'], F, F, F, F],
      [['Red'], F, F, F, F],
      [undefined, F, T, T, F],
      [['red', 'blue'], T, T, F, T],
      [['red', 'amber'], T, T, T, T],
      [['blue', 'green'], F, F, F, F],
    ],
  ),
  block(
    'StringNotLike',
    agent,
    ['re?', 'am*r'],
    [
      [['red'], F, F, F, F],
      [['re'], T, T, T, T],
      [['amber'], F, F, F, F],
      [['blue'], T, T, T, T],
      [undefined, T, T, T, F],
      [['red', 'blue'], F, F, F, T],
      [['red', 'amber'], F, F, F, F],
      [['blue', 'green'], T, T, T, T],
    ],
  ),
  block(
    'NumericEquals',
    age,
    ['10'],
    [
      [['10'], T, T, T, T],
      [['10.0'], T, T, T, T],
      [['11'], F, F, F, F],
      [['ten'], F, F, F, F],
      [undefined, F, T, T, F],
      [['10', '11'], T, T, F, T],
      [['11', '12'], F, F, F, F],
    ],
  ),
  block(
    'NumericNotEquals',
    age,
    [10],
    [
      [['10'], F, F, F, F],
      [['11'], T, T, T, T],
      [['ten'], T, T, T, T],
      [undefined, T, T, T, F],
      [['10', '11'], F, F, F, T],
      [['11', '12'], T, T, T, T],
    ],
  ),
  block(
    'NumericLessThan',
    age,
    ['10'],
    [
      [['9'], T, T, T, T],
      [['10'], F, F, F, F],
      [['-3.5'], T, T, T, T],
      [['9e3'], F, F, F, F],
      [undefined, F, T, T, F],
      [['9', '10'], T, T, F, T],
      [['10', '11'], F, F, F, F],
    ],
  ),
  block(
    'NumericLessThanEquals',
    age,
    ['10'],
    [
      [['10'], T, T, T, T],
      [['10.01'], F, F, F, F],
      [undefined, F, T, T, F],
      [['10', '11'], T, T, F, T],
      [['11', '12'], F, F, F, F],
    ],
  ),
  block(
    'NumericGreaterThan',
    age,
    ['10'],
    [
      [['11'], T, T, T, T],
      [['10'], F, F, F, F],
      [['9'], F, F, F, F],
      [undefined, F, T, T, F],
      [['10', '11'], T, T, F, T],
      [['9', '10'], F, F, F, F],
    ],
  ),
  block(
    'NumericGreaterThanEquals',
    age,
    ['10', '100'],
    [
      [['10'], T, T, T, T],
      [['9.999'], F, F, F, F],
      [undefined, F, T, T, F],
      [['9', '10'], T, T, F, T],
      [['8', '9'], F, F, F, F],
    ],
  ),
  block(
    'DateEquals',
    time,
    ['2026-11-24T08:00:00Z'],
    [
      [['2026-11-24T08:00:00Z'], T, T, T, T],
      [['2026-11-24T09:00:00+01:00'], T, T, T, T],
      [['1795507200'], T, T, T, T],
      [['2026-11-24T08:00:01Z'], F, F, F, F],
      [['soon'], F, F, F, F],
      [undefined, F, T, T, F],
      [['2026-11-24T08:00:00Z', '2027-01-01T00:00:00Z'], T, T, F, T],
    ],
  ),
  block(
    'DateNotEquals',
    time,
    ['2026-11-24T08:00:00Z'],
    [
      [['2026-11-24T08:00:00.000Z'], F, F, F, F],
      [['2026-11-24T08:00:00.001Z'], T, T, T, T],
      [undefined, T, T, T, F],
      [['2026-11-24T08:00:00Z', '2027-01-01T00:00:00Z'], F, F, F, T],
    ],
  ),
  block(
    'DateLessThan',
    time,
    ['2026-11-24'],
    [
      [['2026-11-23T23:59:59Z'], T, T, T, T],
      [['2026-11-24T00:00:00Z'], F, F, F, F],
      [undefined, F, T, T, F],
      [['2026-11-23T00:00:00Z', '2026-11-25T00:00:00Z'], T, T, F, T],
      [['2026-11-25T00:00:00Z', '2026-11-26T00:00:00Z'], F, F, F, F],
    ],
  ),
  block(
    'DateLessThanEquals',
    time,
    ['2026-11-24T00:00:00Z'],
    [
      [['2026-11-24T00:00:00Z'], T, T, T, T],
      [['2026-11-24T00:00:01Z'], F, F, F, F],
      [undefined, F, T, T, F],
      [['2026-11-24T00:00:00Z', '2026-11-25T00:00:00Z'], T, T, F, T],
    ],
  ),
  block(
    'DateGreaterThan',
    time,
    ['1795507200'],
    [
      [['2026-11-24T08:00:01Z'], T, T, T, T],
      [['2026-11-24T08:00:00Z'], F, F, F, F],
      [undefined, F, T, T, F],
      [['2026-11-24T08:00:00Z', '2026-11-24T08:00:01Z'], T, T, F, T],
    ],
  ),
  block(
    'DateGreaterThanEquals',
    time,
    ['2026'],
    [
      [['2026-01-01T00:00:00Z'], T, T, T, T],
      [['2025-12-31T23:59:59Z'], F, F, F, F],
      [undefined, F, T, T, F],
      [['2025-12-31T23:59:59Z', '2026-01-01T00:00:00Z'], T, T, F, T],
    ],
  ),
  block(
    'Bool',
    'aws:SecureTransport',
    [true],
    [
      [['true'], T, T, T, T],
      [['false'], F, F, F, F],
      [['1'], F, F, F, F],
      [undefined, F, T, T, F],
      [['true', 'false'], T, T, F, T],
      [['false', 'false'], F, F, F, F],
    ],
  ),
  block(
    'Bool',
    'aws:SecureTransport',
    ['False'],
    [
      [['false'], T, T, T, T],
      [['true'], F, F, F, F],
      [undefined, F, T, T, F],
    ],
  ),
  block(
    'BinaryEquals',
    agent,
    ['QmluYXJ5VmFsdWVJbkJhc2U2NA=='],
    [
      [['BinaryValueInBase64'], T, T, T, T],
      [['QmluYXJ5VmFsdWVJbkJhc2U2NA=='], F, F, F, F],
      [undefined, F, T, T, F],
      [['BinaryValueInBase64', 'other'], T, T, F, T],
      [['other', 'more'], F, F, F, F],
    ],
  ),
  block(
    'IpAddress',
    address,
    ['203.0.113.0/24', '2001:DB8:1234:5678::/64'],
    [
      [['203.0.113.77'], T, T, T, T],
      [['203.0.114.77'], F, F, F, F],
      [['2001:db8:1234:5678::1'], T, T, T, T],
      [['2001:db8:1234:5679::1'], F, F, F, F],
      [['::ffff:203.0.113.77'], T, T, T, T],
      [['nonsense'], F, F, F, F],
      [undefined, F, T, T, F],
      [['203.0.113.77', '198.51.100.1'], T, T, F, T],
      [['198.51.100.1', '198.51.100.2'], F, F, F, F],
    ],
  ),
  block(
    'IpAddress',
    address,
    ['203.0.113.5'],
    [
      [['203.0.113.5'], T, T, T, T],
      [['203.0.113.6'], F, F, F, F],
    ],
  ),
  block(
    'NotIpAddress',
    address,
    ['203.0.113.0/24', '2001:DB8:1234:5678::/64'],
    [
      [['203.0.113.77'], F, F, F, F],
      [['2001:db8:1234:5678::1'], F, F, F, F],
      [['203.0.114.77'], T, T, T, T],
      [['2001:db8:1234:5679::1'], T, T, T, T],
      [undefined, T, T, T, F],
      [['203.0.113.77', '198.51.100.1'], F, F, F, T],
      [['198.51.100.1', '198.51.100.2'], T, T, T, T],
    ],
  ),
  block(
    'ArnEquals',
    arn,
    ['arn:aws:iam::111122223333:user/*'],
    [
      [[bob], T, T, T, T],
      [[eve], F, F, F, F],
      [['bob'], F, F, F, F],
      [undefined, F, T, T, F],
      [[bob, eve], T, T, F, T],
      [[eve, eve], F, F, F, F],
    ],
  ),
  block(
    'ArnLike',
    arn,
    ['arn:aws:iam::1111*:user/b?b'],
    [
      [[bob], T, T, T, T],
      [[eve], F, F, F, F],
      [['arn:aws:iam::1111:x:user/bob'], F, F, F, F],
      [undefined, F, T, T, F],
      [[bob, eve], T, T, F, T],
      [[eve, eve], F, F, F, F],
    ],
  ),
  block(
    'ArnNotEquals',
    arn,
    ['arn:aws:iam::111122223333:user/*'],
    [
      [[bob], F, F, F, F],
      [[eve], T, T, T, T],
      [['bob'], T, T, T, T],
      [undefined, T, T, T, F],
      [[bob, eve], F, F, F, T],
      [[eve, eve], T, T, T, T],
    ],
  ),
  block(
    'ArnNotLike',
    arn,
    [bob, 'arn:aws:iam::*:root'],
    [
      [[bob], F, F, F, F],
      [['arn:aws:iam::999999999999:root'], F, F, F, F],
      [[eve], T, T, T, T],
      [undefined, T, T, T, F],
      [[bob, eve], F, F, F, T],
      [[eve, eve], T, T, T, T],
    ],
  ),
];

/** Null takes no qualifier: request values, and whether `"true"` and `"false"` hold. */
export const nullRows: readonly (readonly [
  request: readonly string[] | undefined,
  isNull: boolean,
  isNotNull: boolean,
])[] = [
  [undefined, T, F],
  [[], T, F],
  [['red'], F, T],
  [[''], F, T],
  [['red', 'blue'], F, T],
];

/** Both at once: the set operator with IfExists. Operator, request, whether it holds for `["red"]`. */
export const doublyQualifiedRows: readonly (readonly [
  operator: string,
  request: readonly string[] | undefined,
  holds: boolean,
])[] = [
  ['ForAllValues:StringEqualsIfExists', undefined, T],
  ['ForAllValues:StringEqualsIfExists', ['red', 'blue'], F],
  ['ForAllValues:StringEqualsIfExists', ['red', 'red'], T],
  ['ForAnyValue:StringEqualsIfExists', undefined, T],
  ['ForAnyValue:StringEqualsIfExists', ['red', 'blue'], T],
  ['ForAnyValue:StringEqualsIfExists', ['blue'], F],
  ['ForAllValues:StringNotEqualsIfExists', undefined, T],
  ['ForAllValues:StringNotEqualsIfExists', ['red', 'blue'], F],
  ['ForAllValues:StringNotEqualsIfExists', ['blue', 'green'], T],
  ['ForAnyValue:StringNotEqualsIfExists', undefined, T],
  ['ForAnyValue:StringNotEqualsIfExists', ['red', 'blue'], T],
  ['ForAnyValue:StringNotEqualsIfExists', ['red'], F],
];
