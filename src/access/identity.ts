/** Who is asking. Made only by authentication; everything downstream takes it as given. */

export interface Account {
  /** 12 digits. */
  readonly id: string;
  readonly name: string;
  /** 64 hexadecimal digits: the Owner ID in listings. */
  readonly canonicalId: string;
}

/** The account's own root: may do anything in its account that no policy denies. */
export interface RootIdentity {
  readonly kind: 'root';
  readonly account: Account;
  readonly accessKeyId: string;
}

/** A user inside an account, limited to what its policy allows. */
export interface UserIdentity {
  readonly kind: 'user';
  readonly account: Account;
  readonly userName: string;
  /** `AIDA…`: unique for ever, even when a name is given again. */
  readonly userId: string;
  readonly accessKeyId: string;
}

/** Nobody in particular: only a bucket policy can let it in. */
export interface AnonymousIdentity {
  readonly kind: 'anonymous';
}

export type Identity = RootIdentity | UserIdentity | AnonymousIdentity;

/** The ARN that policies name this identity by; undefined for the anonymous. */
export function identityArn(identity: Identity): string | undefined {
  switch (identity.kind) {
    case 'root':
      return `arn:aws:iam::${identity.account.id}:root`;
    case 'user':
      return `arn:aws:iam::${identity.account.id}:user/${identity.userName}`;
    case 'anonymous':
      return undefined;
  }
}
