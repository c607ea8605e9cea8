/**
 * The admin API as its callers see it: every operation's route, what is sent and what comes back,
 * as JSON. Types only: the server's operations, the commands' client and the console are all held to
 * them by the compiler. Times are ISO 8601 in UTC with milliseconds.
 *
 * Bodies are objects of the members named here and no others, at most 1 MiB. Requests over the
 * network are signed with AWS Signature Version 4, service `coffer`, body hash included.
 */

import type { ConsoleOperations } from './console-contract.ts';
import type { EvidenceOperations } from './evidence-contract.ts';
import type { KeysStatus, RewrapReport, RewrapScope, RotatedKeys } from './keys-contract.ts';
import type { MadeKitReport, NewKit } from './kit-contract.ts';

export type AdminOperationName = keyof AdminOperations;

/**
 * Instead of an account's name, `~` is the caller's own account; over the Unix socket that is the
 * default account.
 */
export type AccountName = string;

export interface AdminOperations extends EvidenceOperations, ConsoleOperations {
  CreateAccount: {
    readonly route: 'POST /admin/v1/accounts';
    readonly body: NewAccount;
    readonly reply: CreatedAccount;
  };
  ListAccounts: {
    readonly route: 'GET /admin/v1/accounts';
    readonly reply: { readonly accounts: readonly AccountReport[] };
  };
  GetAccount: {
    readonly route: 'GET /admin/v1/accounts/{account}';
    readonly path: { readonly account: AccountName };
    readonly reply: AccountReport;
  };
  DeleteAccount: {
    readonly route: 'DELETE /admin/v1/accounts/{account}';
    readonly path: { readonly account: AccountName };
    readonly reply: undefined;
  };
  CreateUser: {
    readonly route: 'POST /admin/v1/accounts/{account}/users';
    readonly path: { readonly account: AccountName };
    readonly body: NewUser;
    readonly reply: CreatedUser;
  };
  ListUsers: {
    readonly route: 'GET /admin/v1/accounts/{account}/users';
    readonly path: { readonly account: AccountName };
    readonly reply: { readonly users: readonly UserReport[] };
  };
  GetUser: {
    readonly route: 'GET /admin/v1/accounts/{account}/users/{user}';
    readonly path: { readonly account: AccountName; readonly user: string };
    readonly reply: UserReport;
  };
  DeleteUser: {
    readonly route: 'DELETE /admin/v1/accounts/{account}/users/{user}';
    readonly path: { readonly account: AccountName; readonly user: string };
    readonly reply: undefined;
  };
  SetUserPolicy: {
    readonly route: 'PUT /admin/v1/accounts/{account}/users/{user}/policy';
    readonly path: { readonly account: AccountName; readonly user: string };
    /** The policy's text, kept to the byte; null removes it. */
    readonly body: { readonly policy: string | null };
    readonly reply: UserReport;
  };
  CreateAccessKey: {
    readonly route: 'POST /admin/v1/accounts/{account}/access-keys';
    readonly path: { readonly account: AccountName };
    readonly body: NewAccessKey;
    readonly reply: IssuedAccessKey;
  };
  ListAccessKeys: {
    readonly route: 'GET /admin/v1/accounts/{account}/access-keys';
    readonly path: { readonly account: AccountName };
    /** Of one user only. */
    readonly query: { readonly user?: string };
    readonly reply: { readonly accessKeys: readonly AccessKeyReport[] };
  };
  UpdateAccessKey: {
    readonly route: 'PATCH /admin/v1/access-keys/{accessKeyId}';
    readonly path: { readonly accessKeyId: string };
    /** Without `force`, the last enabled key of an account's root is not disabled. */
    readonly body: { readonly enabled: boolean; readonly force?: boolean };
    readonly reply: AccessKeyReport;
  };
  DeleteAccessKey: {
    readonly route: 'DELETE /admin/v1/access-keys/{accessKeyId}';
    readonly path: { readonly accessKeyId: string };
    /** Without `force`, the last enabled key of an account's root is not deleted. */
    readonly query: { readonly force?: 'true' };
    readonly reply: undefined;
  };
  GetKeysStatus: {
    readonly route: 'GET /admin/v1/keys';
    readonly reply: KeysStatus;
  };
  RotateKeys: {
    readonly route: 'POST /admin/v1/keys/rotate';
    /** Rotates away from version `from`: by default, from the one that is current now. */
    readonly body: { readonly from?: number };
    readonly reply: RotatedKeys;
  };
  RewrapKeys: {
    readonly route: 'POST /admin/v1/keys/rewrap';
    /** Everything, a bucket, or what belongs to the object keys in it that begin with `prefix`. */
    readonly body: RewrapScope;
    /** How it stands just now: it goes on by itself. */
    readonly reply: RewrapReport;
  };
  GetRewrapStatus: {
    readonly route: 'GET /admin/v1/keys/rewrap';
    /** One of the last runs by its number, in decimal digits; the latest where it is absent. */
    readonly query: { readonly run?: string };
    readonly reply: RewrapReport;
  };
  ResealKeyring: {
    readonly route: 'POST /admin/v1/keys/reseal';
    /** `to` is as --keeper has it, its paths absolute. A passphrase only over the socket. */
    readonly body: { readonly to: string; readonly passphrase?: string };
    readonly reply: ResealedKeyring;
  };
  DestroyKeyVersion: {
    readonly route: 'POST /admin/v1/keys/{version}/destroy';
    readonly path: { readonly version: string };
    readonly body: Readonly<Record<string, never>>;
    readonly reply: DestroyedKey;
  };
  BackupKeys: {
    readonly route: 'POST /admin/v1/keys/backup';
    readonly body: NewKit;
    readonly reply: MadeKitReport;
  };
  ListRecords: {
    readonly route: 'GET /admin/v1/keys/records';
    readonly reply: RecordList;
  };
  ShredBucket: {
    readonly route: 'POST /admin/v1/buckets/{bucket}/shred';
    readonly path: { readonly bucket: string };
    readonly body: Readonly<Record<string, never>>;
    readonly reply: ShreddedBucket;
  };
  GetVersion: {
    readonly route: 'GET /admin/v1/version';
    readonly reply: VersionReport;
  };
  ShowConfig: {
    readonly route: 'GET /admin/v1/config';
    readonly reply: { readonly settings: readonly SettingReport[] };
  };
}

