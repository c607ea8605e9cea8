/**
 * `Principal` and `NotPrincipal` (IAM User Guide, "Principal"; S3 User Guide, "Principals for bucket
 * policies"; checked 2026-11-24): `*`, accounts, users by ARN or unique id, canonical user ids.
 *
 * Services, federated identities, roles and sessions are refused by name: Coffer has none, so such
 * a statement would never do anything. Whether a named account or user exists is not asked here.
 */
import type { JsonString } from './json-reader.ts';
import { quoted, type PolicyText } from './malformed.ts';
import type { Element } from './policy-scope.ts';
import type { Principals } from './policy.ts';
import { stringsOf } from './strings.ts';

const words = 'Invalid principal in policy';

export function parsePrincipals(source: PolicyText, { node, negated }: Element): Principals {
  const named: Named = {
    everyone: false,
    accounts: new Set(),
    canonicalIds: new Set(),
    userArns: new Set(),
    userIds: new Set(),
  };
  if (node.kind === 'string' && node.value === '*') return { ...named, negated, everyone: true };
  if (node.kind !== 'object') return source.fail(node.at, words, '"*" or an object was expected');
  if (node.members.size === 0) source.fail(node.at, words, 'nobody is named');
  for (const { name, nameAt, value } of node.members.values()) {
    if (name !== 'AWS' && name !== 'CanonicalUser') {
      const missing = name === 'Service' || name === 'Federated' ? absentKinds[name] : 'unknown';
      source.fail(nameAt, words, `${quoted(name)}: ${missing}`);
    }
    for (const each of stringsOf(source, value, words)) {
      if (name === 'AWS') addAws(source, named, each);
      else addCanonical(source, named, each);
    }
  }
  return { ...named, negated };
}

interface Named {
  everyone: boolean;
  readonly accounts: Set<string>;
  readonly canonicalIds: Set<string>;
  readonly userArns: Set<string>;
  readonly userIds: Set<string>;
}

const absentKinds = {
  Service: 'Coffer has no service principals',
  Federated: 'Coffer has no federated identities',
} as const;

const accountForm = /^(?:arn:aws:iam::)?([0-9]{12})(:root)?$/;
const userArnForm = /^arn:aws:iam::[0-9]{12}:user\/[A-Za-z0-9+=,.@_/-]{1,512}$/;
const userIdForm = /^AIDA[A-Z0-9]{8,124}$/;
const canonicalForm = /^[0-9a-f]{64}$/i;

function addAws(source: PolicyText, named: Named, { at, value }: JsonString): void {
  const account = accountForm.exec(value);
  const asArn = value.startsWith('arn:');
  if (value === '*') named.everyone = true;
  else if (account?.[1] !== undefined && asArn === (account[2] !== undefined)) {
    named.accounts.add(account[1]);
  } else if (userArnForm.test(value)) named.userArns.add(value);
  else if (userIdForm.test(value)) named.userIds.add(value);
  else source.fail(at, words, quoted(value));
}

function addCanonical(source: PolicyText, named: Named, { at, value }: JsonString): void {
  if (!canonicalForm.test(value)) source.fail(at, words, quoted(value));
  named.canonicalIds.add(value.toLowerCase());
}
