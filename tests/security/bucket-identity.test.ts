/**
 * A bucket's name given again is another bucket. What was allowed for the first must not be done to
 * the second, however slowly a client sends what it was allowed to send: here each client's body
 * stops in its middle until its bucket belongs to another account.
 */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import type { GivenKey } from '../../src/access/access-keys.ts';
import { formOf } from './routes.ts';
import { s3House, type S3House, type Sent } from './s3-house.ts';
import { formFields, type Signable, unsignedBody } from './signed.ts';

interface Scene {
  readonly house: S3House;
  readonly thief: GivenKey;
  /** An upload that the thief began. */
  readonly uploadId: string;
}

type Slow = (scene: Scene) => Signable;

const inPolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:*',
    Resource: ['arn:aws:s3:::bucket', 'arn:aws:s3:::bucket/*'],
  },
});

const md5 = (text: string): string => hash('md5', text, 'base64');

const document = (query: string, body: string, path = '/bucket'): Signable => ({
  method: query === 'delete' ? 'POST' : 'PUT',
  path,
  query: [[query, '']],
  headers: { 'content-md5': md5(body) },
  body,
});

const slow: Readonly<Record<string, Slow>> = {
  PutObject: () => ({ method: 'PUT', path: '/bucket/key', body: 'of the thief' }),
  'PutObject, large': () => ({ method: 'PUT', path: '/bucket/key', body: 'thief'.repeat(9_000) }),
  UploadPart: ({ uploadId }) => ({
    method: 'PUT',
    path: '/bucket/key',
    query: [
      ['partNumber', '1'],
      ['uploadId', uploadId],
    ],
    body: 'of the thief',
  }),
  CompleteMultipartUpload: ({ uploadId }) => ({
    method: 'POST',
    path: '/bucket/key',
    query: [['uploadId', uploadId]],
    body: `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${hash('md5', 'p')}</ETag></Part></CompleteMultipartUpload>`,
  }),
  PutBucketPolicy: () => document('policy', inPolicy),
  PutBucketTagging: () =>
    document(
      'tagging',
      '<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>',
    ),
  PutBucketVersioning: () =>
    document(
      'versioning',
      '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
    ),
  PutBucketEncryption: () =>
    document(
      'encryption',
      '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>',
    ),
  PutBucketOwnershipControls: () =>
    document(
      'ownershipControls',
      '<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>',
    ),
  PutPublicAccessBlock: () => document('publicAccessBlock', '<PublicAccessBlockConfiguration/>'),
  PutObjectTagging: () =>
    document(
      'tagging',
      '<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>',
      '/bucket/key',
    ),
  DeleteObjects: () => document('delete', '<Delete><Object><Key>key</Key></Object></Delete>'),
};

async function scene(): Promise<Scene & { readonly swap: () => Promise<void> }> {
  const house = await s3House();
  const { store } = house;
  const { account: thief, key } = await house.accounts.create({ name: 'thief' });
  const { account: victim } = await house.accounts.create({ name: 'victim' });
  const bucket = { name: 'bucket', region: 'us-east-1', mode: 'classic' } as const;
  const object = { bucket: 'bucket', key: 'key', facts: {}, sse: undefined, digests: {} } as const;
  const put = (text: string) =>
    store.objects.put({ ...object, body: once(text), length: text.length });
  await store.buckets.create({ ...bucket, account: thief.id });
  await put('of the thief');
  const initiator = { id: thief.id, displayName: 'thief' };
  const upload = { ...object, account: thief.id, initiator, requestHeaders: {} };
  const { uploadId } = await store.uploads.create(upload);
  const part = { bucket: 'bucket', key: 'key', uploadId, number: 1, digests: {} };
  await store.uploads.putPart({ ...part, body: once('p'), length: 1 });
  const swap = async (): Promise<void> => {
    await store.objects.delete({ bucket: 'bucket', key: 'key' });
    await store.buckets.delete('bucket');
    await store.buckets.create({ ...bucket, account: victim.id });
    await put('of the victim');
  };
  return { house, thief: key, uploadId, swap };
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** The body up to its last byte, then `meanwhile`, then that byte. */
async function* interrupted(
  body: string,
  meanwhile: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(body);
  yield bytes.subarray(0, -1);
  await meanwhile();
  yield bytes.subarray(-1);
}

async function assertNothingDone(
  { house, swap }: Awaited<ReturnType<typeof scene>>,
  sent: Omit<Sent, 'body'> & { readonly body: string },
): Promise<void> {
  let victims: readonly string[] = [];
  const { body } = sent;
  const meanwhile = async (): Promise<void> => {
    // Readers are few: a client that is waited for must not hold one.
    assert.equal(house.openViews(), 0, 'a view is open while a body is waited for');
    await swap();
    victims = await house.rows();
  };
  const answer = await house.ask({
    ...sent,
    body: interrupted(body, meanwhile),
    contentLength: Buffer.byteLength(body),
  });
  assert.ok(victims.length > 0, `${answer.code} before the body was read: ${answer.text}`);
  assert.deepEqual(await house.rows(), victims);
  // What decides by its body decides after it: as about anybody else's bucket.
  assert.match(answer.text, /<Code>(NoSuchBucket|AccessDenied)<\/Code>/);
  assert.deepEqual(house.failures, []);
}

for (const [name, request] of Object.entries(slow)) {
  test(`${name} does not reach the bucket that took the place of its own`, async () => {
    const made = await scene();
    const wanted = request(made);
    const { body = '' } = wanted;
    await assertNothingDone(made, { ...unsignedBody(wanted, made.thief), body });
  });
}

test('PostObject does not reach the bucket that took the place of its own', async () => {
  const made = await scene();
  const conditions = [{ bucket: 'bucket' }, { key: 'key' }];
  const fields = formFields({ fields: { key: 'key' }, conditions }, made.thief);
  await assertNothingDone(made, {
    method: 'POST',
    target: '/bucket',
    headers: [['content-type', 'multipart/form-data; boundary=b']],
    body: formOf(fields),
  });
});
