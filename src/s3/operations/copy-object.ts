/**
 * CopyObject: the bytes of an object under another name, or the same bytes under the same name with
 * something about them changed. The copy is sealed under a key of its own; its protection follows
 * this request or the target bucket's default, never the source (S3-BEHAVIOURS 13). One that takes
 * long is kept alive (`slow-reply.ts`).
 */
import { Refusal } from '../../base/refusal.ts';
import { isoTime } from '../../base/time.ts';
import { type Headers, header } from '../../http/exchange.ts';
import type { CopyInput, Protection, Written } from '../../store/objects.ts';
import { type CopyRequest, copied, copyRequest, onSource } from '../copy.ts';
import { checksumElements, requestedAlgorithm } from '../headers/checksum.ts';
import { writeConditions } from '../headers/conditions.ts';
import { quoteEtag } from '../headers/etag.ts';
import { sseHeader, sseHeaders } from '../headers/sse.ts';
import { taggingHeader } from '../headers/tagging.ts';
import { type Call, type S3Request, operation } from '../operation.ts';
import { onObject } from '../pairs.ts';
import { xmlReply } from '../reply.ts';
import { lateReply, slowCopyMs, soon } from '../slow-reply.ts';
import { objectOf } from '../target.ts';
import { type WriteRequest, checkAcl, writePermissions, writeRequest } from '../write-object.ts';
import { textElement, xmlDocument } from '../xml/write.ts';

export const copyObject = operation({
  name: 'CopyObject',
  route: { method: 'PUT', resource: 'object', header: 'x-amz-copy-source' },
  body: 'none',
  gives: ['sse', 'checksum', 'acl', 'tagging', 'storage-class', 'metadata', 'conditional-write'],
  input: copyObjectInput,
  permissions: ({ write, copy, conditions }) => [
    ...writePermissions(write, conditions),
    onSource('Object', copy.source),
  ],
  run: async (call, input) => {
    await checkAcl(call, input.write);
    const tagsAllowed = input.keepsTags && (await mayCopyTags(call, input));
    const copying = copied(call, input.copy, (check) => {
      const copy = storeInput(input, (version) => {
        check(version);
        const tagged = (version.tags?.length ?? 0) > 0;
        if (input.keepsTags && tagged && !tagsAllowed) throw new Refusal('AccessDenied');
      });
      return call.store.objects.copy(copy);
    });
    const copy = await soon(copying, slowCopyMs);
    if (copy.kind === 'done') return copy;
    return { ...copy, protection: await promisedProtection(call, input.write) };
  },
  output: (copy, _, call) => {
    if (copy.kind === 'late') {
      return lateReply(call, copy.outcome, { headers: sseHeaders(copy.protection), document });
    }
    const { protection, versionId, sourceVersionId } = copy.value;
    const headers: Record<string, string> = { ...sseHeaders(protection) };
    if (versionId !== undefined) headers['x-amz-version-id'] = versionId;
    if (sourceVersionId !== undefined) headers['x-amz-copy-source-version-id'] = sourceVersionId;
    return xmlReply(document(copy.value), headers);
  },
});

function document({ etag, modified, checksum }: Written): string {
  const content =
    textElement('LastModified', isoTime(modified)) +
    textElement('ETag', quoteEtag(etag)) +
    checksumElements(checksum);
  return xmlDocument('CopyObjectResult', content);
}

/** What a copy that is still being made will say of itself. */
async function promisedProtection(call: Call, { bucket, sse }: WriteRequest): Promise<Protection> {
  const { encryption } = await call.store.buckets.get(call.view, bucket);
  return sse === undefined && encryption === undefined ? 'none' : 'SSE-S3';
}

type CopyObjectInput = ReturnType<typeof copyObjectInput>;

function copyObjectInput(request: S3Request) {
  const { headers, target } = request;
  const object = objectOf(target);
  const copy = copyRequest(request);
  const keepsFacts = keeps(headers, 'metadata');
  const keepsTags = keeps(headers, 'tagging');
  if (keepsTags && headers.has(taggingHeader)) {
    // A policy would see tags that the copy does not get.
    throw new Refusal('InvalidArgument', {
      message: `${taggingHeader} needs x-amz-tagging-directive: REPLACE.`,
      fields: { ArgumentName: taggingHeader },
    });
  }
  if (keepsFacts && copiesOntoItself(copy, object) && !changesAnything(headers)) {
    throw new Refusal('InvalidRequest', {
      message:
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    });
  }
  return {
    copy,
    write: writeRequest(request, object),
    keepsFacts,
    keepsTags,
    checksumAlgorithm: requestedAlgorithm(headers),
    conditions: writeConditions(headers),
  };
}

/** A directive: COPY, the default, keeps what the source has; REPLACE takes the request's. */
function keeps(headers: Headers, what: 'metadata' | 'tagging'): boolean {
  const name = `x-amz-${what}-directive`;
  const value = header(headers, name) ?? 'COPY';
  if (value === 'COPY' || value === 'REPLACE') return value === 'COPY';
  throw new Refusal('InvalidArgument', {
    message: `Unknown ${what} directive.`,
    fields: { ArgumentName: name, ArgumentValue: value },
  });
}

/** A version that is named may be an older one, and copying it brings it back. */
function copiesOntoItself(
  { source }: CopyRequest,
  target: { readonly bucket: string; readonly key: string },
): boolean {
  const sameName = source.bucket === target.bucket && source.key === target.key;
  return sameName && source.versionId === undefined;
}

function changesAnything(headers: Headers): boolean {
  return headers.has(sseHeader) || headers.has('x-amz-storage-class');
}

/** "To copy an object with tags": reading them there, and setting them here. */
async function mayCopyTags(call: Call, { copy, write }: CopyObjectInput): Promise<boolean> {
  return (
    (await call.allowed(onSource('ObjectTagging', copy.source))) &&
    (await call.allowed(onObject('s3:PutObjectTagging', write)))
  );
}

function storeInput(
  { copy, write, keepsFacts, keepsTags, checksumAlgorithm, conditions }: CopyObjectInput,
  precondition: CopyInput['precondition'] & {},
): CopyInput {
  const { bucket, key, sse }: WriteRequest = write;
  const { tags = [], ...facts } = write.facts;
  return {
    source: copy.source,
    bucket,
    key,
    sse,
    precondition,
    ...(keepsFacts ? {} : { replaceFacts: facts }),
    ...(keepsTags ? {} : { replaceTags: tags }),
    ...(checksumAlgorithm === undefined ? {} : { checksumAlgorithm }),
    ...(conditions === undefined ? {} : { conditions }),
  };
}
