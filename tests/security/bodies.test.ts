/**
 * SECURITY-REGRESSIONS, "Authentication": bodies that are not what was signed. The request itself is
 * sound, so the operation begins; but nothing of such a body may become visible.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GivenKey } from '../../src/access/access-keys.ts';
import { scopeText } from '../../src/access/signature/scope.ts';
import { sign, signingKey } from '../../src/access/signature/signing-key.ts';
import { timestampOf } from '../../src/access/signature/timestamp.ts';
import { formOf } from './routes.ts';
import { s3House, type S3House, type Sent } from './s3-house.ts';
import { byHeader, formFields, sha256, type Signable, signer } from './signed.ts';

const signedChunks = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
const unsignedTrailer = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

async function scene() {
  const house = await s3House();
  const { store, rootAccount: account } = house;
  await store.buckets.create({ name: 'bucket', account, region: 'us-east-1', mode: 'modern' });
  const object = { bucket: 'bucket', key: 'key', facts: {}, sse: undefined } as const;
  const initiator = { id: account, displayName: 'root' };
  const upload = { ...object, account, initiator, requestHeaders: {} };
  const { uploadId } = await store.uploads.create(upload);
  return { house, uploadId };
}

/** The chunks of a body, each signed after the one before. */
function chunked(sent: Sent, key: GivenKey, chunks: readonly string[], now: Date): string {
  const timestamp = timestampOf(now);
  const scope = { date: timestamp.text.slice(0, 8), region: 'us-east-1', service: 's3' };
  const authorization = sent.headers?.find(([name]) => name === 'authorization')?.[1] ?? '';
  let previous = /Signature=(\w+)/.exec(authorization)?.[1] ?? '';
  let body = '';
  for (const chunk of [...chunks, '']) {
    const place = `${timestamp.text}\n${scopeText(scope)}\n${previous}`;
    const text = `AWS4-HMAC-SHA256-PAYLOAD\n${place}\n${sha256('')}\n${sha256(chunk)}`;
    previous = sign(signingKey(key.secretKey, scope), text);
    body += `${chunk.length.toString(16)};chunk-signature=${previous}\r\n${chunk}\r\n`;
  }
  return body;
}

const places = (uploadId: string): readonly Signable[] => [
  { method: 'PUT', path: '/bucket/key' },
  {
    method: 'PUT',
    path: '/bucket/key',
    query: [
      ['partNumber', '1'],
      ['uploadId', uploadId],
    ],
  },
];

async function assertNothingKept(
  house: S3House,
  sent: Sent,
  codes: readonly string[],
): Promise<void> {
  const before = await house.rows();
  const answer = await house.ask(sent);
  assert.ok(codes.includes(answer.code ?? ''), `${answer.status} ${answer.text}`);
  assert.deepEqual(await house.rows(), before);
  assert.deepEqual(house.failures, []);
}

const chunk = 'c'.repeat(9_000);
type Spoil = (body: string) => string;
const spoiled: Readonly<Record<string, Spoil>> = {
  'the signature of its first chunk': (body) =>
    body.replace(
      /chunk-signature=./,
      (text) => `${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}`,
    ),
  'a byte of its first chunk': (body) => body.replace('\r\ncc', '\r\ncd'),
  'a byte of its last chunk': (body) => body.replace(/c\r\n0;/, 'd\r\n0;'),
  'its last signature': (body) => body.replace(/(0;chunk-signature=)\w{64}/, `$1${'0'.repeat(64)}`),
  'its order': (body) => {
    const [a = '', b = '', end = ''] = body.split(/(?<=c\r\n)/);
    return b + a + end;
  },
  'a chunk left out': (body) => body.slice(body.indexOf('c\r\n') + 3),
  'its end left out': (body) => body.slice(0, body.lastIndexOf('0;chunk')),
  'all signatures left out': (body) => body.replaceAll(/;chunk-signature=\w{64}/g, ''),
};

