import assert from 'node:assert/strict';
import { test } from 'node:test';
import { send, type SentRequest } from '../../../tests/support/s3-call.ts';
import { Defect, Fault, Refusal } from '../../base/refusal.ts';
import type { DeleteResult, ReadInput } from '../../store/objects.ts';
import { deleteObjects } from './delete-objects.ts';

type Delete = (input: ReadInput) => Promise<DeleteResult>;

async function remove(items: string, each: Delete, sent: Partial<SentRequest> = {}) {
  const inputs: ReadInput[] = [];
  const objects = {
    delete: (input: ReadInput) => {
      inputs.push(input);
      return each(input);
    },
  };
  const store = { objects, buckets: { get: async () => ({}) } };
  const body = `<Delete>${items}</Delete>`;
  const reply = await send(deleteObjects, { target: '/bkt?delete', body, store, ...sent });
  return { reply, inputs };
}

const gone: Delete = async () => ({ versionId: undefined, deleteMarker: false });
const item = (key: string, more = ''): string => `<Object><Key>${key}</Key>${more}</Object>`;

test('each object is deleted and told of', async () => {
  const { reply, inputs } = await remove(
    item('a&amp;b') + item('c', '<VersionId>v1</VersionId>') + item('d', '<ETag>"e"</ETag>'),
    async ({ key, versionId }) => ({
      versionId: versionId ?? (key === 'd' ? 'm1' : undefined),
      deleteMarker: key !== 'a&b',
    }),
  );
  assert.equal(reply.status, 200);
  assert.ok(reply.body.includes('<Deleted><Key>a&amp;b</Key></Deleted>'));
  assert.ok(
    reply.body.includes(
      '<Deleted><Key>c</Key><VersionId>v1</VersionId><DeleteMarker>true</DeleteMarker>' +
        '<DeleteMarkerVersionId>v1</DeleteMarkerVersionId></Deleted>',
    ),
  );
  assert.ok(reply.body.includes('<DeleteMarkerVersionId>m1</DeleteMarkerVersionId>'));
  assert.deepEqual(inputs, [
    { bucket: 'bkt', key: 'a&b' },
    { bucket: 'bkt', key: 'c', versionId: 'v1' },
    { bucket: 'bkt', key: 'd', ifMatch: 'e' },
  ]);
  assert.deepEqual(reply.asked.toSorted(), [
    's3:DeleteObject arn:aws:s3:::bkt/a&b',
    's3:DeleteObject arn:aws:s3:::bkt/d',
    's3:DeleteObjectVersion arn:aws:s3:::bkt/c',
    's3:GetObject arn:aws:s3:::bkt/d',
  ]);
  assert.deepEqual(reply.pairs, []);
});

test('what is denied or fails is told item by item, and stops nothing', async () => {
  const { reply, inputs } = await remove(
    item('denied', '<VersionId>v</VersionId>') + item('bad') + item('broken') + item('good'),
    async ({ key, ...input }) => {
      if (key === 'bad') throw new Refusal('PreconditionFailed');
      if (key === 'broken') throw new Fault('failed', 'the disk said so');
      return gone({ key, ...input });
    },
    { denied: ['s3:DeleteObjectVersion'] },
  );
  const told = [...reply.body.matchAll(/<Error><Key>(\w+)<.*?<Code>(\w+)<.*?<\/Error>/g)];
  assert.deepEqual(
    told.map(([, key, code]) => [key, code]),
    [
      ['denied', 'AccessDenied'],
      ['bad', 'PreconditionFailed'],
      ['broken', 'InternalError'],
    ],
  );
  assert.ok(!reply.body.includes('the disk said so'));
  assert.ok(reply.body.includes('<Deleted><Key>good</Key></Deleted>'));
  assert.ok(!inputs.some(({ key }) => key === 'denied'));
});

test('quiet tells errors only', async () => {
  const quiet = '<Quiet>true</Quiet>';
  const { reply } = await remove(quiet + item('a') + item('b'), async (input) => {
    if (input.key === 'b') throw new Refusal('AccessDenied');
    return gone(input);
  });
  assert.ok(!reply.body.includes('Deleted>'));
  assert.ok(reply.body.includes('<Key>b</Key>'));
});

test('a thousand at most, a bounded number at once', async () => {
  let now = 0;
  let most = 0;
  const items = Array.from({ length: 1000 }, (_, index) => item(`k${index}`)).join('');
  const { reply } = await remove(items, async (input) => {
    most = Math.max(most, ++now);
    await new Promise(setImmediate);
    now--;
    return gone(input);
  });
  assert.equal([...reply.body.matchAll(/<Deleted>/g)].length, 1000);
  const keys = [...reply.body.matchAll(/<Key>k(\d+)</g)].map(([, index]) => Number(index));
  assert.deepEqual(
    keys,
    keys.toSorted((a, b) => a - b),
  );
  assert.ok(most > 1 && most <= 32, `${most} at once`);
  const more = await remove(items + item('one'), gone);
  assert.deepEqual([more.reply.code, more.inputs.length], ['MalformedXML', 0]);
});

test('a request that is wrong deletes nothing', async () => {
  const noBucket = {
    buckets: {
      get: async () => {
        throw new Refusal('NoSuchBucket');
      },
    },
  };
  const missing = await remove(item('a'), gone, { store: noBucket });
  assert.deepEqual([missing.reply.status, missing.inputs.length], [404, 0]);
  const version = await remove(item('a'), gone, { target: '/bkt?delete&versionId=v' });
  assert.deepEqual([version.reply.code, version.inputs.length], ['InvalidArgument', 0]);
  const header = await remove(item('a'), gone, { headers: { 'if-match': '*' } });
  assert.deepEqual([header.reply.code, header.inputs.length], ['NotImplemented', 0]);
});

test('a defect of ours is no answer about an object', async () => {
  const { reply } = await remove(item('a'), async () => {
    throw new Defect('broken');
  });
  assert.deepEqual([reply.status, reply.code], [500, 'InternalError']);
});
