/**
 * What every operation of the admin API takes and gives, as schemas. The compiler holds each to the
 * contract (src/admin/contract.ts): where a member, a type or a modifier differs, `drift` below does
 * not compile and names the operation.
 */
import type {
  AdminErrorBody,
  AdminOperationName,
  AdminOperations,
} from '../../src/admin/contract.ts';
import { type AnySchema, type Described, type Same, count, flag, list, map } from './schema.ts';
import { named, nothing, nullable, object, oneOf, pattern, text } from './schema.ts';
import * as shapes from './shapes.ts';

export interface OperationSchemas {
  readonly route: string;
  readonly path?: AnySchema;
  readonly query?: AnySchema;
  readonly body?: AnySchema;
  /** Undefined: 204, nothing. */
  readonly reply: AnySchema | undefined;
}

const account = object({ account: text });
const user = object({ account: text, user: text });
const accessKey = object({ accessKeyId: text });
const bucket = object({ bucket: text });
const given = { accessKey: shapes.issuedAccessKey };

const table = {
  CreateAccount: {
    route: 'POST /admin/v1/accounts',
    body: object({ name: text }, { canonicalId: pattern('^[0-9a-f]{64}$'), ...given }),
    reply: object({ account: shapes.accountReport, accessKey: shapes.issuedAccessKey }),
  },
  ListAccounts: {
    route: 'GET /admin/v1/accounts',
    reply: object({ accounts: list(shapes.accountReport) }),
  },
  GetAccount: {
    route: 'GET /admin/v1/accounts/{account}',
    path: account,
    reply: shapes.accountReport,
  },
  DeleteAccount: {
    route: 'DELETE /admin/v1/accounts/{account}',
    path: account,
    reply: undefined,
  },
  CreateUser: {
    route: 'POST /admin/v1/accounts/{account}/users',
    path: account,
    body: object({ name: text }, { policy: text, ...given }),
    reply: object({ user: shapes.userReport, accessKey: shapes.issuedAccessKey }),
  },
  ListUsers: {
    route: 'GET /admin/v1/accounts/{account}/users',
    path: account,
    reply: object({ users: list(shapes.userReport) }),
  },
  GetUser: {
    route: 'GET /admin/v1/accounts/{account}/users/{user}',
    path: user,
    reply: shapes.userReport,
  },
  DeleteUser: {
    route: 'DELETE /admin/v1/accounts/{account}/users/{user}',
    path: user,
    reply: undefined,
  },
  SetUserPolicy: {
    route: 'PUT /admin/v1/accounts/{account}/users/{user}/policy',
    path: user,
    body: object({ policy: nullable(text) }),
    reply: shapes.userReport,
  },
  CreateAccessKey: {
    route: 'POST /admin/v1/accounts/{account}/access-keys',
    path: account,
    body: object({}, { user: text, ...given }),
    reply: shapes.issuedAccessKey,
  },
  ListAccessKeys: {
    route: 'GET /admin/v1/accounts/{account}/access-keys',
    path: account,
    query: object({}, { user: text }),
    reply: object({ accessKeys: list(shapes.accessKeyReport) }),
  },
  UpdateAccessKey: {
    route: 'PATCH /admin/v1/access-keys/{accessKeyId}',
    path: accessKey,
    body: object({ enabled: flag }, { force: flag }),
    reply: shapes.accessKeyReport,
  },
  DeleteAccessKey: {
    route: 'DELETE /admin/v1/access-keys/{accessKeyId}',
    path: accessKey,
    query: object({}, { force: oneOf('true') }),
    reply: undefined,
  },
  GetKeysStatus: { route: 'GET /admin/v1/keys', reply: shapes.keysStatus },
  RotateKeys: {
    route: 'POST /admin/v1/keys/rotate',
    body: object({}, { from: count }),
    reply: object({ previous: count, current: count }),
  },
  RewrapKeys: {
    route: 'POST /admin/v1/keys/rewrap',
    body: object({}, { bucket: text, prefix: text }),
    reply: shapes.rewrapReport,
  },
  GetRewrapStatus: {
    route: 'GET /admin/v1/keys/rewrap',
    query: object({}, { run: text }),
    reply: shapes.rewrapReport,
  },
  ResealKeyring: {
    route: 'POST /admin/v1/keys/reseal',
    body: object({ to: text }, { passphrase: text }),
    reply: object({ keeper: text, generation: count, notice: nullable(text) }),
  },
  DestroyKeyVersion: {
    route: 'POST /admin/v1/keys/{version}/destroy',
    path: object({ version: text }),
    body: nothing,
    reply: object({ version: count, record: shapes.recordReport, notice: nullable(text) }),
  },
  BackupKeys: {
    route: 'POST /admin/v1/keys/backup',
    body: object(
      { key: text },
      {
        passphrase: object({ salt: text, memory: count, passes: count, lanes: count }),
        shares: object({ shares: count, threshold: count }),
      },
    ),
    reply: shapes.madeKitReport,
  },
  ListRecords: {
    route: 'GET /admin/v1/keys/records',
    reply: object({ publicKey: nullable(text), records: list(shapes.recordReport) }),
  },
  ShredBucket: {
    route: 'POST /admin/v1/buckets/{bucket}/shred',
    path: bucket,
    body: nothing,
    reply: object({ bucket: text, record: shapes.recordReport, versions: list(count) }),
  },
  ListInventory: {
    route: 'GET /admin/v1/inventory',
    query: object({}, { bucket: text, prefix: text, keyVersion: text, after: text, limit: text }),
    reply: shapes.inventoryReport,
  },
  SummarizeInventory: {
    route: 'GET /admin/v1/inventory/summary',
    query: object({}, { bucket: text, prefix: text }),
    reply: shapes.inventorySummary,
  },
  VerifyStore: {
    route: 'POST /admin/v1/verify',
    body: object({}, { after: text, bucket: text, deep: flag, limit: count }),
    reply: shapes.verifyReport,
  },
  GetVersion: { route: 'GET /admin/v1/version', reply: object({ version: text, node: text }) },
  ShowConfig: {
    route: 'GET /admin/v1/config',
    reply: object({
      settings: list(
        object({
          name: text,
          flag: nullable(text),
          env: text,
          value: nullable(text),
          source: oneOf('flag', 'environment', 'default'),
        }),
      ),
    }),
  },
  CreateSession: {
    route: 'POST /admin/v1/session',
    body: object({ accessKeyId: text, secretKey: text }),
    reply: shapes.sessionReport,
  },
  GetSession: { route: 'GET /admin/v1/session', reply: shapes.sessionReport },
  DeleteSession: { route: 'DELETE /admin/v1/session', reply: undefined },
  DeleteSessions: { route: 'DELETE /admin/v1/sessions', reply: undefined },
  Presign: {
    route: 'POST /admin/v1/presign',
    body: object(
      { method: shapes.method },
      { bucket: text, key: text, query: map(text), headers: map(text), expires: count },
    ),
    reply: shapes.presignedRequest,
  },
  GetOverview: { route: 'GET /admin/v1/overview', reply: shapes.overview },
  GetBucketCounts: {
    route: 'GET /admin/v1/buckets/{bucket}/counts',
    path: bucket,
    reply: shapes.bucketCounts,
  },
  EmptyBucket: {
    route: 'POST /admin/v1/buckets/{bucket}/empty',
    path: bucket,
    body: nothing,
    reply: shapes.emptyReport,
  },
  GetEmptyStatus: {
    route: 'GET /admin/v1/buckets/{bucket}/empty',
    path: bucket,
    reply: shapes.emptyReport,
  },
} as const satisfies { readonly [Name in AdminOperationName]: OperationSchemas };

