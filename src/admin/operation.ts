/**
 * The shape of an admin operation: one file each in `operations/`, with all of its facts in it. The
 * pipeline in `serve.ts` drives them all the same way:
 * route → authenticate → input → authorize → run → output.
 */
import type { AccessKeys } from '../access/access-keys.ts';
import type { Accounts } from '../access/accounts.ts';
import type { Account } from '../access/identity.ts';
import type { Users } from '../access/users.ts';
import { Refusal } from '../base/refusal.ts';
import type { Clock } from '../base/time.ts';
import type { HttpRequest } from '../http/exchange.ts';
import type { KitLock } from '../keys/kits/kit.ts';
import type { InventoryPage, InventoryQuery } from '../store/inventory.ts';
import type { Store, View } from '../store/store.ts';
import type { VerifyPage, VerifyQuery } from '../store/verify.ts';
import type {
  AdminOperationName,
  AdminOperations,
  DestroyedKey,
  KeysStatus,
  Overview,
  MadeKitReport,
  RewrapReport,
  RewrapScope,
  RecordList,
  ResealedKeyring,
  SettingReport,
  ShreddedBucket,
  VersionReport,
} from './contract.ts';
import type { Caller, KnownCaller } from './authenticate.ts';
import type { Counting } from './counting.ts';
import type { Emptying } from './emptying.ts';
import type { Members } from './members.ts';
import type { Sessions } from './sessions.ts';
import type { Subject } from './subject.ts';
import type { Throttle } from './throttle.ts';

/** What operations work on. */
export interface AdminServices {
  /** Opens a view that sees everything acknowledged before, by any process. */
  view(): View;
  readonly accounts: Accounts;
  readonly users: Users;
  readonly accessKeys: AccessKeys;
  /** Counts what refers to each master key version: reads the whole keyspace. */
  keysStatus(): Promise<KeysStatus>;
  /** The master key version that seals what is written now. */
  currentKey(): number;
  /** Rotates away from a version; gives the version that is current then. */
  rotateKeys(from: number): Promise<number>;
  /** Begins to move rows to the current version; all of them, or a bucket's, or a prefix's. */
  rewrapKeys(scope: RewrapScope): Promise<RewrapReport>;
  /** How far a run is, or the latest; undefined where there was none. */
  rewrapStatus(run: number | undefined): RewrapReport | undefined;
  /** Seals the keyring by another root of trust. */
  resealKeyring(to: string, passphrase: string | undefined): Promise<ResealedKeyring>;
  /** Destroys a master key version that nothing refers to. */
  destroyKey(version: number): Promise<DestroyedKey>;
  /** Makes a recovery kit sealed under a key of 32 bytes that is come by as `lock` says. */
  backupKeys(kit: { readonly key: Uint8Array; readonly lock: KitLock }): Promise<MadeKitReport>;
  /** Every signed record. */
  records(): Promise<RecordList>;
  /** Destroys the secret of a bucket. */
  shredBucket(name: string): Promise<ShreddedBucket>;
  /** A page of the inventory. */
  inventory(query: InventoryQuery): Promise<InventoryPage>;
  /** Opens a page of the store's rows and tells what is wrong. */
  verify(query: VerifyQuery): Promise<VerifyPage>;
  /** What is done inside buckets. */
  readonly store: Store;
  readonly counting: Counting;
  readonly emptying: Emptying;
  overview(): Promise<Overview>;
  /** The settings that the server runs with. */
  readonly settings: readonly SettingReport[];
  readonly version: VersionReport;
  /** Requests are signed for it. */
  readonly region: string;
  readonly clock: Clock;
  /** Who is signed in. */
  readonly sessions: Sessions;
  /** Of attempts to sign in. */
  readonly signIns: Throttle;
  readonly console: ConsoleFacts;
  /** A Fault or a Defect: the client learns nothing of it, the log everything. */
  readonly failed: (request: HttpRequest, error: unknown) => void;
}

/** What the console must know of the server. */
export interface ConsoleFacts {
  /** The console's address where it is set. */
  readonly url: string | undefined;
  /** The S3 endpoint as the sender of the request reaches it: scheme, host and port. */
  endpointFor(http: HttpRequest): string;
  readonly newBuckets: 'modern' | 'classic';
}

/** What `input` may look at: all that was sent, typed there and refused where it is left unread. */
export interface AdminRequest {
  /** The named segments of the route, decoded. */
  readonly path: (name: string) => string;
  readonly query: Members;
  readonly body: Members;
}

/** What `run` works with. */
export interface AdminCall {
  readonly services: AdminServices;
  /** The account that the operation is about; the caller's own where it is about the server. */
  readonly account: Account;
  readonly caller: Caller;
  readonly http: HttpRequest;
  /** Every operation that there is. */
  readonly operations: readonly AnyAdminOperation[];
  /** Sends a `Set-Cookie` header with the reply. */
  setCookie(value: string): void;
}

/** Who asks, for what is done as somebody. */
export function knownCaller({ caller }: AdminCall): KnownCaller {
  if ('identity' in caller) return caller;
  throw new Refusal('InvalidRequest', {
    message:
      'This is done as the identity of an access key, and the socket has none: ask at the console’s address, signed or signed in.',
  });
}

export interface AdminOperation<Name extends AdminOperationName, Input> {
  /** Also the metric's label, the log's field and, behind `coffer:`, the action that policies name. */
  readonly name: Name;
  readonly route: AdminOperations[Name]['route'];
  /**
   * The action that must be allowed. Administrators are the default account's root and those of its
   * users whose policy allows it. Required: an operation without it does not compile.
   */
  readonly permission: `coffer:${Name}`;
  /**
   * Who may do it beside administrators. `own-account`: another account's root too, inside its own
   * account. `oneself`: every identity, as it is about nobody else. `bucket`: whom S3's permissions on
   * the bucket let, as the operation itself decides. Of the last two, a policy that denies the action
   * still keeps a user out.
   */
  readonly reach: 'administrators' | 'own-account' | 'oneself' | 'bucket';
  /** The body holds the sender's credentials, and the operation itself verifies them. */
  readonly credentials?: 'body';
  /**
   * What is sent and answered would give away keys: over the network only with TLS, or from this
   * machine.
   */
  readonly confidential?: true;
  /** Typed and validated from what was sent alone. Throws a Refusal. */
  readonly input: (request: AdminRequest) => Input;
  /** What the permission is about. */
  readonly subject: (input: Input) => Subject;
  readonly run: (call: AdminCall, input: Input) => Promise<AdminOperations[Name]['reply']>;
}

// A table holds operations of many types; the pipeline only ever passes an operation its own parts.
// eslint-disable-next-line typescript/no-explicit-any
export type AnyAdminOperation = AdminOperation<any, any>;

/** Defines an operation. */
export function operation<Name extends AdminOperationName, Input>(
  definition: AdminOperation<Name, Input>,
): AdminOperation<Name, Input> {
  return definition;
}
