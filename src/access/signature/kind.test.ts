import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal, type RefusalCode } from '../../base/refusal.ts';
import { authenticationKind } from './kind.ts';

interface Given {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
}

const kindOf = ({ method = 'GET', target = '/b/k', headers = {} }: Given) =>
  authenticationKind({ method, target, headers: new Map(Object.entries(headers)) });

const scope = 'AKID/20261124/us-east-1/s3/aws4_request';
const signature = 'a'.repeat(64);
const whole = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`;
const authorized = (...values: string[]): Given => ({ headers: { authorization: values } });
const signedBy = (credential: string): Given => authorized(whole.replace(scope, credential));

const six: Readonly<Record<string, string>> = {
  'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
  'X-Amz-Credential': scope,
  'X-Amz-Date': '20261124T080000Z',
  'X-Amz-Expires': '60',
  'X-Amz-SignedHeaders': 'host',
  'X-Amz-Signature': signature,
};
const presigned = (changes: Readonly<Record<string, string | undefined>>, more = ''): Given => {
  const parameters = Object.entries({ ...six, ...changes }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return { target: `/b/k?${parameters.join('&')}${more}` };
};

test('each whole kind is told apart', () => {
  assert.equal(kindOf({}).kind, 'anonymous');
  assert.equal(kindOf({ target: '/b?prefix=x&x-id=GetObject' }).kind, 'anonymous');
  assert.equal(kindOf(authorized(whole)).kind, 'header');
  assert.equal(kindOf(authorized(whole.replaceAll(', ', ','))).kind, 'header');
  assert.equal(kindOf(presigned({})).kind, 'presigned');
  const multipart = { 'content-type': ['Multipart/Form-Data; boundary=x'] };
  assert.equal(kindOf({ method: 'POST', headers: multipart }).kind, 'form');
  assert.equal(kindOf({ method: 'PUT', headers: multipart }).kind, 'anonymous');
  assert.equal(kindOf({ ...authorized(whole), target: '/b?x-amz-checksum-mode=E' }).kind, 'header');
});

test('what is read is what was given', () => {
  const kind = kindOf(authorized(whole));
  assert.ok(kind.kind === 'header');
  assert.deepEqual(kind.credential, {
    accessKeyId: 'AKID',
    scope: { date: '20261124', region: 'us-east-1', service: 's3' },
  });
  assert.deepEqual([...kind.signedHeaders], ['host', 'x-amz-date']);
  assert.equal(kind.signature, signature);
});

const header = 'AuthorizationHeaderMalformed';
const query = 'AuthorizationQueryParametersError';
const bad: readonly (readonly [string, Given, RefusalCode, RegExp?])[] = [
  ['header and query', { ...presigned({}), ...authorized(whole) }, 'InvalidArgument', /Only one/],
  [
    'header and one parameter',
    { ...authorized(whole), target: '/?X-Amz-Signature=a' },
    'InvalidArgument',
    /Only one/,
  ],
  [
    'header and escaped parameter',
    { ...authorized(whole), target: '/?%58-Amz-Credential=a' },
    'InvalidArgument',
    /Only one/,
  ],
  [
    'header and V2 parameter',
    { ...authorized(whole), target: '/?AWSAccessKeyId=A' },
    'InvalidArgument',
    /Only one/,
  ],
  ['V2 header', authorized('AWS AKID:c2ln'), 'InvalidRequest', /use AWS4-HMAC-SHA256/],
  [
    'V2 query',
    { target: '/b/k?AWSAccessKeyId=A&Expires=1&Signature=s' },
    'InvalidRequest',
    /use AWS4-HMAC-SHA256/,
  ],
  ['SigV4A', authorized(whole.replace('HMAC-SHA256', 'ECDSA-P256-SHA256')), 'InvalidRequest'],
  ['Basic', authorized('Basic dTpw'), 'InvalidArgument', /Unsupported Authorization Type/],
  ['Bearer', authorized('Bearer x'), 'InvalidArgument', /Unsupported Authorization Type/],
  ['lower-case algorithm', authorized(whole.toLowerCase()), 'InvalidArgument'],
  ['no scheme', authorized('token'), 'InvalidArgument', /one and only one ' '/],
  ['empty header', authorized(''), 'InvalidArgument'],
  ['two headers', authorized(whole, whole), header],
  ['algorithm alone', authorized('AWS4-HMAC-SHA256'), header],
  ['no signature', authorized(whole.replace(/, Signature.*/, '')), header, /three components/],
  ['empty signature', authorized(whole.replace(signature, '')), header, /three components/],
  ['empty signed headers', authorized(whole.replace('host;x-amz-date', '')), header],
  ['empty credential', authorized(whole.replace(scope, '')), header],
  ['a component twice', authorized(whole.replace('SignedHeaders', 'Credential')), header],
  ['a fourth component', authorized(`${whole}, More=1`), header],
  ['another component', authorized(whole.replace('Signature=', 'Sig=')), header],
  ['no equals sign', authorized(`${whole}, x`), header, /component "x" is malformed/],
  ['signed headers in capitals', authorized(whole.replace('host;', 'Host;')), header],
  ['a signed header twice', authorized(whole.replace('host;', 'host;host;')), header],
  ['an empty signed header', authorized(whole.replace('host;', 'host;;')), header],
  [
    'four parts of a credential',
    signedBy('AKID/20261124/us-east-1/s3'),
    header,
    /mal-formed; expecting/,
  ],
  ['six parts of a credential', signedBy(`${scope}/x`), header, /mal-formed/],
  ['no access key id', signedBy(scope.replace('AKID', '')), header, /mal-formed/],
  [
    'a credential date with dashes',
    signedBy(scope.replace('20261124', '2026-11-24')),
    header,
    /incorrect date format "2026-11-24"/,
  ],
  [
    'another terminator',
    signedBy(scope.replace('aws4_request', 'aws4')),
    header,
    /incorrect terminal "aws4"/,
  ],
  ...Object.keys(six).flatMap((name): (typeof bad)[number][] => [
    [`${name} missing`, presigned({ [name]: undefined }), query, /requires the X-Amz-Algorithm/],
    [`${name} empty`, presigned({ [name]: '' }), query, /requires the X-Amz-Algorithm/],
    [`${name} twice`, presigned({}, `&${name}=x`), query, /more than once/],
    [`${name} twice, in other case`, presigned({}, `&${name.toLowerCase()}=x`), query],
    [`${name} alone`, { target: `/?${name}=x` }, query],
  ]),
  ['x-amz-* twice', presigned({}, '&x-amz-acl=a&X-Amz-Acl=b'), query, /more than once/],
  [
    'query algorithm unknown',
    presigned({ 'X-Amz-Algorithm': 'AWS4-HMAC-SHA1' }),
    query,
    /only supports/,
  ],
  [
    'query credential short',
    presigned({ 'X-Amz-Credential': 'AKID' }),
    query,
    /Error parsing the X-Amz-Credential/,
  ],
  ['query terminator', presigned({ 'X-Amz-Credential': `${scope}x` }), query, /incorrect terminal/],
  ['query signed headers', presigned({ 'X-Amz-SignedHeaders': 'Host' }), query],
  ['token in a header', { headers: { 'x-amz-security-token': ['t'] } }, 'InvalidToken'],
  [
    'token beside a signature',
    { headers: { authorization: [whole], 'x-amz-security-token': ['t'] } },
    'InvalidToken',
  ],
  ['token in the query', presigned({}, '&X-Amz-Security-Token=t'), 'InvalidToken'],
  ['a broken escape', { target: '/?a=%zz' }, 'InvalidURI'],
  ['too many parameters', { target: `/?${'a&'.repeat(300)}` }, 'InvalidURI'],
];

for (const [name, given, code, message] of bad) {
  test(`${name} is ${code}`, () => {
    assert.throws(
      () => kindOf(given),
      (error: unknown) => {
        assert.ok(error instanceof Refusal);
        assert.equal(error.code, code);
        if (message !== undefined) assert.match(error.message, message);
        return true;
      },
    );
  });
}
