/**
 * What a browser form asks for ("POST Object" and "Creating an HTML form", S3 API reference;
 * S3-BEHAVIOURS 20; 2026-11-24). Its fields are read as the headers of a PutObject are; `acl` and
 * `tagging` have names of their own. A signed form must be what its policy allows; an unsigned one is
 * for the bucket's policy to let in.
 */
import { checkPostPolicy } from '../access/signature/post-policy.ts';
import { type LengthRange, parsePostPolicy } from '../access/signature/post-policy-document.ts';
import { Refusal } from '../base/refusal.ts';
import { type Headers, header } from '../http/exchange.ts';
import type { Tags } from '../store/buckets.ts';
import type { DeclaredDigests } from '../store/checksums.ts';
import { declaredDigests } from './declared-digests.ts';
import { requestedAlgorithm } from './headers/checksum.ts';
import type { S3Request } from './operation.ts';
import { bucketOf, checkKey } from './target.ts';
import { type WriteRequest, writeRequest } from './write-object.ts';
import { readTagging } from './xml/tagging.ts';

/** A form as it will be carried out. */
export interface PostForm {
  readonly write: WriteRequest;
  readonly digests: DeclaredDigests;
  /** How long the file may be; undefined where no policy says. */
  readonly length: LengthRange | undefined;
  readonly success: FormSuccess;
}

/** How a form wants to be told that all went well. */
export type FormSuccess =
  | { readonly kind: 'status'; readonly status: 200 | 201 | 204 }
  | { readonly kind: 'redirect'; readonly url: URL };

/**
 * Reads a form's fields. Throws `AccessDenied` for what its policy does not allow,
 * `InvalidPolicyDocument`, and whatever PutObject throws for the headers of the same meaning.
 */
export function postForm(request: S3Request): PostForm {
  const { headers: fields, http, signed, target } = request;
  const bucket = bucketOf(target);
  // S3 misses the key before it judges the policy, which would only say that a condition failed.
  const key = keyOf(fields);
  const length = signed
    ? checkPostPolicy(parsePostPolicy(header(fields, 'policy') ?? ''), {
        fields,
        bucket,
        now: http.receivedAt,
      })
    : undefined;
  refuseCopy(fields);
  const write = writeRequest({ headers: asHeaders(fields), query: request.query }, { bucket, key });
  const tags = tagsOf(fields);
  return {
    write: tags === undefined ? write : { ...write, facts: { ...write.facts, tags } },
    digests: digestsOf(fields),
    length,
    success: successOf(fields),
  };
}

/** The file, counted as it comes. Throws before its end what the policy's `content-length-range` says. */
export async function* withinRange(
  file: AsyncIterable<Uint8Array>,
  { min, max }: LengthRange,
): AsyncGenerator<Uint8Array, void, void> {
  let size = 0;
  for await (const piece of file) {
    size += piece.length;
    if (size > max) {
      throw new Refusal('EntityTooLarge', {
        fields: { ProposedSize: String(size), MaxSizeAllowed: String(max) },
      });
    }
    yield piece;
  }
  if (size < min) {
    throw new Refusal('EntityTooSmall', {
      fields: { ProposedSize: String(size), MinSizeAllowed: String(min) },
    });
  }
}

function keyOf(fields: Headers): string {
  const key = header(fields, 'key');
  if (key === undefined) {
    throw new Refusal('InvalidArgument', {
      message:
        "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
      fields: { ArgumentName: 'key', ArgumentValue: '' },
    });
  }
  if (key === '') throw new Refusal('UserKeyMustBeSpecified', { fields: { FieldName: 'key' } });
  checkKey(key);
  return key;
}

/** A policy would take the field for that of a copy, which no form makes. */
function refuseCopy(fields: Headers): void {
  for (const name of fields.keys()) {
    if (name.startsWith('x-amz-copy-source')) {
      throw new Refusal('InvalidArgument', {
        message: 'A form cannot copy an object.',
        fields: { ArgumentName: name },
      });
    }
  }
}

function asHeaders(fields: Headers): Headers {
  const acl = fields.get('acl');
  if (acl === undefined) return fields;
  if (fields.has('x-amz-acl')) {
    throw new Refusal('InvalidArgument', {
      message: 'Specify either the field acl or x-amz-acl, not both.',
      fields: { ArgumentName: 'acl' },
    });
  }
  return new Map(fields).set('x-amz-acl', acl);
}

function tagsOf(fields: Headers): Tags | undefined {
  const document = header(fields, 'tagging');
  return document === undefined ? undefined : readTagging(Buffer.from(document), 'object');
}

/** A checksum in a field is one of the file; `x-amz-checksum-algorithm` alone asks for one to be kept. */
function digestsOf(fields: Headers): DeclaredDigests {
  const declared = declaredDigests(fields, undefined);
  const algorithm = requestedAlgorithm(fields);
  if (algorithm === undefined) return declared;
  if (declared.checksum === undefined) {
    return { ...declared, checksum: { algorithm, value: () => undefined } };
  }
  if (declared.checksum.algorithm === algorithm) return declared;
  throw new Refusal('InvalidRequest', {
    message: 'Value for x-amz-checksum-algorithm field is invalid.',
  });
}

/** A URL or a status that S3 cannot make sense of is as good as none. */
function successOf(fields: Headers): FormSuccess {
  const url = redirectUrl(header(fields, 'success_action_redirect') ?? header(fields, 'redirect'));
  if (url !== undefined) return { kind: 'redirect', url };
  const status = header(fields, 'success_action_status')?.trim();
  if (status === '200' || status === '201') {
    return { kind: 'status', status: status === '200' ? 200 : 201 };
  }
  return { kind: 'status', status: 204 };
}

function redirectUrl(text: string | undefined): URL | undefined {
  const url = text === undefined ? null : URL.parse(text);
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined;
}
