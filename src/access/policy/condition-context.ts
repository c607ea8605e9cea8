/**
 * The condition keys of a request, each worked out only when a policy asks for it.
 *
 * Every key has one source, named in `condition-keys.ts`. Headers feed the keys that are defined as
 * headers and no others: nothing a client sends can set who it is, where it comes from or when
 * (`aws:SourceIp`, `aws:username` ...).
 */
import { headerText } from '../../base/header-text.ts';
import type { Identity } from '../identity.ts';
import { identityArn } from '../identity.ts';
import type { ConditionContext } from '../permission.ts';
import { LazyConditions } from './lazy-conditions.ts';
import { requestTagConditions } from './tag-conditions.ts';

export interface RequestFacts {
  readonly identity: Identity;
  /** AWS's name of the operation: what some keys mean depends on it. */
  readonly operation: string;
  /** The headers that count: the wire's, and the signed `x-amz-*` query parameters or form fields. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** The decoded query, in wire order. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly remoteAddress: string;
  readonly secure: boolean;
  readonly receivedAt: Date;
  /** Undefined for the anonymous. */
  readonly authType: 'REST-HEADER' | 'REST-QUERY-STRING' | 'POST' | undefined;
  /** `AWS4-HMAC-SHA256`; undefined for the anonymous. */
  readonly signatureVersion: string | undefined;
  readonly signatureAgeMs: number | undefined;
  readonly region: string;
  /** The account that the request is about: the bucket's owner, or the caller's own. */
  readonly resourceAccount: string | undefined;
}

/** The condition keys of a request; costs one small object until a policy asks. */
export function conditionContext(facts: RequestFacts): ConditionContext {
  return new LazyConditions(
    (key) => {
      const source = sources.get(key);
      if (source !== undefined) {
        const value = source(facts);
        return typeof value === 'string' ? [value] : value;
      }
      return isTagKey(key) ? requestTags(facts).get(key) : undefined;
    },
    () => [...sources.keys(), ...requestTags(facts).keys()],
  );
}

/** The value of the header of a name, or undefined: the keys that are headers. */
export function headerCondition(
  key: string,
  headers: ReadonlyMap<string, readonly string[]>,
): string | undefined {
  const name = headerNames.get(key);
  if (name === undefined) return undefined;
  const value = headers.get(name)?.join(',');
  return key === 's3:x-amz-copy-source' && value !== undefined ? copySource(value) : value;
}

/** The keys that are headers an upload is created with: `upload-conditions.ts` freezes them. */
export const headerKeys = (): Iterable<string> => headerNames.keys();

type Source = (facts: RequestFacts) => string | readonly string[] | undefined;

const headerNames = new Map<string, string>([
  ['s3:if-match', 'if-match'],
  ['s3:if-none-match', 'if-none-match'],
  ['s3:object-lock-legal-hold', 'x-amz-object-lock-legal-hold'],
  ['s3:object-lock-mode', 'x-amz-object-lock-mode'],
  ['s3:object-lock-retain-until-date', 'x-amz-object-lock-retain-until-date'],
  ...[
    'acl',
    'bucket-namespace',
    'content-sha256',
    'copy-source',
    'grant-full-control',
    'grant-read',
    'grant-read-acp',
    'grant-write',
    'grant-write-acp',
    'metadata-directive',
    'object-annotation-directive',
    'object-if-match',
    'object-ownership',
    'server-side-encryption',
    'server-side-encryption-aws-kms-key-id',
    'server-side-encryption-customer-algorithm',
    'storage-class',
    'website-redirect-location',
  ].map((name) => [`s3:x-amz-${name}`, `x-amz-${name}`] as const),
]);

const header =
  (name: string): Source =>
  ({ headers }) =>
    headers.get(name)?.join(',');

const parameter =
  (name: string): Source =>
  ({ query }) =>
    query.find(([each]) => each === name)?.[1];