export const operationSchemas: Readonly<Record<AdminOperationName, OperationSchemas>> = table;

export const errorBody = named(
  'AdminErrorBody',
  object({
    code: oneOf(
      'AccessDenied',
      'AlreadyExists',
      'AuthorizationHeaderMalformed',
      'IncompleteBody',
      'InternalError',
      'InvalidAccessKeyId',
      'InvalidArgument',
      'InvalidRequest',
      'InvalidToken',
      'InvalidURI',
      'MalformedPolicy',
      'MaxMessageLengthExceeded',
      'MethodNotAllowed',
      'NotFound',
      'RequestTimeTooSkewed',
      'RequestTimeout',
      'ServiceUnavailable',
      'SessionEnded',
      'SignatureDoesNotMatch',
      'StillReferenced',
      'TooManyAttempts',
      'XAmzContentSHA256Mismatch',
    ),
    message: text,
    requestId: text,
  }),
);

/** A table's entry with the types that its schemas describe. */
type DescribedBy<Entry> = {
  readonly [Part in keyof Entry]: Entry[Part] extends AnySchema
    ? Described<Entry[Part]>
    : Entry[Part];
};

/** As deep as it goes, so that the compiler sees the same type behind other names. */
type Plain<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Plain<Item>[]
    : { [Name in keyof T]: Plain<T[Name]> };

type Differs<A, B> = Same<Plain<A>, Plain<B>> extends true ? false : true;

/** By name, what the tables and the contract say differently. */
type Drifting = {
  [
    Name in AdminOperationName as Differs<
      DescribedBy<(typeof table)[Name]>,
      AdminOperations[Name]
    > extends true
      ? Name
      : never
  ]: true;
} & {
  [
    Name in 'AdminErrorBody' as Differs<Described<typeof errorBody>, AdminErrorBody> extends true
      ? Name
      : never
  ]: true;
};

/** Compiles only as long as they say the same. */
export const drift: [keyof Drifting] extends [never] ? 'none' : keyof Drifting = 'none';
