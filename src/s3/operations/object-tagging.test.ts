import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callOf, send, type SentRequest } from '../../../tests/support/s3-call.ts';
import type { Permission } from '../../access/permission.ts';
import type { AnyOperation } from '../operation.ts';
import { deleteObjectTagging } from './delete-object-tagging.ts';
import { getObjectTagging } from './get-object-tagging.ts';
import { putObjectTagging } from './put-object-tagging.ts';

const document =
  '<Tagging><TagSet><Tag><Key>Stage</Key><Value>a + b</Value></Tag></TagSet></Tagging>';

async function run(operation: AnyOperation, sent: Partial<SentRequest> = {}, versionId?: string) {
  const inputs: unknown[] = [];
  const objects = {
    tags: async (_: unknown, input: unknown) => {
      inputs.push(input);
      return { tags: [['Stage', 'a + b']], versionId };
    },
    setTags: async (input: unknown) => {
      inputs.push(input);
      return { versionId };
    },
  };
  const reply = await send(operation, { target: '/bkt/key', store: { objects }, ...sent });
  return { ...reply, inputs };
}

test('tags of the current version', async () => {
  const got = await run(getObjectTagging);
  assert.ok(got.body.endsWith(document.replace('<Tagging>', '')), got.body);
  assert.equal(got.headers['x-amz-version-id'], undefined);
  assert.deepEqual(got.pairs, ['s3:GetObjectTagging arn:aws:s3:::bkt/key']);
  const put = await run(putObjectTagging, { body: document });
  assert.deepEqual(put.inputs, [{ bucket: 'bkt', key: 'key', tags: [['Stage', 'a + b']] }]);
  assert.deepEqual([put.status, put.body], [200, '']);
  assert.deepEqual(put.asked, ['s3:PutObjectTagging arn:aws:s3:::bkt/key']);
  const deleted = await run(deleteObjectTagging);
  assert.deepEqual(deleted.inputs, [{ bucket: 'bkt', key: 'key', tags: [] }]);
  assert.equal(deleted.status, 204);
  assert.deepEqual(deleted.pairs, ['s3:DeleteObjectTagging arn:aws:s3:::bkt/key']);
});

test('tags of a version have permissions of their own, and its id comes back', async () => {
  const target = '/bkt/key?versionId=v';
  for (const [operation, action] of [
    [getObjectTagging, 's3:GetObjectVersionTagging'],
    [putObjectTagging, 's3:PutObjectVersionTagging'],
    [deleteObjectTagging, 's3:DeleteObjectVersionTagging'],
  ] as const) {
    const reply = await run(operation, { target, body: document }, 'v');
    assert.deepEqual([...reply.pairs, ...reply.asked], [`${action} arn:aws:s3:::bkt/key`]);
    assert.equal(reply.headers['x-amz-version-id'], 'v');
    assert.equal((reply.inputs[0] as { versionId: string }).versionId, 'v');
    const empty = await run(operation, { target: '/bkt/key?versionId=', body: document });
    assert.deepEqual([empty.code, empty.inputs], ['InvalidArgument', []]);
  }
});

test('a policy sees the tags that are to be set; without its word nothing is', async () => {
  const seen: Permission[] = [];
  const allowed = async (permission: Permission): Promise<boolean> => {
    seen.push(permission);
    return false;
  };
  const call = { ...callOf({ target: '/bkt/key', body: document }), allowed };
  await assert.rejects(putObjectTagging.run(call, putObjectTagging.input(call)));
  assert.deepEqual(seen[0]?.context?.get('s3:requestobjecttag/stage'), ['a + b']);
  assert.deepEqual(seen[0]?.context?.get('s3:requestobjecttagkeys'), ['Stage']);
  const denied = await run(putObjectTagging, { body: document, denied: ['s3:PutObjectTagging'] });
  assert.deepEqual([denied.code, denied.inputs], ['AccessDenied', []]);
  for (const [body, code] of [
    ['<Tagging/>', 'MalformedXML'],
    [document.replace('Stage', 'aws:x'), 'InvalidTag'],
  ] as const) {
    const refused = await run(putObjectTagging, { body });
    assert.deepEqual([refused.code, refused.asked, refused.inputs], [code, [], []]);
  }
});
