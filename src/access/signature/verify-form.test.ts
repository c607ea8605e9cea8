/** Each way in which a form's credentials are not accepted, and S3's answer to it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal, type RefusalCode } from '../../base/refusal.ts';
import { verifyForm } from './verify-form.ts';
import type { SigningCredential, Verifier } from './verified.ts';

const known = { accessKeyId: 'AKID', secretKey: 'secret', enabled: true };
const verifier: Verifier<SigningCredential> = {
  region: 'us-east-1',
  service: 's3',
  credentialFor: (accessKeyId) => Promise.resolve(accessKeyId === 'AKID' ? known : undefined),
};
const now = new Date('2026-11-24T08:00:00Z');
const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);

async function refusal(run: () => Promise<unknown>): Promise<Refusal> {
  try {
    await run();
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'was not refused' });
}

const formFields = (changes: Readonly<Record<string, readonly string[] | undefined>>) => {
  const whole: Record<string, readonly string[] | undefined> = {
    key: ['k'],
    policy: ['e30='],
    'x-amz-algorithm': ['AWS4-HMAC-SHA256'],
    'x-amz-credential': ['AKID/20261124/us-east-1/s3/aws4_request'],
    'x-amz-date': ['20261124T080000Z'],
    'x-amz-signature': ['a'.repeat(64)],
    ...changes,
  };
  return new Map(
    Object.entries(whole).flatMap(([name, values]) =>
      values === undefined ? [] : [[name, values] as const],
    ),
  );
};

const forms: readonly (readonly [string, Parameters<typeof formFields>[0], RefusalCode, RegExp])[] =
  [
    ['a wrong signature', {}, 'SignatureDoesNotMatch', /./],
    ['no policy', { policy: undefined }, 'InvalidArgument', /a field named 'Policy'/],
    [
      'no signature',
      { 'x-amz-signature': undefined },
      'InvalidArgument',
      /a field named 'X-Amz-Signature'. {2}If/,
    ],
    [
      'no algorithm',
      { 'x-amz-algorithm': undefined, 'x-amz-credential': undefined },
      'InvalidArgument',
      /a field named 'X-Amz-Algorithm'/,
    ],
    [
      'no credential',
      { 'x-amz-credential': undefined },
      'InvalidArgument',
      /a field named 'X-Amz-Credential'/,
    ],
    ['no date', { 'x-amz-date': undefined }, 'InvalidArgument', /a field named 'X-Amz-Date'/],
    ['two signatures', { 'x-amz-signature': ['a', 'b'] }, 'InvalidArgument', /more than once/],
    ['another algorithm', { 'x-amz-algorithm': ['AWS4'] }, 'InvalidArgument', /only supports/],
    ['a date that is none', { 'x-amz-date': ['today'] }, 'InvalidArgument', /ISO8601 Long format/],
    [
      'another day',
      { 'x-amz-date': ['20261123T080000Z'] },
      'InvalidArgument',
      /Invalid credential date/,
    ],
    [
      'another region',
      { 'x-amz-credential': ['AKID/20261124/x/s3/aws4_request'] },
      'InvalidArgument',
      /^the region 'x' is wrong; expecting 'us-east-1'$/,
    ],
    [
      'an unknown key',
      { 'x-amz-credential': ['NOBODY/20261124/us-east-1/s3/aws4_request'] },
      'InvalidAccessKeyId',
      /./,
    ],
    [
      'SigV2',
      { awsaccesskeyid: ['A'], signature: ['s'] },
      'InvalidRequest',
      /use AWS4-HMAC-SHA256/,
    ],
    ['a token', { 'x-amz-security-token': ['t'] }, 'InvalidToken', /./],
  ];

for (const [name, changes, code, message] of forms) {
  test(`a form with ${name} is ${code}`, async () => {
    const error = await refusal(() => verifyForm(formFields(changes), now, verifier));
    assert.equal(error.code, code);
    assert.match(error.message, message);
  });
}

test('a form that claims nothing is anonymous; one too old or too early is refused', async () => {
  const bare = new Map([
    ['key', ['k']],
    ['x-amz-date', ['20261124T080000Z']],
  ] as const);
  assert.equal(await verifyForm(bare, now, verifier), undefined);
  for (const at of [later(8 * 86_400), later(-901)]) {
    const error = await refusal(() => verifyForm(formFields({}), at, verifier));
    assert.equal(error.code, 'AccessDenied');
  }
});