/** What a caller sends with an operation. */
export type AdminSent<Name extends AdminOperationName> = Omit<
  AdminOperations[Name],
  'route' | 'reply'
>;

/** An access key of the caller's choice instead of a generated one. */
export interface GivenAccessKey {
  readonly accessKeyId: string;
  readonly secretKey: string;
}

export interface NewAccount {
  readonly name: string;
  /** 64 lower-case hexadecimal digits. */
  readonly canonicalId?: string;
  readonly accessKey?: GivenAccessKey;
}

export interface NewUser {
  readonly name: string;
  /** The text of an IAM policy. */
  readonly policy?: string;
  readonly accessKey?: GivenAccessKey;
}

export interface NewAccessKey {
  /** Without it the key is the account's root's. */
  readonly user?: string;
  readonly accessKey?: GivenAccessKey;
}

export interface AccountReport {
  readonly name: string;
  /** 12 digits. */
  readonly id: string;
  readonly canonicalId: string;
  readonly createdAt: string;
  /** How many users it has. */
  readonly users: number;
  /** The root's access key ids. */
  readonly accessKeys: readonly string[];
}

export interface CreatedAccount {
  readonly account: AccountReport;
  readonly accessKey: IssuedAccessKey;
}

export interface UserReport {
  readonly name: string;
  readonly id: string;
  /** The account's name. */
  readonly account: string;
  readonly arn: string;
  readonly createdAt: string;
  /** Null: no policy; it may do what bucket policies let it. */
  readonly policy: string | null;
  readonly accessKeys: readonly string[];
}

