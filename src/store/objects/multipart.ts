/**
 * Reading a multipart object: its manifest is opened with the rows, and a range of the object is
 * the ranges of the parts that hold it, one behind the other.
 */
import type { BucketView, SealedPayload } from '../../rows/rows.ts';
import type { ManifestPart } from '../../rows/manifest-row.ts';
import type { DataKey } from '../../crypto/data-key.ts';
import { ownerOf } from '../history.ts';
import type { ObjectVersion, OpenedObject, PlainRange } from '../objects.ts';
import {
  type ObjectToRead,
  assertInside,
  namingObject,
  noSuchPart,
  unreadable,
} from './object-to-read.ts';

/** A part at its place in the object. */
interface PlacedPart extends ManifestPart {
  readonly start: number;
  readonly end: number;
  /** Read with the rows where the part is inline: only the last part is ever that small. */
  readonly payload: SealedPayload | undefined;
}

export async function openMultipart(
  reads: BucketView,
  object: ObjectToRead,
  version: ObjectVersion,
): Promise<OpenedObject> {
  const { row, key } = object;
  const owner = ownerOf(key, row);
  const dataKey = reads.openDataKey({ purpose: 'version', ...owner }, row.dataKey);
  const parts = await placeParts(reads, object, dataKey);
  if (row.blob !== undefined) (await reads.payload(row.blob.id)).twin(dataKey, owner);
  const read = (range: PlainRange = { start: 0, end: row.size }): AsyncIterable<Buffer> => {
    assertInside(range, row.size);
    return namingObject(object, readParts(object, { parts, dataKey }, range));
  };
  return {
    version,
    read,
    inline: undefined,
    part: async (number) => {
      const part = parts[number - 1];
      if (part === undefined) throw noSuchPart(number, parts.length);
      return { start: part.start, end: part.end };
    },
    parts: async (marker, limit) => ({
      parts: parts.slice(marker, marker + limit).map(({ size, checksum }, index) => ({
        number: marker + index + 1,
        size,
        checksum,
      })),
      more: parts.length > marker + limit,
    }),
  };
}

async function placeParts(
  reads: BucketView,
  object: ObjectToRead,
  dataKey: DataKey,
): Promise<readonly PlacedPart[]> {
  const { row } = object;
  const placed: PlacedPart[] = [];
  let start = 0;
  for (let page = 0; page < (row.pages ?? 0); page++) {
    for (const part of await reads.manifest(row.id, page, dataKey)) {
      const end = start + part.size;
      const payload = part.blob.file ? undefined : await reads.payload(part.blob.id);
      placed.push({ ...part, start, end, payload });
      start = end;
    }
  }
  if (placed.length !== row.parts || start !== row.size) {
    throw unreadable(object, 'its manifest and its version row disagree');
  }
  return placed;
}

async function* readParts(
  object: ObjectToRead,
  content: { readonly parts: readonly PlacedPart[]; readonly dataKey: DataKey },
  range: PlainRange,
): AsyncGenerator<Buffer, void, void> {
  const { parts, dataKey } = content;
  for (let index = firstBehind(parts, range.start); index < parts.length; index++) {
    const part = parts[index];
    if (part === undefined || part.start >= range.end) return;
    const start = Math.max(0, range.start - part.start);
    const end = Math.min(part.size, range.end - part.start);
    if (part.payload !== undefined) {
      yield openInlinePart(object, part, part.payload, dataKey).subarray(start, end);
    } else {
      const blob = { blobId: part.blob.id, bucketId: object.bucket.row.id, dataKey };
      yield* object.sealedBlobs.read({ ...blob, size: part.size }, { start, end });
    }
  }
}

function openInlinePart(
  object: ObjectToRead,
  part: PlacedPart,
  payload: SealedPayload,
  dataKey: DataKey,
): Buffer {
  const owner = { kind: 'upload', objectKey: object.key, id: object.row.id } as const;
  const bytes = payload.inline(dataKey, owner);
  if (bytes.length !== part.size) throw unreadable(object, 'a part has another length');
  return bytes;
}

/** The index of the first part that ends behind `at`. */
function firstBehind(parts: readonly PlacedPart[], at: number): number {
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((parts[middle]?.end ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
