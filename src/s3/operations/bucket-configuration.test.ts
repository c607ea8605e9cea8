/** Encryption, versioning, public access block, ownership and tags of a bucket: put, get, delete. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { send } from '../../../tests/support/s3-call.ts';
import type { AnyOperation } from '../operation.ts';
import { bucketOperations } from './bucket-operations.ts';

interface Configuration {
  readonly name: string;
  /** Actions of put, get and delete, without `s3:`. */
  readonly actions: readonly [put: string, get: string];
  readonly document: string;
  /** What `change` is given for the document. */
  readonly change: object;
  readonly removed?: object;
  readonly bucket: object;
  readonly without: object;
  /** What GET answers of `without`: a code, or a document. */
  readonly absent: string;
}

const encryption = (algorithm: string): string =>
  '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>' +
  `<SSEAlgorithm>${algorithm}</SSEAlgorithm></ApplyServerSideEncryptionByDefault>` +
  '<BucketKeyEnabled>true</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>';
const aes = { algorithm: 'AES256', bucketKey: true };
const block = {
  blockPublicAcls: true,
  ignorePublicAcls: false,
  blockPublicPolicy: true,
  restrictPublicBuckets: false,
};

const configurations: readonly Configuration[] = [
  {
    name: 'BucketEncryption',
    actions: ['PutEncryptionConfiguration', 'GetEncryptionConfiguration'],
    document: encryption('AES256'),
    change: { encryption: aes },
    removed: { encryption: null },
    bucket: { encryption: aes },
    without: { encryption: undefined },
    absent: 'ServerSideEncryptionConfigurationNotFoundError',
  },
  {
    name: 'BucketVersioning',
    actions: ['PutBucketVersioning', 'GetBucketVersioning'],
    document: '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
    change: { versioning: 'enabled' },
    bucket: { versioning: 'enabled' },
    without: { versioning: 'off' },
    absent: '<VersioningConfiguration></VersioningConfiguration>',
  },
  {
    name: 'PublicAccessBlock',
    actions: ['PutBucketPublicAccessBlock', 'GetBucketPublicAccessBlock'],
    document:
      '<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>' +
      '<IgnorePublicAcls>false</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy>' +
      '<RestrictPublicBuckets>false</RestrictPublicBuckets></PublicAccessBlockConfiguration>',
    change: { publicAccessBlock: block },
    removed: { publicAccessBlock: null },
    bucket: { publicAccessBlock: block },
    without: { publicAccessBlock: undefined },
    absent: 'NoSuchPublicAccessBlockConfiguration',
  },
  {
    name: 'BucketOwnershipControls',
    actions: ['PutBucketOwnershipControls', 'GetBucketOwnershipControls'],
    document:
      '<OwnershipControls><Rule><ObjectOwnership>BucketOwnerPreferred</ObjectOwnership></Rule></OwnershipControls>',
    change: { ownership: 'BucketOwnerPreferred' },
    removed: { ownership: null },
    bucket: { ownership: 'BucketOwnerPreferred' },
    without: { ownership: undefined },
    absent: 'OwnershipControlsNotFoundError',
  },
];

function named(name: string): AnyOperation {
  const found = bucketOperations.find((operation) => operation.name === name);
  assert.ok(found !== undefined, name);
  return found;
}

async function run(operation: string, bucket: object, body = '') {
  const changes: unknown[] = [];
  const change = async (name: string, wanted: unknown): Promise<void> => {
    changes.push(name, wanted);
  };
  const buckets = { change, get: async () => bucket };
  const reply = await send(named(operation), { target: '/bkt', body, store: { buckets } });
  return { ...reply, changes };
}

const bare = (body: string): string =>
  body.replace(/^<\?xml .*\?>\n/, '').replace(/ xmlns="[^"]*"/, '');

for (const one of configurations) {
  test(`${one.name}: what is put is what is got`, async () => {
    const [putAction, getAction] = one.actions;
    const put = await run(`Put${one.name}`, {}, one.document);
    assert.deepEqual([put.status, put.body, put.changes], [200, '', ['bkt', one.change]]);
    assert.deepEqual(put.pairs, [`s3:${putAction} arn:aws:s3:::bkt`]);
    const bad = await run(`Put${one.name}`, {}, '<Nothing/>');
    assert.deepEqual([bad.code, bad.changes], ['MalformedXML', []]);

    const got = await run(`Get${one.name}`, one.bucket);
    assert.equal(bare(got.body), one.document);
    assert.deepEqual(got.pairs, [`s3:${getAction} arn:aws:s3:::bkt`]);
    const absent = await run(`Get${one.name}`, one.without);
    assert.equal(absent.code ?? bare(absent.body), one.absent);

    if (one.removed === undefined) return;
    const deleted = await run(`Delete${one.name}`, {});
    assert.deepEqual([deleted.status, deleted.changes], [204, ['bkt', one.removed]]);
    assert.deepEqual(deleted.pairs, [`s3:${putAction} arn:aws:s3:::bkt`]);
  });
}

test('the text that Terraform matches; other algorithms and MFA delete are refused by name', async () => {
  const { body, status } = await run('GetBucketEncryption', { encryption: undefined });
  assert.equal(status, 404);
  assert.match(body, /<Message>The server side encryption configuration was not found<\/Message>/);
  for (const [algorithm, code] of [
    ['aws:kms', 'NotImplemented'],
    ['AES512', 'MalformedXML'],
  ] as const) {
    const refused = await run('PutBucketEncryption', {}, encryption(algorithm));
    assert.deepEqual([refused.code, refused.changes], [code, []]);
  }
  const mfa =
    '<VersioningConfiguration><Status>Enabled</Status><MfaDelete>Enabled</MfaDelete></VersioningConfiguration>';
  const refused = await run('PutBucketVersioning', {}, mfa);
  assert.deepEqual([refused.code, refused.changes], ['NotImplemented', []]);
});

test('tags of a bucket', async () => {
  const sets: unknown[] = [];
  const store = (tags?: unknown) => ({
    buckets: {
      tags: async () => tags,
      setTags: async (...given: unknown[]): Promise<void> => void sets.push(given),
    },
  });
  const tagging = (inner: string): string => `<Tagging><TagSet>${inner}</TagSet></Tagging>`;
  const one = tagging('<Tag><Key>k</Key><Value>v+1</Value></Tag>');
  const target = '/bkt';
  const put = await send(named('PutBucketTagging'), { target, body: one, store: store() });
  assert.deepEqual([put.status, put.pairs], [204, ['s3:PutBucketTagging arn:aws:s3:::bkt']]);
  await send(named('PutBucketTagging'), { target, body: tagging(''), store: store() });
  const deleted = await send(named('DeleteBucketTagging'), { target, store: store() });
  assert.deepEqual([deleted.status, deleted.pairs], [204, put.pairs]);
  assert.deepEqual(sets, [
    ['bkt', [['k', 'v+1']]],
    ['bkt', undefined],
    ['bkt', undefined],
  ]);
  const got = await send(named('GetBucketTagging'), { target, store: store([['k', 'v+1']]) });
  assert.equal(bare(got.body), one);
  assert.deepEqual(got.pairs, ['s3:GetBucketTagging arn:aws:s3:::bkt']);
  const none = await send(named('GetBucketTagging'), { target, store: store() });
  assert.equal(none.code, 'NoSuchTagSet');
});
