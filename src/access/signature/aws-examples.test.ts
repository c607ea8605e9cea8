/**
 * The examples that AWS publishes, to the letter ("Examples: Signature Calculations", "Example:
 * Browser-Based Upload using HTTP POST", "Authenticating Requests: Using Query Parameters", S3 API
 * reference, 2026-11-24).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authenticationKind } from './kind.ts';
import { parsePostPolicy } from './post-policy-document.ts';
import { checkPostPolicy } from './post-policy.ts';
import type { ReceivedRequest } from './request.ts';
import { presign } from './presign.ts';
import { verifyForm } from './verify-form.ts';
import { verifyHeader } from './verify-header.ts';
import { verifyPresigned } from './verify-presigned.ts';
import type { SigningCredential, Verifier } from './verified.ts';

const credential: SigningCredential = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  enabled: true,
};
const verifier: Verifier<SigningCredential> = {
  region: 'us-east-1',
  service: 's3',
  credentialFor: (id) => Promise.resolve(id === credential.accessKeyId ? credential : undefined),
};
const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const date = new Date('2013-05-24T00:00:00Z');

function request(
  method: string,
  target: string,
  headers: Readonly<Record<string, string>>,
): ReceivedRequest {
  const entries = Object.entries(headers).map(([name, value]) => [name, [value]] as const);
  return { method, target, headers: new Map(entries), receivedAt: date };
}

function signed(
  method: string,
  target: string,
  headers: Readonly<Record<string, string>>,
  signature: string,
): ReceivedRequest {
  const all = {
    host: 'examplebucket.s3.amazonaws.com',
    'x-amz-date': '20130524T000000Z',
    ...headers,
  };
  const names = Object.keys(all).sort().join(';');
  const scope = '20130524/us-east-1/s3/aws4_request';
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential.accessKeyId}/${scope},SignedHeaders=${names},Signature=${signature}`;
  return request(method, target, { ...all, authorization });
}

async function verify(received: ReceivedRequest) {
  const kind = authenticationKind(received);
  assert.equal(kind.kind, 'header');
  assert.ok(kind.kind === 'header');
  return verifyHeader(received, kind, verifier);
}

const examples: readonly (readonly [string, ReceivedRequest, string])[] = [
  [
    'GET Object',
    signed(
      'GET',
      '/test.txt',
      { range: 'bytes=0-9', 'x-amz-content-sha256': emptyHash },
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ),
    'sha256',
  ],
  [
    'PUT Object',
    signed(
      'PUT',
      '/test$file.text',
      {
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
        'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
      },
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    ),
    'sha256',
  ],
  [
    'GET Bucket Lifecycle',
    signed(
      'GET',
      '/?lifecycle',
      { 'x-amz-content-sha256': emptyHash },
      'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    ),
    'sha256',
  ],
  [
    'Get Bucket (List Objects)',
    signed(
      'GET',
      '/?max-keys=2&prefix=J',
      { 'x-amz-content-sha256': emptyHash },
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    ),
    'sha256',
  ],
  [
    'chunked upload, the seed signature',
    signed(
      'PUT',
      '/examplebucket/chunkObject.txt',
      {
        host: 's3.amazonaws.com',
        'content-encoding': 'aws-chunked',
        'content-length': '66824',
        'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
        'x-amz-decoded-content-length': '66560',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      },
      '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
    ),
    'streaming-signed',
  ],
  [
    'trailing headers, the seed signature',
    signed(
      'PUT',
      '/examplebucket/chunkObject.txt',
      {
        host: 's3.amazonaws.com',
        'content-encoding': 'aws-chunked',
        'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
        'x-amz-decoded-content-length': '66560',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
        'x-amz-trailer': 'x-amz-checksum-crc32c',
      },
      '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
    ),
    'streaming-signed-trailer',
  ],
];

for (const [name, received, rule] of examples) {
  test(`${name} verifies`, async () => {
    const verified = await verify(received);
    assert.equal(verified.credential, credential);
    assert.equal(verified.payload.rule, rule);
    assert.equal(verified.chain.timestamp.text, '20130524T000000Z');
    assert.match(
      received.headers.get('authorization')?.[0] ?? '',
      new RegExp(`${verified.chain.signature}$`),
    );
  });
}

const presignedTarget =
  '/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404';

test('the presigned example verifies, and is what presign makes', async () => {
  const received = request('GET', presignedTarget, { host: 'examplebucket.s3.amazonaws.com' });
  const kind = authenticationKind(received);
  assert.ok(kind.kind === 'presigned');
  const verified = await verifyPresigned(received, kind, verifier);
  assert.equal(verified.credential, credential);
  assert.equal(verified.payload.rule, 'unsigned');
  const url = presign(
    { method: 'GET', endpoint: 'https://examplebucket.s3.amazonaws.com', path: '/test.txt' },
    { ...credential, region: 'us-east-1', service: 's3', now: date },
    86_400,
  );
  assert.equal(url, `https://examplebucket.s3.amazonaws.com${presignedTarget}`);
});

const policy =
  'eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7ImJ1Y2tldCI6ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAgICB7ImFjbCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tldC5zMy5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRDb250ZW50LVR5cGUiLCAiaW1hZ2UvIl0sDQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAgICB7IngtYW16LXNlcnZlci1zaWRlLWVuY3J5cHRpb24iOiAiQUVTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAiIl0sDQoNCiAgICB7IngtYW16LWNyZWRlbnRpYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMtZWFzdC0xL3MzL2F3czRfcmVxdWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwNCiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9';

test('the POST form example verifies, and its policy allows it', async () => {
  const now = new Date('2015-12-29T12:00:00Z');
  const fields = new Map(
    Object.entries({
      key: ['user/user1/photo.jpg'],
      acl: ['public-read'],
      success_action_redirect: [
        'http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html',
      ],
      'content-type': ['image/jpeg'],
      'x-amz-meta-uuid': ['14365123651274'],
      'x-amz-server-side-encryption': ['AES256'],
      'x-amz-credential': ['AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request'],
      'x-amz-algorithm': ['AWS4-HMAC-SHA256'],
      'x-amz-date': ['20151229T000000Z'],
      'x-amz-meta-tag': [''],
      policy: [policy],
      'x-amz-signature': ['8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e'],
    }),
  );
  const verified = await verifyForm(fields, now, verifier);
  assert.equal(verified?.credential, credential);
  const parsed = parsePostPolicy(policy);
  assert.equal(checkPostPolicy(parsed, { fields, bucket: 'sigv4examplebucket', now }), undefined);
  assert.throws(() => checkPostPolicy(parsed, { fields, bucket: 'another', now }), {
    message:
      'Invalid according to Policy: Policy Condition failed: ["eq", "$bucket", "sigv4examplebucket"]',
  });
});