for (const [what, spoil] of Object.entries(spoiled)) {
  test(`a chunked body with ${what} changed is not kept (CVE-2021-21390)`, async () => {
    const { house, uploadId } = await scene();
    for (const place of places(uploadId)) {
      const now = new Date();
      const headers = { 'x-amz-decoded-content-length': String(2 * chunk.length) };
      const sent = byHeader({ ...place, headers }, signer(house.root, { now }), signedChunks);
      const body = chunked(sent, house.root, [chunk, chunk], now);
      await assertNothingKept(house, { ...sent, body: spoil(body) }, [
        'SignatureDoesNotMatch',
        'IncompleteBody',
        'InvalidRequest',
      ]);
      const whole = await house.ask({ ...sent, body });
      assert.equal(whole.status, 200, whole.text);
    }
  });
}

test('a body that is not the one that was hashed is not kept', async () => {
  const { house, uploadId } = await scene();
  for (const place of places(uploadId)) {
    for (const body of ['small', 'large'.repeat(20_000)]) {
      const sent = byHeader({ ...place, body }, signer(house.root));
      const other = `${body.slice(0, -1)}!`;
      await assertNothingKept(house, { ...sent, body: other }, ['XAmzContentSHA256Mismatch']);
      const pieces = (async function* () {
        for (let at = 0; at < other.length; at += 1_000)
          yield Buffer.from(other.slice(at, at + 1_000));
      })();
      const slow = { ...sent, body: pieces, contentLength: other.length };
      await assertNothingKept(house, slow, ['XAmzContentSHA256Mismatch']);
    }
  }
});

test('a trailer that does not fit is not kept, signed or not', async () => {
  const { house, uploadId } = await scene();
  for (const place of places(uploadId)) {
    for (const trailer of [
      'x-amz-checksum-crc32:AAAAAA==',
      'x-amz-checksum-crc32:!',
      'x-amz-checksum-sha1:AAAAAA==',
      '',
    ]) {
      const headers = {
        'x-amz-decoded-content-length': '3',
        'x-amz-trailer': 'x-amz-checksum-crc32',
      };
      const sent = byHeader({ ...place, headers }, signer(house.root), unsignedTrailer);
      const body = `3\r\nabc\r\n0\r\n${trailer}${trailer === '' ? '' : '\r\n'}\r\n`;
      await assertNothingKept(house, { ...sent, body }, [
        'BadDigest',
        'XAmzContentChecksumMismatch',
        'InvalidRequest',
      ]);
    }
  }
});

test('nobody’s upload, where a policy takes it, is decoded and verified like any other', async () => {
  const { house } = await scene();
  const text = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: '*',
        Action: 's3:PutObject',
        Resource: 'arn:aws:s3:::bucket/*',
      },
    ],
  });
  await house.store.buckets.change('bucket', { publicAccessBlock: null });
  await house.store.buckets.setPolicy('bucket', { text, isPublic: true });
  const headers = [
    ['x-amz-content-sha256', unsignedTrailer],
    ['x-amz-decoded-content-length', '3'],
    ['x-amz-trailer', 'x-amz-checksum-crc32'],
  ] as const;
  const sent = { method: 'PUT', target: '/bucket/key', headers };
  const bodyWith = (crc: string): string => `3\r\nabc\r\n0\r\nx-amz-checksum-crc32:${crc}\r\n\r\n`;
  await assertNothingKept(house, { ...sent, body: bodyWith('AAAAAA==') }, ['BadDigest']);
  assert.equal((await house.ask({ ...sent, body: bodyWith('NSRBwg==') })).status, 200);
  const read = byHeader({ method: 'GET', path: '/bucket/key' }, signer(house.root));
  assert.equal((await house.ask(read)).text, 'abc');
  // What claims signed chunks has nothing that they could follow from.
  const claimed = [['x-amz-content-sha256', signedChunks], ...headers.slice(1)] as const;
  await assertNothingKept(house, { ...sent, headers: claimed, body: 'x' }, ['AccessDenied']);
});

