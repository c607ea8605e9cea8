/**
 * What a decision is made on: the condition keys of a request, with the stored facts that its
 * operation names laid over them. The decision itself is `access/`'s.
 */
import { Authorizer, type PairConditions, type PairFacts } from '../access/authorize.ts';
import type { Identity } from '../access/identity.ts';
import type { ConditionContext, Permission } from '../access/permission.ts';
import { conditionContext, type RequestFacts } from '../access/policy/condition-context.ts';
import { layeredConditions } from '../access/policy/lazy-conditions.ts';
import { existingTagConditions } from '../access/policy/tag-conditions.ts';
import { uploadConditions } from '../access/policy/upload-conditions.ts';
import { Refusal } from '../base/refusal.ts';
import type { Headers } from '../http/exchange.ts';
import type { View } from '../store/store.ts';
import type { Sender } from './authenticate.ts';
import { copySource, copySourceHeader } from './headers/copy-source.ts';
import { checkExpectedOwner, checkExpectedSourceOwner } from './headers/expected-owner.ts';
import type { Moment } from './moment.ts';
import type { AnyOperation, S3Request } from './operation.ts';

export interface Asking {
  readonly operation: AnyOperation;
  readonly request: S3Request;
  readonly input: unknown;
  readonly sender: Sender;
  readonly moment: Moment;
  readonly region: string;
}

/** Decides pairs of one request. */
export interface Guard {
  allows(permission: Permission): Promise<boolean>;
  /** Throws AWS's `AccessDenied` unless allowed. */
  demand(permission: Permission): Promise<void>;
  /** Throws `AccessDenied` where nothing at all can be allowed: before a body is read to decide by it. */
  demandHope(): Promise<void>;
}

/** A guard for a request. Reads the operation's stored facts, which may be a refusal of their own. */
export async function guard(asking: Asking): Promise<Guard> {
  const { operation, request, input, sender, moment } = asking;
  const created = await uploadHeaders(asking);
  const own = operation.conditions?.(input);
  const conditions: PairConditions = (permission, facts) => {
    const { bucket } = permission;
    if (bucket !== undefined && facts.bucketId !== undefined) {
      moment.decideAbout(bucket, facts.bucketId);
    }
    checkOwners(asking, permission, facts);
    const base = conditionContext(requestFacts(asking, facts.owner));
    const seen = created === undefined ? base : uploadConditions(base, created);
    const layered = own === undefined ? seen : layeredConditions(own, seen);
    return facts.needsExistingTags ? withExistingTags(asking, permission, layered) : layered;
  };
  let on: { readonly view: View; readonly authorizer: Authorizer } | undefined;
  const authorizer = (): Authorizer => {
    const { view } = moment;
    if (on?.view !== view) {
      on = { view, authorizer: new Authorizer(view, sender.identity, conditions) };
    }
    return on.authorizer;
  };
  const allows = async (permission: Permission): Promise<boolean> =>
    (await authorizer().decide(permission)).allowed;
  return {
    allows,
    demand: async (permission) => {
      if (!(await allows(permission))) throw denied(permission, request.identity);
    },
    demandHope: async () => {
      const { bucket } = request.target;
      if (bucket === undefined || (await authorizer().mayBeAllowed(bucket))) return;
      throw new Refusal('AccessDenied');
    },
  };
}

function requestFacts(asking: Asking, owner: string | undefined): RequestFacts {
  const { operation, request, sender, region } = asking;
  const { http, identity } = request;
  const own = identity.kind === 'anonymous' ? undefined : identity.account.id;
  return {
    identity,
    operation: operation.name,
    headers: request.headers,
    query: request.query.entries,
    remoteAddress: http.remoteAddress,
    secure: http.secure,
    receivedAt: http.receivedAt,
    authType: sender.authType,
    signatureVersion: sender.signed ? 'AWS4-HMAC-SHA256' : undefined,
    signatureAgeMs:
      sender.signedAt === undefined ? undefined : http.receivedAt.getTime() - sender.signedAt,
    region,
    resourceAccount: owner ?? own,
  };
}

/** The headers that the upload was created with, where the operation is judged by them. */
async function uploadHeaders(asking: Asking): Promise<Headers | undefined> {
  const fact = asking.operation.facts?.(asking.input);
  if (fact === undefined) return undefined;
  const { store, view } = asking.moment;
  const bucket = await store.buckets.find(view, fact.bucket);
  // The decision refuses with NoSuchBucket; an absent upload is told only to who may write here.
  if (bucket === undefined) return undefined;
  const requestHeaders = await store.uploads.createHeaders(view, fact);
  if (requestHeaders === undefined) return undefined;
  return new Map(Object.entries(requestHeaders).map(([name, value]) => [name, [value]]));
}

/** A copy's source has an expected owner of its own; source and target may be in one bucket. */
function checkOwners({ request }: Asking, { bucket }: Permission, { owner }: PairFacts): void {
  if (owner === undefined) return;
  const { headers, target } = request;
  if (bucket === target.bucket) checkExpectedOwner(headers, owner);
  if (!headers.has(copySourceHeader)) return;
  if (bucket === copySource(headers).bucket) checkExpectedSourceOwner(headers, owner);
}

async function withExistingTags(
  { moment: { store, view }, request }: Asking,
  { bucket, resource, context }: Permission,
  conditions: ConditionContext,
): Promise<ConditionContext> {
  const key = bucket === undefined ? undefined : resource.slice(`arn:aws:s3:::${bucket}/`.length);
  if (bucket === undefined || key === undefined) return conditions;
  const named = context?.get('s3:versionid')?.[0] ?? request.query.get('versionId');
  const tags = await store.objects.existingTags(view, {
    bucket,
    key,
    ...(named === undefined ? {} : { versionId: named }),
  });
  return layeredConditions(existingTagConditions(tags), conditions);
}

/** AWS's words since 2024: who, what and on which resource, but not whose policy said so. */
function denied(permission: Permission, identity: Identity): Refusal {
  if (identity.kind === 'anonymous') return new Refusal('AccessDenied');
  const name = identity.kind === 'root' ? 'root' : `user/${identity.userName}`;
  return new Refusal('AccessDenied', {
    message:
      `User: arn:aws:iam::${identity.account.id}:${name} is not authorized to perform: ` +
      `${permission.action} on resource: "${permission.resource}"`,
  });
}
