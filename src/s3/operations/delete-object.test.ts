import assert from 'node:assert/strict';
import { test } from 'node:test';
import { send, type SentRequest } from '../../../tests/support/s3-call.ts';
import type { DeleteResult } from '../../store/objects.ts';
import { deleteObject } from './delete-object.ts';

async function remove(sent: Partial<SentRequest>, result: DeleteResult) {
  const inputs: unknown[] = [];
  const objects = {
    delete: async (input: unknown) => {
      inputs.push(input);
      return result;
    },
  };
  const reply = await send(deleteObject, { target: '/bkt/key', store: { objects }, ...sent });
  return { reply, input: inputs[0] };
}

test('an unversioned object', async () => {
  const { reply, input } = await remove({}, { versionId: undefined, deleteMarker: false });
  assert.deepEqual([reply.status, reply.body], [204, '']);
  assert.deepEqual(reply.headers, { 'x-amz-request-id': 'ID' });
  assert.deepEqual(input, { bucket: 'bkt', key: 'key' });
  assert.deepEqual(reply.pairs, ['s3:DeleteObject arn:aws:s3:::bkt/key']);
});

test('a marker made, and a version removed', async () => {
  const made = await remove({}, { versionId: 'm', deleteMarker: true });
  assert.equal(made.reply.headers['x-amz-delete-marker'], 'true');
  assert.equal(made.reply.headers['x-amz-version-id'], 'm');
  const version = await remove(
    { target: '/bkt/key?versionId=v' },
    { versionId: 'v', deleteMarker: false },
  );
  assert.deepEqual(version.input, { bucket: 'bkt', key: 'key', versionId: 'v' });
  assert.deepEqual(version.reply.pairs, ['s3:DeleteObjectVersion arn:aws:s3:::bkt/key']);
  assert.equal(version.reply.headers['x-amz-delete-marker'], undefined);
  const empty = await remove(
    { target: '/bkt/key?versionId=' },
    { versionId: 'v', deleteMarker: false },
  );
  assert.deepEqual([empty.reply.code, empty.input], ['InvalidArgument', undefined]);
});

test('conditional deletes; what a delete cannot promise is refused', async () => {
  const result = { versionId: undefined, deleteMarker: false };
  const { reply, input } = await remove({ headers: { 'if-match': '"e"' } }, result);
  assert.deepEqual(input, { bucket: 'bkt', key: 'key', ifMatch: 'e' });
  assert.equal(reply.pairs[1], 's3:GetObject arn:aws:s3:::bkt/key');
  const any = await remove({ headers: { 'if-match': '*' } }, result);
  assert.equal(any.reply.pairs.length, 1);
  for (const name of ['if-none-match', 'x-amz-mfa', 'x-amz-if-match-size']) {
    const refused = await remove({ headers: { [name]: '*' } }, result);
    assert.deepEqual([refused.reply.code, refused.input], ['NotImplemented', undefined], name);
  }
});
