/**
 * PostObject: an object from a browser form. The fields have been read and authenticated; the file is
 * read only now, and what its policy says of its length holds while it comes.
 */
import type { ConditionContext } from '../../access/permission.ts';
import { requestTagConditions } from '../../access/policy/tag-conditions.ts';
import type { HttpReply } from '../../http/exchange.ts';
import type { Written } from '../../store/objects.ts';
import { quoteEtag } from '../headers/etag.ts';
import { objectUrl } from '../location.ts';
import { type Call, type S3Request, operation } from '../operation.ts';
import { type PostForm, postForm, withinRange } from '../post-form.ts';
import { checkAcl, writePermissions, writtenHeaders } from '../write-object.ts';
import { plainXmlDocument, textElement, xmlContentType } from '../xml/write.ts';

export const postObject = operation({
  name: 'PostObject',
  route: { method: 'POST', resource: 'bucket', contentType: 'multipart/form-data' },
  body: 'form',
  credentials: 'form',
  gives: ['sse', 'checksum', 'acl', 'storage-class', 'metadata'],
  input: (request) => ({ ...postForm(request), conditions: formConditions(request) }),
  permissions: ({ write }) => writePermissions(write),
  conditions: ({ write, conditions }) => {
    const own = new Map([...requestTagConditions(write.facts.tags ?? []), ...conditions]);
    if (write.acl !== undefined && write.acl !== 'grants') own.set('s3:x-amz-acl', [write.acl]);
    return own;
  },
  run: async (call, { write, digests, length }) => {
    await checkAcl(call, write);
    const { bucket, key, facts, sse } = write;
    const { bytes } = call.payload;
    const body = length === undefined ? bytes : withinRange(bytes, length);
    return call.store.objects.put({ bucket, key, facts, sse, body, length: undefined, digests });
  },
  output: (written, form, call) => postReply(call, form, written),
});

function postReply(call: Call, { write, success }: PostForm, written: Written): HttpReply {
  const location = objectUrl(call.settings.publicUrl, write);
  const headers = writtenHeaders(written);
  const { bucket, key } = write;
  if (success.kind === 'redirect') {
    const url = new URL(success.url);
    url.searchParams.append('bucket', bucket);
    url.searchParams.append('key', key);
    url.searchParams.append('etag', quoteEtag(written.etag));
    return { status: 303, headers: { ...headers, Location: url.href } };
  }
  headers['Location'] = location;
  if (success.status !== 201) return { status: success.status, headers };
  const content =
    textElement('Location', location) +
    textElement('Bucket', bucket) +
    textElement('Key', key) +
    textElement('ETag', quoteEtag(written.etag));
  headers['Content-Type'] = xmlContentType;
  return { status: 201, headers, body: plainXmlDocument('PostResponse', content) };
}

/** What the page's request itself says, not a field that is named like its header. */
function formConditions({ http, headers: fields }: S3Request): ConditionContext {
  const conditions = new Map<string, readonly string[]>();
  for (const [key, name] of [
    ['aws:referer', 'referer'],
    ['aws:useragent', 'user-agent'],
  ] as const) {
    const value = http.headers.get(name)?.join(',');
    if (value !== undefined) conditions.set(key, [value]);
    // Without values a key matches nothing, where the field would have been taken for the header.
    else if (fields.has(name)) conditions.set(key, []);
  }
  return conditions;
}
