import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account, RootIdentity } from '../access/identity.ts';
import { Refusal } from '../base/refusal.ts';
import { defaultAnswers } from './default-answers.ts';
import type { AnyOperation, Call } from './operation.ts';
import { parseQuery } from './query.ts';
import { parseTarget } from './target.ts';

const owner: Account = { id: '123456789012', name: 'Ow&ner', canonicalId: 'ab'.repeat(32) };
const other: RootIdentity = {
  kind: 'root',
  account: { id: '999999999999', name: 'other', canonicalId: 'cd'.repeat(32) },
  accessKeyId: 'AKIA',
};

/** A call on `/bkt/key` in a store that has only the bucket `bkt` and its object `key`. */
function callOn(path: string, query: string): Call {
  const headers = new Map<string, readonly string[]>();
  return {
    http: undefined as never,
    target: parseTarget({ target: path, headers }, { domains: [] }),
    query: parseQuery(query),
    headers,
    identity: other,
    signed: true,
    settings: { region: 'r', publicUrl: 'u', newBuckets: 'modern' },
    view: undefined as never,
    payload: undefined as never,
    document: () => assert.fail('no document'),
    // Whether a key is missing is told to who may list.
    allowed: async ({ action }) => action === 's3:ListBucket',
    account: async (id) => (id === owner.id ? owner : undefined),
    store: {
      buckets: {
        get: async (_: unknown, name: string) => {
          if (name !== 'bkt') throw new Refusal('NoSuchBucket');
          return { account: owner.id };
        },
      },
      objects: {
        open: async (_: unknown, { key }: { key: string }) => {
          if (key !== 'key') throw new Refusal('NoSuchKey');
          return {};
        },
      },
    } as never,
  };
}

async function answer(operation: AnyOperation, call: Call): Promise<string> {
  try {
    const input: unknown = operation.input(call);
    const result: unknown = await operation.run(call, input);
    const { status, body } = operation.output(result, input, call);
    assert.equal(status, 200);
    assert.ok(typeof body === 'string');
    return body
      .replace(/^<\?xml .*\?>\n/, '')
      .replace(' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"', '');
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return error.code;
  }
}

const acl =
  `<AccessControlPolicy><Owner><ID>${owner.canonicalId}</ID><DisplayName>Ow&amp;ner</DisplayName></Owner>` +
  '<AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ' +
  `xsi:type="CanonicalUser"><ID>${owner.canonicalId}</ID><DisplayName>Ow&amp;ner</DisplayName></Grantee>` +
  '<Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>';

const answers: Readonly<Record<string, string>> = {
  GetBucketAccelerateConfiguration: '<AccelerateConfiguration></AccelerateConfiguration>',
  GetBucketAcl: acl,
  GetBucketCors: 'NoSuchCORSConfiguration',
  GetBucketLifecycleConfiguration: 'NoSuchLifecycleConfiguration',
  GetBucketLogging: '<BucketLoggingStatus></BucketLoggingStatus>',
  GetBucketNotificationConfiguration: '<NotificationConfiguration></NotificationConfiguration>',
  GetBucketReplication: 'ReplicationConfigurationNotFoundError',
  GetBucketRequestPayment:
    '<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>',
  GetBucketWebsite: 'NoSuchWebsiteConfiguration',
  GetObjectAcl: acl,
  GetObjectLockConfiguration: 'ObjectLockConfigurationNotFoundError',
};

test('each answers AWS’s default, and only for a bucket that exists', async () => {
  assert.deepEqual(defaultAnswers.map(({ name }) => name).sort(), Object.keys(answers));
  for (const operation of defaultAnswers) {
    const onObjects = operation.route.resource === 'object';
    const here = callOn(onObjects ? '/bkt/key' : '/bkt', '');
    assert.equal(await answer(operation, here), answers[operation.name], operation.name);
    const missing = onObjects ? callOn('/bkt/none', '') : callOn('/none', '');
    const code = onObjects ? 'NoSuchKey' : 'NoSuchBucket';
    assert.equal(await answer(operation, missing), code, operation.name);
  }
});

test('each asks for one permission, on the bucket or the object', () => {
  for (const { permissions, input, route, name } of defaultAnswers) {
    const call = callOn('/bkt/key', '');
    const pairs = permissions(input(call), call);
    assert.equal(pairs.length, 1);
    assert.match(pairs[0]?.action ?? '', /^s3:Get/, name);
    const expected = route.resource === 'object' ? 'arn:aws:s3:::bkt/key' : 'arn:aws:s3:::bkt';
    assert.deepEqual([pairs[0]?.resource, pairs[0]?.bucket], [expected, 'bkt']);
  }
});

test('GetObjectAcl of a version has a permission of its own, and no empty version', () => {
  const getObjectAcl = defaultAnswers.find(({ name }) => name === 'GetObjectAcl');
  assert.ok(getObjectAcl !== undefined);
  const call = callOn('/bkt/key', 'versionId=v');
  const pairs = getObjectAcl.permissions(getObjectAcl.input(call), call);
  assert.equal(pairs[0]?.action, 's3:GetObjectVersionAcl');
  assert.throws(() => getObjectAcl.input(callOn('/bkt/key', 'versionId=')), /empty string/);
});
