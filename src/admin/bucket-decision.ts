/**
 * S3's own decision, for the few things that the admin API does inside a bucket: the same policies,
 * the same conditions, and the identity that asks. A condition on how a request was signed finds
 * nothing: nobody signed this one.
 */
import { Authorizer } from '../access/authorize.ts';
import type { RootIdentity, UserIdentity } from '../access/identity.ts';
import { type Permission, bucketArn, objectArn } from '../access/permission.ts';
import { conditionContext } from '../access/policy/condition-context.ts';
import { layeredConditions } from '../access/policy/lazy-conditions.ts';
import { existingTagConditions } from '../access/policy/tag-conditions.ts';
import { Refusal } from '../base/refusal.ts';
import type { HttpRequest } from '../http/exchange.ts';
import type { Bucket } from '../store/buckets.ts';
import type { Store, View } from '../store/store.ts';
import { isAllowed } from './authorize.ts';
import { type AdminCall, type AnyAdminOperation, knownCaller } from './operation.ts';

/** Who asks, and from where: a job goes on deciding by it when its request is long answered. */
export interface BucketAsking {
  readonly identity: RootIdentity | UserIdentity;
  /** The S3 operation that it is like. */
  readonly operation: string;
  readonly from: Pick<HttpRequest, 'headers' | 'remoteAddress' | 'secure'>;
  readonly now: Date;
  readonly region: string;
  readonly store: Store;
}

/** Decides on a view whether `asking` may do it. */
export function bucketDecisions(
  asking: BucketAsking,
  view: View,
): (permission: Permission) => Promise<boolean> {
  const { identity, operation, from, now, region, store } = asking;
  const authorizer = new Authorizer(view, identity, async (permission, facts) => {
    const { headers, remoteAddress, secure } = from;
    const conditions = conditionContext({
      identity,
      operation,
      headers,
      query: [],
      remoteAddress,
      secure,
      receivedAt: now,
      authType: undefined,
      signatureVersion: undefined,
      signatureAgeMs: undefined,
      region,
      resourceAccount: facts.owner ?? identity.account.id,
    });
    const { bucket } = permission;
    if (!facts.needsExistingTags || bucket === undefined) return conditions;
    const key = permission.resource.slice(objectArn(bucket, '').length);
    const versionId = permission.context?.get('s3:versionid')?.[0];
    const named = versionId === undefined ? { bucket, key } : { bucket, key, versionId };
    const tags = await store.objects.existingTags(view, named);
    return layeredConditions(existingTagConditions(tags), conditions);
  });
  return async (permission) => (await authorizer.decide(permission)).allowed;
}

/**
 * The bucket, for who may list what it holds by S3's decision, or may `act` on all buckets as an
 * administrator. Others get AccessDenied, and `NotFound` where there is no such bucket, as from S3.
 */
export async function listedBucket(
  call: AdminCall,
  name: string,
  act: AnyAdminOperation['name'],
): Promise<Bucket> {
  const { services, caller, http } = call;
  const { store, region } = services;
  using view = services.view();
  const bucket = await store.buckets.find(view, name);
  if (bucket === undefined) {
    throw new Refusal('NotFound', {
      message: `There is no bucket ${JSON.stringify(name.slice(0, 255))}.`,
    });
  }
  if (caller.kind === 'local') return bucket;
  const known = knownCaller(call);
  const { identity } = known;
  const operation = call.operations.find((each) => each.name === act);
  if (operation !== undefined) {
    const asked = { http, operation: { ...operation, reach: 'administrators' as const } };
    const subject = { account: identity.account, arn: '*' };
    if (await isAllowed({ ...asked, caller: known, subject, view, region })) return bucket;
  }
  const now = services.clock();
  const asking = { identity, operation: 'ListObjectVersions', from: http, now, region, store };
  const permission = { action: 's3:ListBucketVersions', resource: bucketArn(name), bucket: name };
  if (await bucketDecisions(asking, view)(permission)) return bucket;
  throw new Refusal('AccessDenied', {
    message: `This needs s3:ListBucketVersions on the bucket ${JSON.stringify(name)}.`,
  });
}
