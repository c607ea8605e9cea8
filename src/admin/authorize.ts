/**
 * Who may do what over the admin API: the local administrator everything; the default
 * account's root everything; a user of the default account what its policy allows, by the same
 * decision as S3's; another account's root, inside its own account, its users and access keys.
 * Nobody else anything.
 */
import { defaultAccountName } from '../access/accounts.ts';
import { Authorizer } from '../access/authorize.ts';
import { identityArn } from '../access/identity.ts';
import { conditionContext } from '../access/policy/condition-context.ts';
import type { Decision } from '../access/decision.ts';
import { Refusal, assert } from '../base/refusal.ts';
import type { HttpRequest } from '../http/exchange.ts';
import type { View } from '../store/store.ts';
import type { Caller, KnownCaller } from './authenticate.ts';
import type { AnyAdminOperation } from './operation.ts';
import type { Found } from './subject.ts';

export interface AdminAsking {
  readonly http: HttpRequest;
  readonly operation: AnyAdminOperation;
  readonly caller: Caller;
  readonly subject: Found;
  readonly view: View;
  readonly region: string;
}

/** Throws `AccessDenied` unless allowed. It never says whether the subject exists. */
export async function authorize(asking: AdminAsking): Promise<void> {
  const { caller, operation } = asking;
  if (caller.kind === 'local') return;
  if (caller.kind === 'stranger') {
    assert(operation.credentials === 'body', 'only credentials are taken from a stranger');
    return;
  }
  if (await isAllowed({ ...asking, caller })) return;
  throw new Refusal('AccessDenied', {
    message: `${identityArn(caller.identity)} is not allowed to perform ${operation.permission} here.`,
  });
}

export interface KnownAsking extends AdminAsking {
  readonly caller: KnownCaller;
}

/** The decision for somebody with an identity. */
export async function isAllowed(asking: KnownAsking): Promise<boolean> {
  const { operation, subject } = asking;
  const { identity } = asking.caller;
  if (operation.reach === 'oneself' || operation.reach === 'bucket') {
    return (await decisionOf(asking)).reason !== 'explicit-deny';
  }
  if (identity.account.name !== defaultAccountName) {
    const own = subject.account?.id === identity.account.id;
    return identity.kind === 'root' && operation.reach === 'own-account' && own;
  }
  return (await decisionOf(asking)).allowed;
}

/** What the identity's own policy says of the operation's action. */
async function decisionOf(asking: KnownAsking): Promise<Decision> {
  const { http, caller, operation, subject, view, region } = asking;
  const { identity } = caller;
  const signed = caller.kind === 'signed';
  const context = conditionContext({
    identity,
    operation: operation.name,
    headers: http.headers,
    query: [],
    remoteAddress: http.remoteAddress,
    secure: http.secure,
    receivedAt: http.receivedAt,
    authType: signed ? 'REST-HEADER' : undefined,
    signatureVersion: signed ? 'AWS4-HMAC-SHA256' : undefined,
    signatureAgeMs: signed ? http.receivedAt.getTime() - caller.signedAt : undefined,
    region,
    resourceAccount: subject.account?.id,
  });
  const authorizer = new Authorizer(view, identity, () => context);
  const permission = { action: operation.permission, resource: subject.arn };
  return authorizer.decide(permission);
}
