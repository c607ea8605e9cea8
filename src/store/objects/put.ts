/**
 * PutObject (and CopyObject's second half): the data key first, the body sealed under it, its
 * digests compared, then one transaction that decides the conditions and makes it all visible.
 */
import { randomId } from '../../base/ids.ts';
import { DataKey } from '../../crypto/data-key.ts';
import type { OpenBucket, RowTransaction } from '../../rows/rows.ts';
import type { VersionRow } from '../../rows/version-row.ts';
import { openBucket } from '../buckets/create-buckets.ts';
import type { Checksum } from '../checksums.ts';
import { assertDeclared, defaultAlgorithm } from '../checksums/digests.ts';
import { assertWriteConditions } from '../conditions.ts';
import { KeyHistory, ownerOf } from '../history.ts';
import type { ObjectFacts, Protection, PutInput, Written } from '../objects.ts';
import type { StoreParts } from '../store-parts.ts';
import { noSuchBucket } from '../refusals.ts';
import type { ReceivedBody } from '../sealed-blobs.ts';
import { shownVersionId } from '../version-id.ts';

export async function putObject(parts: StoreParts, input: PutInput): Promise<Written> {
  const dataKey = DataKey.generate();
  await using received = await parts.sealedBlobs.receive({
    body: input.body,
    length: input.length,
    algorithm: input.digests.checksum?.algorithm ?? defaultAlgorithm,
    dataKey,
    bucketId: async () => {
      using view = parts.rows.view();
      return (await openBucket(view, input.bucket)).row.id;
    },
  });
  assertDeclared(received.digests, input.digests);
  return await received.commit(() =>
    parts.rows.transact((transaction) => write(transaction, parts, input, { dataKey, received })),
  );
}

async function write(
  transaction: RowTransaction,
  parts: StoreParts,
  input: PutInput,
  { dataKey, received }: { readonly dataKey: DataKey; readonly received: ReceivedBody },
): Promise<Written> {
  const bucket = await openBucketOf(transaction, input.bucket, received.bucketId);
  const modified = parts.clock();
  const place = { bucket, key: input.key, now: modified };
  const history = await KeyHistory.open(transaction, place);
  assertWriteConditions(input.key, history.head, input.conditions);
  const id = randomId();
  const owner = ownerOf(input.key, { id });
  const blob = await received.place(transaction, history.inside, owner);
  const { size, md5, algorithm, checksum: value } = received.digests;
  const checksum: Checksum = { algorithm, type: 'FULL_OBJECT', value };
  const protection = protectionOf(bucket, input.sse);
  const version = {
    id,
    marker: false,
    modified,
    size,
    etag: md5,
    dataKey: history.inside.wrapDataKey({ purpose: 'version', ...owner }, dataKey),
    blob,
    parts: undefined,
    pages: undefined,
    ...factsOf(input.facts),
    checksum,
    protection,
  };
  const made = await history.add(version);
  const versionId = shownVersionId(bucket.row.versioning, { ...made, id });
  return { etag: md5, size, versionId, protection, checksum, modified };
}

/** The bucket of that name, if it is still the one whose id the bytes are bound to. */
export async function openBucketOf(
  transaction: RowTransaction,
  name: string,
  boundTo: Uint8Array | undefined,
): Promise<OpenBucket> {
  const bucket = await openBucket(transaction, name);
  if (boundTo !== undefined && Buffer.compare(boundTo, bucket.row.id) !== 0) {
    throw noSuchBucket(name);
  }
  return bucket;
}

/** What is promised: what the request asked for, else the bucket's default. */
export function protectionOf(bucket: OpenBucket, sse: 'AES256' | undefined): Protection {
  return sse !== undefined || bucket.row.encryption !== undefined ? 'SSE-S3' : 'none';
}

/** A client's facts as version and upload rows hold them: what is empty is absent. */
export function factsOf(
  facts: ObjectFacts,
): Pick<VersionRow, 'contentType' | 'headers' | 'meta' | 'tags'> {
  const { contentType, headers, meta, tags } = facts;
  return {
    contentType,
    headers: headers && Object.keys(headers).length > 0 ? headers : undefined,
    meta: meta && Object.keys(meta).length > 0 ? meta : undefined,
    tags: tags && tags.length > 0 ? tags : undefined,
  };
}
