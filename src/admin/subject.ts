/**
 * What an operation is about, found in the store before the decision: the account whose matter it
 * is, and the ARN that policies name it by ("IAM identifiers", IAM User Guide, 2026-11-24).
 *
 * A subject that does not exist is still decided on, under the ARN `*` and in nobody's account: who
 * may not know whether it exists gets the same AccessDenied either way.
 */
import { defaultAccountName } from '../access/accounts.ts';
import type { Account } from '../access/identity.ts';
import type { View } from '../store/store.ts';
import type { Caller } from './authenticate.ts';
import type { AdminServices } from './operation.ts';

export type Subject =
  | { readonly kind: 'server' }
  /** By name, or `~` for the caller's own. */
  | { readonly kind: 'account'; readonly account: string }
  /** A user of an account, who need not exist yet; without `user` its root. */
  | { readonly kind: 'identity'; readonly account: string; readonly user: string | undefined }
  | { readonly kind: 'access-key'; readonly accessKeyId: string };

export interface Found {
  /** Undefined where the subject does not exist. */
  readonly account: Account | undefined;
  readonly arn: string;
}

/** Stands for the caller's own account: no account's name may hold a `~`. */
const ownAccount = '~';

export async function findSubject(
  subject: Subject,
  { services, view, caller }: SubjectPlace,
): Promise<Found> {
  const { accounts, accessKeys } = services;
  switch (subject.kind) {
    case 'server':
      return { account: await homeOf(caller, services, view), arn: '*' };
    case 'account':
    case 'identity': {
      const account =
        subject.account === ownAccount
          ? await homeOf(caller, services, view)
          : await accounts.named(view, subject.account);
      if (account === undefined) return nothing;
      const user = subject.kind === 'identity' ? subject.user : undefined;
      return { account, arn: arnOf(account, user) };
    }
    case 'access-key': {
      const key = await accessKeys.find(view, subject.accessKeyId);
      const account = key && (await accounts.find(view, key.account));
      return account === undefined ? nothing : { account, arn: arnOf(account, key?.user) };
    }
  }
}

export interface SubjectPlace {
  readonly services: AdminServices;
  readonly view: View;
  readonly caller: Caller;
}

const nothing: Found = { account: undefined, arn: '*' };

function arnOf({ id }: Account, user: string | undefined): string {
  return `arn:aws:iam::${id}:${user === undefined ? 'root' : `user/${user}`}`;
}

async function homeOf(caller: Caller, services: AdminServices, view: View): Promise<Account> {
  if ('identity' in caller) return caller.identity.account;
  return services.accounts.get(view, defaultAccountName);
}