/** Operations of s3:PutObject that do not make an object appear. */
const preparing = new Set(['CreateMultipartUpload', 'UploadPart', 'UploadPartCopy']);

const sources = new Map<string, Source>([
  ...[...headerNames.keys()].map(
    (key) => [key, ({ headers }: RequestFacts) => headerCondition(key, headers)] as const,
  ),
  ['s3:prefix', parameter('prefix')],
  ['s3:delimiter', parameter('delimiter')],
  ['s3:versionid', parameter('versionId')],
  ['s3:max-keys', (facts) => parameter('max-keys')(facts) ?? '1000'],
  ['s3:requestobjecttagkeys', (facts) => requestTags(facts).get('s3:requestobjecttagkeys')],
  ['s3:objectcreationoperation', ({ operation }) => String(!preparing.has(operation))],
  ['s3:authtype', ({ authType }) => authType],
  ['s3:signatureversion', ({ signatureVersion }) => signatureVersion],
  ['s3:signatureage', ({ signatureAgeMs }) => signatureAgeMs?.toString()],
  ['s3:resourceaccount', ({ resourceAccount }) => resourceAccount],
  ['aws:resourceaccount', ({ resourceAccount }) => resourceAccount],
  ['aws:sourceip', ({ remoteAddress }) => sourceIp(remoteAddress)],
  ['aws:securetransport', ({ secure }) => String(secure)],
  ['aws:currenttime', ({ receivedAt }) => receivedAt.toISOString()],
  ['aws:epochtime', ({ receivedAt }) => String(Math.floor(receivedAt.getTime() / 1000))],
  ['aws:useragent', header('user-agent')],
  ['aws:referer', header('referer')],
  ['aws:requestedregion', ({ region }) => region],
  ['aws:viaawsservice', () => 'false'],
  ['aws:principalisawsservice', () => 'false'],
  ['aws:principalarn', ({ identity }) => identityArn(identity)],
  [
    'aws:principalaccount',
    ({ identity }) => (identity.kind === 'anonymous' ? 'anonymous' : identity.account.id),
  ],
  ['aws:principaltype', ({ identity }) => principalTypes[identity.kind]],
  ['aws:username', ({ identity }) => (identity.kind === 'user' ? identity.userName : undefined)],
  ['aws:userid', ({ identity }) => userId(identity)],
]);

/** Without a zone, and IPv4 as itself: a dual-stack socket reports `::ffff:192.0.2.1`. */
function sourceIp(address: string): string {
  return address.replace(/%.*$/, '').replace(/^::ffff:(?=[0-9.]+$)/i, '');
}

const principalTypes: Readonly<Record<Identity['kind'], string>> = {
  root: 'Account',
  user: 'User',
  anonymous: 'Anonymous',
};

function userId(identity: Identity): string | undefined {
  if (identity.kind === 'anonymous') return undefined;
  return identity.kind === 'user' ? identity.userId : identity.account.id;
}

/**
 * As the operation reads it: decoded once, `bucket/key`. A condition written for one spelling of a
 * source must not be passed by another.
 */
function copySource(value: string): string {
  const text = headerText(value);
  const mark = text.lastIndexOf('?versionId=');
  const path = mark < 0 ? text : text.slice(0, mark);
  const version = mark < 0 ? '' : text.slice(mark);
  return decoded(path).replace(/^\//, '') + version;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', '%20'));
  } catch {
    return text;
  }
}

/** Operations whose tags are in the `x-amz-tagging` header; the others hand theirs in. */
const taggedByHeader = new Set(['PutObject', 'CopyObject', 'CreateMultipartUpload']);
const noTags: ConditionContext = new Map();

function isTagKey(key: string): boolean {
  return key.startsWith('s3:requestobjecttag/');
}

function requestTags({ operation, headers }: RequestFacts): ConditionContext {
  if (!taggedByHeader.has(operation)) return noTags;
  const tags = new URLSearchParams(headers.get('x-amz-tagging')?.join(',') ?? '');
  return requestTagConditions([...tags]);
}