export interface CreatedUser {
  readonly user: UserReport;
  readonly accessKey: IssuedAccessKey;
}

/** A new key. Its secret is told this once and never again. */
export interface IssuedAccessKey {
  readonly accessKeyId: string;
  readonly secretKey: string;
}

export interface AccessKeyReport {
  readonly accessKeyId: string;
  /** The account's name. */
  readonly account: string;
  /** Null: the account's root. */
  readonly user: string | null;
  readonly enabled: boolean;
  readonly createdAt: string;
}

/** A signed record (FORMAT.md §11). Anyone with the public key can check it. */
export interface RecordReport {
  readonly id: string;
  /** `master-key-destroyed`, `bucket-shredded` … */
  readonly kind: string;
  readonly madeAt: string;
  /** JSON, signed to the byte. */
  readonly text: string;
  /** Ed25519, base64url. */
  readonly signature: string;
  /** Whether this store's key signed it. */
  readonly verified: boolean;
}

export interface RecordList {
  /** Ed25519, base64url; null where this store never signed anything. */
  readonly publicKey: string | null;
  /** Oldest first. */
  readonly records: readonly RecordReport[];
}

export interface ResealedKeyring {
  /** The setting --keeper of the next start. */
  readonly keeper: string;
  readonly generation: number;
  /** What an operator should know, such as a file that others may read. */
  readonly notice: string | null;
}

export interface DestroyedKey {
  readonly version: number;
  readonly record: RecordReport;
  /** What must be done now, such as a backup of the new root key file. */
  readonly notice: string | null;
}

export interface ShreddedBucket {
  readonly bucket: string;
  readonly record: RecordReport;
  /** Master key versions whose destruction makes older copies of the bucket's secret worthless. */
  readonly versions: readonly number[];
}

export type * from './console-contract.ts';
export type * from './keys-contract.ts';
export type {
  FindingReport,
  InventoryEntryReport,
  InventoryQueryTexts,
  InventoryReport,
  NewVerification,
  VerifyReport,
} from './evidence-contract.ts';

export type {
  MadeKitReport,
  NewKit,
  PassphraseLockMembers,
  SharesLockMembers,
} from './kit-contract.ts';

export interface VersionReport {
  /** Coffer's. */
  readonly version: string;
  /** The runtime's. */
  readonly node: string;
}

export interface SettingReport {
  readonly name: string;
  /** `--data`; null where only the environment sets it. */
  readonly flag: string | null;
  readonly env: string;
  /** Null where nothing is set; secrets are never shown. */
  readonly value: string | null;
  readonly source: 'flag' | 'environment' | 'default';
}

/** The body of every reply that is not 2xx. */
export interface AdminErrorBody {
  readonly code: AdminErrorCode;
  /** A sentence for people: what was wrong, and often the mend. */
  readonly message: string;
  readonly requestId: string;
}

export type AdminErrorCode =
  | 'AccessDenied'
  | 'AlreadyExists'
  | 'AuthorizationHeaderMalformed'
  | 'IncompleteBody'
  | 'InternalError'
  | 'InvalidAccessKeyId'
  | 'InvalidArgument'
  | 'InvalidRequest'
  | 'InvalidToken'
  | 'InvalidURI'
  | 'MalformedPolicy'
  | 'MaxMessageLengthExceeded'
  | 'MethodNotAllowed'
  | 'NotFound'
  | 'RequestTimeTooSkewed'
  | 'RequestTimeout'
  | 'ServiceUnavailable'
  /** The session's cookie is no good any more: sign in again. */
  | 'SessionEnded'
  | 'SignatureDoesNotMatch'
  /** It is still in use, or the last of what must not be lost by mistake. */
  | 'StillReferenced'
  /** To sign in: `Retry-After` says in how many seconds the next attempt is looked at. */
  | 'TooManyAttempts'
  | 'XAmzContentSHA256Mismatch';
