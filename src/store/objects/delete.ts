/**
 * DeleteObject as S3 means it: without a version id a versioned bucket gets a delete marker, an
 * unversioned one loses the object; with one, that version or marker goes for good.
 */
import { randomId } from '../../base/ids.ts';
import { DataKey } from '../../crypto/data-key.ts';
import { openBucket } from '../buckets/create-buckets.ts';
import { assertDeleteCondition } from '../conditions.ts';
import { KeyHistory, ownerOf } from '../history.ts';
import type { DeleteResult, ReadInput } from '../objects.ts';
import type { StoreParts } from '../store-parts.ts';
import { shownVersionId } from '../version-id.ts';
import { findVersion } from './find-version.ts';

type DeleteInput = ReadInput & { readonly ifMatch?: string };

export function deleteObject(parts: StoreParts, input: DeleteInput): Promise<DeleteResult> {
  return parts.rows.transact(async (transaction) => {
    const bucket = await openBucket(transaction, input.bucket);
    const place = { bucket, key: input.key, now: parts.clock() };
    const history = await KeyHistory.open(transaction, place);
    assertDeleteCondition(input.key, history.head, input.ifMatch);
    if (input.versionId !== undefined) return removeNamed(history, input);
    if (bucket.row.versioning === 'off') return removeOnly(history);
    return addMarker(history, place.now);
  });
}

async function removeNamed(history: KeyHistory, input: ReadInput): Promise<DeleteResult> {
  const found = await findVersion(history.inside, history.bucket, input);
  if (found !== undefined) await history.remove(found.ordinal, found.row);
  const versionId = found === undefined ? input.versionId : found.versionId;
  return { versionId, deleteMarker: found?.row.marker === true };
}

async function removeOnly(history: KeyHistory): Promise<DeleteResult> {
  const { head } = history;
  if (head !== undefined) await history.remove(head.ordinal, await history.version(head.ordinal));
  return { versionId: undefined, deleteMarker: false };
}

async function addMarker(history: KeyHistory, modified: Date): Promise<DeleteResult> {
  const id = randomId();
  const owner = ownerOf(history.key, { id });
  const dataKey = DataKey.generate();
  const blob = { id: randomId(), file: false };
  history.inside.putTwin(blob.id, owner, dataKey);
  const made = await history.add({
    id,
    marker: true,
    modified,
    size: 0,
    etag: '',
    dataKey: history.inside.wrapDataKey({ purpose: 'version', ...owner }, dataKey),
    blob,
    parts: undefined,
    pages: undefined,
    contentType: undefined,
    headers: undefined,
    meta: undefined,
    tags: undefined,
    checksum: undefined,
    protection: 'none',
  });
  const { versioning } = history.bucket.row;
  return { versionId: shownVersionId(versioning, { ...made, id }), deleteMarker: true };
}
