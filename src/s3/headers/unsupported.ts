/**
 * A header that asks for protection or a guarantee is given or refused by name, never ignored
 * (S3-BEHAVIOURS 5 and 8). Each operation lists what it gives; what nobody gives is refused here for
 * all of them.
 *
 * Accepted without effect, because nothing in Coffer could be different: `x-amz-request-payer` (no
 * bucket is requester-pays), `x-amz-optional-object-attributes` (nothing is ever restored),
 * `x-amz-object-annotation-directive` (nothing is annotated) and
 * `x-amz-confirm-remove-self-bucket-access` (an owner's root cannot lock itself out of a policy).
 */
import { Refusal } from '../../base/refusal.ts';
import { header } from '../../http/exchange.ts';
import type { AnyOperation, Guarantee, S3Request } from '../operation.ts';
import { checksumAlgorithms, checksumHeaderName } from './checksum.ts';
import { grantHeaders } from './acl.ts';
import { sseHeader, unknownSse } from './sse.ts';

/** Throws unless `operation` gives every guarantee that the request's headers ask for. */
export function refuseUngiven(operation: AnyOperation, request: Pick<S3Request, 'headers'>): void {
  for (const name of request.headers.keys()) {
    const first = name.charCodeAt(0);
    // Only x-amz-*, if-* and content-md5 can be meant: most headers end here.
    if (first !== 120 && first !== 105 && first !== 99) continue;
    const guarantee = guaranteeOf(name, operation);
    if (guarantee !== undefined && !operation.gives.includes(guarantee)) {
      throw ungiven(operation, guarantee, name);
    }
    const refuse = refused.get(name);
    if (refuse !== undefined) refuse(header(request.headers, name) ?? '', operation, request);
  }
}

const reads = ({ route }: AnyOperation): boolean =>
  route.method === 'GET' || route.method === 'HEAD';

const guarantees = new Map<string, Guarantee>([
  [sseHeader, 'sse'],
  ['x-amz-acl', 'acl'],
  ...grantHeaders.map((name): [string, Guarantee] => [name, 'acl']),
  ['x-amz-tagging', 'tagging'],
  ['x-amz-storage-class', 'storage-class'],
  ['x-amz-checksum-algorithm', 'checksum'],
  ['x-amz-checksum-type', 'checksum'],
]);

/** About the bytes of a body: every document is verified, and a body of nothing has nothing to verify. */
const bodyChecksums = new Set([
  'content-md5',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-trailer',
  ...checksumAlgorithms.map(checksumHeaderName),
]);

const conditions = new Set([
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
]);

function guaranteeOf(name: string, operation: AnyOperation): Guarantee | undefined {
  const found = guarantees.get(name);
  if (found !== undefined) return found;
  if (conditions.has(name)) return reads(operation) ? 'conditional-read' : 'conditional-write';
  if (bodyChecksums.has(name)) return operation.body === 'stream' ? 'checksum' : undefined;
  // AWS has algorithms that Coffer has not (SHA512, MD5, XXHASH*): never taken for verified.
  if (name.startsWith('x-amz-checksum-') && name !== 'x-amz-checksum-mode') {
    throw notImplemented(name, name);
  }
  return name.startsWith('x-amz-meta-') ? 'metadata' : undefined;
}

function ungiven(operation: AnyOperation, guarantee: Guarantee, name: string): Refusal {
  if (guarantee === 'sse') {
    return new Refusal('InvalidRequest', {
      message: `${sseHeader} header is not supported for this operation.`,
      fields: { ArgumentName: sseHeader },
    });
  }
  return notImplemented(`${name} on ${operation.name}`, name);
}

function notImplemented(what: string, name: string): Refusal {
  return new Refusal('NotImplemented', {
    message: `A header you provided implies functionality that is not implemented: ${what}`,
    fields: { Header: name },
  });
}

type Refuse = (value: string, operation: AnyOperation, request: Pick<S3Request, 'headers'>) => void;

/** Refused whatever it says. */
const always =
  (name: string): Refuse =>
  () => {
    throw notImplemented(name, name);
  };

/** Refused unless it says that it is not wanted. */
const unlessFalse =
  (name: string): Refuse =>
  (value) => {
    if (value.trim().toLowerCase() !== 'false') throw notImplemented(name, name);
  };

/** Refused unless it asks for what is so anyway. */
const unless = (name: string, harmless: string): [string, Refuse] => [
  name,
  (value) => {
    if (value !== harmless) throw notImplemented(name, name);
  },
];

/** SSE-C: on a read AWS says that the object is not encrypted so; no object here ever is. */
const customerKey =
  (name: string): Refuse =>
  (_, operation) => {
    if (reads(operation)) {
      throw new Refusal('InvalidRequest', {
        message: 'The encryption parameters are not applicable to this object.',
        fields: { Header: name },
      });
    }
    throw new Refusal('NotImplemented', {
      message: `Server-side encryption with customer-provided keys (${name}) is not implemented.`,
      fields: { Header: name },
    });
  };

/** SSE-KMS parameters: without aws:kms in the algorithm's header they mean nothing (AWS's words). */
const kmsParameter =
  (name: string): Refuse =>
  (_, __, { headers }) => {
    const algorithm = header(headers, sseHeader);
    if (algorithm !== undefined && algorithm !== 'AES256') throw unknownSse(algorithm);
    throw new Refusal('InvalidArgument', {
      message: `Server Side Encryption with AWS KMS managed key requires HTTP header ${sseHeader} : aws:kms`,
      fields: { ArgumentName: name },
    });
  };

const refused = new Map<string, Refuse>([
  ...['algorithm', 'key', 'key-md5'].flatMap((part): [string, Refuse][] => {
    const target = `${sseHeader}-customer-${part}`;
    const source = `x-amz-copy-source-server-side-encryption-customer-${part}`;
    return [
      [target, customerKey(target)],
      [source, customerKey(source)],
    ];
  }),
  ...[`${sseHeader}-aws-kms-key-id`, `${sseHeader}-context`].map((name): [string, Refuse] => [
    name,
    kmsParameter(name),
  ]),
  ...[
    'x-amz-object-lock-mode',
    'x-amz-object-lock-retain-until-date',
    'x-amz-object-lock-event-hold',
    'x-amz-object-lock-event-hold-duration-days',
    'x-amz-object-lock-event-hold-duration-years',
    'x-amz-website-redirect-location',
    'x-amz-write-offset-bytes',
    'x-amz-mfa',
    'x-amz-bucket-object-lock-token',
    'x-amz-if-match-last-modified-time',
    'x-amz-if-match-size',
    'x-amz-if-match-initiated-time',
    'x-amz-rename-source',
  ].map((name): [string, Refuse] => [name, always(name)]),
  ...[
    `${sseHeader}-bucket-key-enabled`,
    'x-amz-bucket-object-lock-enabled',
    'x-amz-bypass-governance-retention',
  ].map((name): [string, Refuse] => [name, unlessFalse(name)]),
  unless('x-amz-bucket-namespace', 'global'),
  unless('x-amz-object-lock-legal-hold', 'OFF'),
]);
