/** Who is signed in, as the contract's JSON says it. */
import { defaultAccountName } from '../access/accounts.ts';
import { identityArn } from '../access/identity.ts';
import { isoTime } from '../base/time.ts';
import type { View } from '../store/store.ts';
import type { KnownCaller } from './authenticate.ts';
import { isAllowed } from './authorize.ts';
import type { SessionReport } from './contract.ts';
import type { AdminCall, AnyAdminOperation } from './operation.ts';
import { sessionLimits } from './sessions.ts';
import type { Found } from './subject.ts';

/** The report for a caller; `expiresAt`: when the session ends. */
export async function sessionReport(
  call: AdminCall,
  caller: KnownCaller,
  expiresAt: Date,
): Promise<SessionReport> {
  const { services, http } = call;
  const { identity } = caller;
  const { account, accessKeyId } = identity;
  const user = identity.kind === 'root' ? null : identity.userName;
  const permitted = await permittedOperations(call, caller);
  return {
    accessKeyId,
    account: account.name,
    accountId: account.id,
    canonicalId: account.canonicalId,
    user,
    arn: identityArn(identity) ?? '',
    administrator: account.name === defaultAccountName && permitted.length > 0,
    actions: permitted.map(({ permission }) => permission),
    region: services.region,
    endpoint: services.console.endpointFor(http),
    version: services.version.version,
    newBuckets: services.console.newBuckets,
    expiresAt: isoTime(expiresAt),
    idleMs: sessionLimits.idleMsMax,
  };
}

/** Those that are asked for by permission, and allowed on everything or on oneself. */
async function permittedOperations(
  call: AdminCall,
  caller: KnownCaller,
): Promise<readonly AnyAdminOperation[]> {
  const asked = call.operations.filter(({ reach }) => !freeReaches.has(reach));
  using view = call.services.view();
  const permitted: AnyAdminOperation[] = [];
  for (const operation of asked) {
    if (await isAllowedSomewhere(operation, { call, caller, view })) permitted.push(operation);
  }
  return permitted;
}

const freeReaches: ReadonlySet<string> = new Set(['oneself', 'bucket']);

async function isAllowedSomewhere(
  operation: AnyAdminOperation,
  { call, caller, view }: AskedFor,
): Promise<boolean> {
  const { http, services } = call;
  const { account } = caller.identity;
  const subjects: readonly Found[] = [
    { account, arn: '*' },
    { account, arn: identityArn(caller.identity) ?? '*' },
  ];
  for (const subject of subjects) {
    const { region } = services;
    if (await isAllowed({ http, operation, caller, subject, view, region })) return true;
  }
  return false;
}

interface AskedFor {
  readonly call: AdminCall;
  readonly caller: KnownCaller;
  readonly view: View;
}