const conditions = [{ bucket: 'bucket' }, { key: 'key' }];
type Fields = Readonly<Record<string, string>>;
const right = (key: GivenKey, more: object = {}): Fields =>
  formFields({ fields: { key: 'key' }, conditions, ...more }, key);

const badForms: Readonly<
  Record<string, readonly [(house: S3House, other: GivenKey) => Fields, string]>
> = {
  'a policy changed after it was signed (CVE-2023-28434)': [
    ({ root }) => {
      const fields = right(root);
      const policy = Buffer.from(fields['policy'] ?? '', 'base64')
        .toString()
        .replace('"key":"key"', '"key":"any"');
      return { ...fields, key: 'any', policy: Buffer.from(policy).toString('base64') };
    },
    'SignatureDoesNotMatch',
  ],
  'a field that the policy does not know (CVE-2023-43040)': [
    ({ root }) => ({ ...right(root), 'x-amz-meta-extra': '1' }),
    'AccessDenied',
  ],
  'another key than the policy allows': [
    ({ root }) => ({ ...right(root), key: 'other' }),
    'AccessDenied',
  ],
  'the policy of another bucket': [
    ({ root }) =>
      formFields(
        { fields: { key: 'key' }, conditions: [{ bucket: 'theirs' }, { key: 'key' }] },
        root,
      ),
    'AccessDenied',
  ],
  'a policy that names no bucket': [
    ({ root }) => formFields({ fields: { key: 'key' }, conditions: [{ key: 'key' }] }, root),
    'AccessDenied',
  ],
  'a policy that has expired': [({ root }) => right(root, { expiresInMs: -1_000 }), 'AccessDenied'],
  'a signature of eight days ago': [
    ({ root }) =>
      right(root, { now: new Date(Date.now() - 8 * 86_400_000), expiresInMs: 9 * 86_400_000 }),
    'AccessDenied',
  ],
  'the secret of nobody': [
    ({ root }) => right({ ...root, secretKey: 'wrong' }),
    'SignatureDoesNotMatch',
  ],
  'a disabled key': [(_, other) => right(other), 'InvalidAccessKeyId'],
  'a policy without a signature': [
    ({ root }) => {
      const { 'x-amz-signature': _, ...fields } = right(root);
      return fields;
    },
    'InvalidArgument',
  ],
  'a signature without a policy': [
    ({ root }) => {
      const { policy: _, ...fields } = right(root);
      return fields;
    },
    'InvalidArgument',
  ],
  'Signature Version 2': [
    () => ({ key: 'key', AWSAccessKeyId: 'AKIA', policy: 'e30=', signature: 'c2ln' }),
    'InvalidRequest',
  ],
  'a security token': [
    ({ root }) => ({ ...right(root), 'x-amz-security-token': 't' }),
    'InvalidToken',
  ],
  'no credentials at all': [() => ({ key: 'key' }), 'AccessDenied'],
};

for (const [what, [fieldsOf, code]] of Object.entries(badForms)) {
  test(`a form with ${what} is refused before its file is read`, async () => {
    const { house } = await scene();
    const other = await house.accessKeys.create({ account: house.rootAccount });
    await house.accessKeys.setEnabled(other.accessKeyId, false);
    const [head = '', file = ''] = formOf(fieldsOf(house, other), 'f'.repeat(1_000)).split(
      /(?=f{1000})/,
    );
    let taken = false;
    const body = (async function* () {
      yield Buffer.from(head);
      taken = true;
      yield Buffer.from(file);
    })();
    const headers = [['content-type', 'multipart/form-data; boundary=b']] as const;
    await assertNothingKept(house, { method: 'POST', target: '/bucket', headers, body }, [code]);
    assert.equal(taken, false, 'its file was read');
  });
}
