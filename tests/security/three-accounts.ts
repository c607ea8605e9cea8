/**
 * Three accounts: the owner of `bucket`, a guest whom a policy lets into parts of it, and a stranger;
 * and the words to ask and to decide with.
 */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import type { GivenKey } from '../../src/access/access-keys.ts';
import { type Answer, type S3House, s3House } from './s3-house.ts';
import { byHeader, type Signable, signer } from './signed.ts';

export interface Scene {
  readonly house: S3House;
  readonly guest: GivenKey;
  readonly guestId: string;
  readonly stranger: GivenKey;
  /** The key of a user of the owner's account, with this policy. */
  readonly user: (policy: object) => Promise<GivenKey>;
  readonly as: (key: GivenKey, request: Signable) => Promise<Answer>;
  readonly policy: (statements: readonly object[]) => Promise<void>;
}

export const object = 'arn:aws:s3:::bucket/*';
export const bucketArn = 'arn:aws:s3:::bucket';

export async function scene(): Promise<Scene> {
  const house = await s3House();
  const { store, accounts, rootAccount } = house;
  const { account: guest, key: guestKey } = await accounts.create({ name: 'guest' });
  const { account: strangerAccount, key: stranger } = await accounts.create({ name: 'stranger' });
  const made = { region: 'us-east-1', mode: 'classic' } as const;
  await store.buckets.create({ ...made, name: 'bucket', account: rootAccount });
  await store.buckets.create({ ...made, name: 'guests', account: guest.id });
  await store.buckets.create({ ...made, name: 'strangers', account: strangerAccount.id });
  for (const key of ['open/a', 'secret/a', 'a b', 'ü']) await put(house, key);
  let users = 0;
  return {
    house,
    guest: guestKey,
    guestId: guest.id,
    stranger,
    user: async (policy) => {
      const name = `user-${++users}`;
      const document = JSON.stringify({ Version: '2012-10-17', Statement: policy });
      return (await house.users.create({ account: rootAccount, name, policy: document })).key;
    },
    as: (key, request) => house.ask(byHeader(request, signer(key))),
    policy: async (statements) => {
      const text = JSON.stringify({ Version: '2012-10-17', Statement: statements });
      const request = document('PUT', '/bucket', [['policy', '']], text);
      const answer = await house.ask(byHeader(request, signer(house.root)));
      assert.equal(answer.status, 204, answer.text);
    },
  };
}

export async function put(house: S3House, key: string): Promise<void> {
  const body = (async function* () {
    yield Buffer.from(key);
  })();
  const length = Buffer.byteLength(key);
  await house.store.objects.put({
    bucket: 'bucket',
    key,
    facts: {},
    sse: undefined,
    digests: {},
    body,
    length,
  });
}

export const document = (
  method: string,
  path: string,
  query: readonly (readonly [string, string])[],
  body: string,
): Signable => ({
  method,
  path,
  query,
  headers: { 'content-md5': hash('md5', body, 'base64') },
  body,
});

export const get = (path: string, query: Signable['query'] = []): Signable => ({
  method: 'GET',
  path,
  query,
});
export const allow = (principal: string, action: string | readonly string[], resource: string) => ({
  Effect: 'Allow',
  Principal: { AWS: principal },
  Action: action,
  Resource: resource,
});
export const deny = (action: string, resource: string, condition?: object) => ({
  Effect: 'Deny',
  Principal: '*',
  Action: action,
  Resource: resource,
  ...(condition === undefined ? {} : { Condition: condition }),
});
