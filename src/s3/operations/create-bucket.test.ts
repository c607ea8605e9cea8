import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Permission } from '../../access/permission.ts';
import { callOf, owner, send, type SentRequest } from '../../../tests/support/s3-call.ts';
import { Refusal } from '../../base/refusal.ts';
import type { DialectSettings } from '../operation.ts';
import { createBucket } from './create-bucket.ts';
import { deleteBucket } from './delete-bucket.ts';
import { getBucketLocation } from './get-bucket-location.ts';
import { headBucket } from './head-bucket.ts';

interface Existing {
  readonly account: string;
  readonly region?: string;
}

function storeWith(existing: Existing | undefined, created: unknown[] = []) {
  const create = async (input: unknown): Promise<void> => {
    created.push(input);
    if (existing === undefined) return;
    const own = existing.account === owner.id;
    throw new Refusal(own ? 'BucketAlreadyOwnedByYou' : 'BucketAlreadyExists');
  };
  return { buckets: { create, find: async () => existing } };
}

async function make(sent: Partial<SentRequest> = {}, existing?: Existing) {
  const created: unknown[] = [];
  const store = storeWith(existing, created);
  const reply = await send(createBucket, { target: '/bkt', store, ...sent });
  return { ...reply, created };
}

const document = (inner: string): string =>
  `<CreateBucketConfiguration>${inner}</CreateBucketConfiguration>`;
const located = (region: string): string =>
  document(`<LocationConstraint>${region}</LocationConstraint>`);

test('a bucket of the caller’s account in the server’s region', async () => {
  const plain = await make();
  assert.deepEqual([plain.status, plain.headers['location']], [200, '/bkt']);
  const made = { name: 'bkt', account: owner.id, region: 'us-east-1', mode: 'modern' };
  assert.deepEqual(plain.created, [made]);
  assert.deepEqual(plain.asked, ['s3:CreateBucket arn:aws:s3:::bkt']);
  assert.deepEqual((await make({ body: located('us-east-1') })).created, [made]);
  const tags = '<Tags><Tag><Key>k</Key><Value>v</Value></Tag></Tags>';
  const full = await make({
    body: document(tags),
    headers: { 'x-amz-object-ownership': 'ObjectWriter', 'x-amz-acl': 'private' },
  });
  assert.deepEqual(full.created, [{ ...made, ownership: 'ObjectWriter', tags: [['k', 'v']] }]);
  assert.deepEqual(
    full.asked.map((pair) => pair.split(' ')[0]),
    ['s3:CreateBucket', 's3:PutBucketOwnershipControls', 's3:TagResource'],
  );
});

test('the region of the body is a condition key, absent where there is none', async () => {
  for (const [body, values] of [
    ['', []],
    [located('eu-west-1'), ['eu-west-1']],
  ] as const) {
    const seen: Permission[] = [];
    const allowed = async (permission: Permission): Promise<boolean> => {
      seen.push(permission);
      return false;
    };
    const call = { ...callOf({ target: '/bkt', body, store: storeWith(undefined) }), allowed };
    await assert.rejects(
      createBucket.run(call, createBucket.input(call)),
      (error) => error instanceof Refusal && error.code === 'AccessDenied',
    );
    assert.deepEqual(seen[0]?.context?.get('s3:locationconstraint'), values);
    assert.equal(seen[0]?.bucket, undefined);
  }
});

test('what may not be made', async () => {
  for (const [code, sent] of [
    ['IllegalLocationConstraintException', { body: located('eu-west-1') }],
    ['MalformedXML', { body: '<x/>' }],
    ['NotImplemented', { body: document('<Bucket/>') }],
    ['InvalidBucketName', { target: '/Bkt' }],
    ['InvalidArgument', { headers: { 'x-amz-object-ownership': 'Nobody' } }],
    ['InvalidArgument', { headers: { 'x-amz-acl': 'public' } }],
    ['AccessControlListNotSupported', { headers: { 'x-amz-acl': 'public-read' } }],
    ['AccessControlListNotSupported', { headers: { 'x-amz-grant-read': 'id=1' } }],
    [
      'NotImplemented',
      { headers: { 'x-amz-acl': 'public-read', 'x-amz-object-ownership': 'ObjectWriter' } },
    ],
    ['NotImplemented', { headers: { 'x-amz-bucket-object-lock-enabled': 'true' } }],
    ['AccessDenied', { denied: ['s3:CreateBucket'] }],
    [
      'AccessDenied',
      { denied: ['s3:PutBucketAcl'], headers: { 'x-amz-acl': 'authenticated-read' } },
    ],
    ['AccessDenied', { anonymous: true as const }],
  ] as const) {
    const refused = await make(sent);
    assert.deepEqual([refused.code, refused.created], [code, []], JSON.stringify(sent));
  }
});

test('a name given again', async () => {
  const own = await make({}, { account: owner.id });
  assert.deepEqual([own.status, own.created], [200, []]);
  const others = await make({}, { account: '999999999999' });
  assert.equal(others.code, 'BucketAlreadyExists');
  const settings: DialectSettings = { region: 'eu-west-1', publicUrl: '', newBuckets: 'classic' };
  const store = storeWith({ account: owner.id });
  const elsewhere = { ...callOf({ target: '/bkt', body: located('EU'), store }), settings };
  await assert.rejects(
    createBucket.run(elsewhere, createBucket.input(elsewhere)),
    (error) => error instanceof Refusal && error.code === 'BucketAlreadyOwnedByYou',
  );
});

test('HeadBucket, GetBucketLocation and DeleteBucket', async () => {
  const removed: string[] = [];
  const bucketIn = (region: string) => ({
    buckets: {
      get: async () => ({ region }),
      delete: async (name: string): Promise<void> => void removed.push(name),
    },
  });
  const target = '/bkt';
  const head = await send(headBucket, { target, store: bucketIn('eu-west-1') });
  assert.equal(head.headers['x-amz-bucket-region'], 'eu-west-1');
  assert.deepEqual(head.asked, ['s3:ListBucket arn:aws:s3:::bkt']);
  const denied = ['s3:ListBucket'];
  const refused = await send(headBucket, { target, denied, store: bucketIn('eu-west-1') });
  assert.deepEqual([refused.status, refused.headers['x-amz-bucket-region']], [403, 'eu-west-1']);
  const first = await send(getBucketLocation, { target, store: bucketIn('us-east-1') });
  assert.match(first.body, /<LocationConstraint xmlns="[^"]+"><\/LocationConstraint>$/);
  const there = await send(getBucketLocation, { target, store: bucketIn('eu-west-1') });
  assert.match(there.body, />eu-west-1<\/LocationConstraint>$/);
  assert.deepEqual(there.pairs, ['s3:GetBucketLocation arn:aws:s3:::bkt']);
  const gone = await send(deleteBucket, { target, store: bucketIn('') });
  assert.deepEqual([gone.status, removed], [204, ['bkt']]);
  assert.deepEqual(gone.pairs, ['s3:DeleteBucket arn:aws:s3:::bkt']);
});
