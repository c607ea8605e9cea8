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
import { Refusal } from '../base/refusal.ts';
import type { HttpRequest } from '../http/exchange.ts';
import type { View } from '../store/store.ts';
import type { Caller, SignedCaller } from './authenticate.ts';
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
  if (caller.kind === 'local' || (await allows(asking, caller))) return;
  throw new Refusal('AccessDenied', {
    message: `${identityArn(caller.identity)} is not allowed to perform ${operation.permission} here.`,
  });
}

async function allows(asking: AdminAsking, { identity, signedAt }: SignedCaller): Promise<boolean> {
  const { http, operation, subject, view, region } = asking;
  if (identity.account.name !== defaultAccountName) {
    const own = subject.account?.id === identity.account.id;
    return identity.kind === 'root' && operation.reach === 'own-account' && own;
  }
  const context = conditionContext({
    identity,
    operation: operation.name,
    headers: http.headers,
    query: [],
    remoteAddress: http.remoteAddress,
    secure: http.secure,
    receivedAt: http.receivedAt,
    authType: 'REST-HEADER',
    signatureVersion: 'AWS4-HMAC-SHA256',
    signatureAgeMs: http.receivedAt.getTime() - signedAt,
    region,
    resourceAccount: subject.account?.id,
  });
  const authorizer = new Authorizer(view, identity, () => context);
  const permission = { action: operation.permission, resource: subject.arn };
  return (await authorizer.decide(permission)).allowed;
}
