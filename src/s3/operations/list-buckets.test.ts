import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isoDay, owner, send, type SentRequest } from '../../../tests/support/s3-call.ts';
import { encodeToken } from '../continuation-token.ts';
import { listBuckets } from './list-buckets.ts';

const regions = ['us-east-1', 'eu-west-1', 'us-east-1', 'eu-west-1'];
const all = regions.map((region, n) => ({ name: `bkt${n}`, createdAt: isoDay, region }));

/** Pages as the store gives them. */
async function listed(query: string, sent: Partial<SentRequest> = {}) {
  const asked: Record<string, unknown>[] = [];
  const list = async (_: unknown, page: { account: string; after?: string; limit: number }) => {
    asked.push(page);
    const from = all.findIndex(({ name }) => name > (page.after ?? ''));
    const buckets = from < 0 ? [] : all.slice(from, from + page.limit);
    const more = from >= 0 && from + page.limit < all.length;
    return { buckets, next: more ? buckets.at(-1)?.name : undefined };
  };
  const store = { buckets: { list } };
  const reply = await send(listBuckets, { target: `/?${query}`, store, ...sent });
  const names = [...reply.body.matchAll(/<Name>(\w+)<\/Name>/g)].map((match) => match[1]);
  return { ...reply, names, queries: asked };
}

test('all buckets of the caller’s account', async () => {
  const { body, names, pairs, queries } = await listed('x-id=ListBuckets');
  assert.deepEqual(pairs, ['s3:ListAllMyBuckets *']);
  assert.deepEqual(queries, [{ account: owner.id, limit: 10_000 }]);
  assert.deepEqual(names, ['bkt0', 'bkt1', 'bkt2', 'bkt3']);
  assert.ok(
    body.endsWith(
      `<Owner><ID>${owner.canonicalId}</ID><DisplayName>owner</DisplayName></Owner><Buckets>` +
        all
          .map(
            ({ name }) =>
              `<Bucket><Name>${name}</Name><CreationDate>2026-01-02T03:04:05.678Z</CreationDate></Bucket>`,
          )
          .join('') +
        '</Buckets></ListAllMyBucketsResult>',
    ),
    body,
  );
  assert.equal((await listed('', { anonymous: true })).code, 'AccessDenied');
});

test('pages, a prefix and a region', async () => {
  const first = await listed('max-buckets=3&prefix=b');
  assert.deepEqual(first.names, ['bkt0', 'bkt1', 'bkt2']);
  assert.match(first.body, /<BucketRegion>eu-west-1<\/BucketRegion>/);
  assert.match(first.body, /<Prefix>b<\/Prefix><\/ListAllMyBucketsResult>$/);
  const token = /<ContinuationToken>(.*)<\/ContinuationToken>/.exec(first.body)?.[1];
  assert.equal(token, encodeToken('bkt2'));
  const second = await listed(`max-buckets=3&continuation-token=${token}`);
  assert.deepEqual(second.names, ['bkt3']);
  assert.doesNotMatch(second.body, /ContinuationToken/);
  const there = await listed('max-buckets=1&bucket-region=eu-west-1');
  assert.deepEqual(there.names, ['bkt1']);
  assert.match(there.body, new RegExp(encodeToken('bkt1')));
  assert.deepEqual((await listed('bucket-region=eu-west-1')).names, ['bkt1', 'bkt3']);
});

test('what AWS refuses', async () => {
  for (const bad of [
    'max-buckets=0',
    'max-buckets=10001',
    'max-buckets=-1',
    'max-buckets=x',
    'continuation-token=x',
    'continuation-token=',
    'bucket-region=',
    'bucket-region=US%20East',
  ]) {
    const { code, queries } = await listed(bad);
    assert.deepEqual([code, queries], ['InvalidArgument', []], bad);
  }
});
