/** What the rows of the decision table (`policy-decisions.ts`) about identities are made of. */
import type { Identity } from '../src/access/identity.ts';

const owner = { id: '111122223333', name: 'owner', canonicalId: 'a'.repeat(64) };
export const other = { id: '444455556666', name: 'other', canonicalId: 'b'.repeat(64) };

export const identities = {
  root: { kind: 'root', account: owner, accessKeyId: 'AKIA1' },
  user: {
    kind: 'user',
    account: owner,
    userName: 'bob',
    userId: 'AIDABOB000000',
    accessKeyId: 'AKIA2',
  },
  strangerRoot: { kind: 'root', account: other, accessKeyId: 'AKIA3' },
  stranger: {
    kind: 'user',
    account: other,
    userName: 'carol',
    userId: 'AIDACAROL0000',
    accessKeyId: 'AKIA4',
  },
  anonymous: { kind: 'anonymous' },
} as const satisfies Readonly<Record<string, Identity>>;

export interface Scenario {
  readonly name: string;
  readonly as: keyof typeof identities;
  readonly action: string;
  /** After `arn:aws:s3:::`, or `*`. */
  readonly on: string;
  /** The bucket's policy; undefined for none. */
  readonly statements?: readonly object[] | undefined;
  readonly userStatements?: readonly object[] | undefined;
  readonly context?: Readonly<Record<string, readonly string[]>>;
  readonly restricted?: boolean;
  readonly bucketless?: boolean;
  readonly version?: '2008-10-17';
  /** Reason, whose word, which statement. */
  readonly answer: string;
}

export const all = ['arn:aws:s3:::examplebucket', 'arn:aws:s3:::examplebucket/*'];
export const objects = 'arn:aws:s3:::examplebucket/*';

export const grant = (to: unknown, more: object = {}): object => ({
  Effect: 'Allow',
  Principal: to,
  Action: 's3:GetObject',
  Resource: objects,
  ...more,
});
export const deny = (to: unknown, more: object = {}): object => ({
  Effect: 'Deny',
  Principal: to,
  Action: 's3:*',
  Resource: all,
  ...more,
});
export const own = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };

export const account = (id: string): object => ({ AWS: id });
export const bob = { AWS: 'arn:aws:iam::111122223333:user/bob' };
export const carol = { AWS: 'arn:aws:iam::444455556666:user/carol' };

export const noAllow = 'no-allow';
export const byOwner = 'allowed owner';
export const byBucket = 'allowed bucket-policy 0';
export const byUser = 'allowed identity-policy 0';

type Given = Partial<Scenario>;

/** One policy, asked as each identity to read an object: root, bob, other root, carol, anonymous. */
export function asEveryone(
  name: string,
  given: Given,
  answers: readonly [string, string, string, string, string],
): Scenario[] {
  const order = ['root', 'user', 'strangerRoot', 'stranger', 'anonymous'] as const;
  return order.map((as, index) => ({
    name: `${name}, as ${as}`,
    as,
    action: 's3:GetObject',
    on: 'examplebucket/key',
    ...given,
    answer: answers[index] ?? '',
  }));
}
