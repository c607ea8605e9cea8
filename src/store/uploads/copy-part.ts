/**
 * UploadPartCopy: a part from the bytes of an object, or of a range of them, sealed again under the
 * upload's data key. Source and upload are found in one moment of the store.
 */
import { GiB, s3Limits } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import type { OpenedObject, PlainRange } from '../objects.ts';
import { bytesOf } from '../objects/copy.ts';
import { openObject } from '../objects/open.ts';
import type { StoreParts } from '../store-parts.ts';
import type { Uploads } from '../uploads.ts';
import { checksumKindOf } from './part-checksums.ts';
import { storePart, uploadToFill } from './put-part.ts';

type CopyPartInput = Parameters<Uploads['copyPart']>[0];

export async function copyPart(
  parts: StoreParts,
  input: CopyPartInput,
): ReturnType<Uploads['copyPart']> {
  const { upload, source } = await (async () => {
    using view = parts.rows.view();
    const found = await uploadToFill(view, input);
    return { upload: found, source: await openObject(parts.sealedBlobs, view, input.source) };
  })();
  const { version } = source;
  input.precondition?.(version);
  const range = checkedRange(input.range, version.size);
  const { algorithm } = checksumKindOf(upload.row);
  const { bucket, key, uploadId, number } = input;
  const stored = await storePart(parts, upload, {
    bucket,
    key,
    uploadId,
    number,
    body: rangeOf(source, range),
    length: range.end - range.start,
    digests: { checksum: { algorithm, value: () => undefined } },
  });
  return { ...stored, sourceVersionId: version.versionId };
}

function checkedRange(range: PlainRange | undefined, size: number): PlainRange {
  const { start, end } = range ?? { start: 0, end: size };
  if (start > end || end > size) {
    throw new Refusal('InvalidArgument', {
      message: `Range specified is not valid for source object of size: ${size}`,
      fields: {
        ArgumentName: 'x-amz-copy-source-range',
        ArgumentValue: `bytes=${start}-${end - 1}`,
      },
    });
  }
  if (end - start > s3Limits.putBytesMax) {
    throw new Refusal('InvalidRequest', {
      message: `The specified copy source is larger than the maximum allowable size for a copy source: ${s3Limits.putBytesMax / GiB} GiB`,
    });
  }
  return { start, end };
}

function rangeOf(source: OpenedObject, range: PlainRange): AsyncIterable<Uint8Array> {
  const whole = range.start === 0 && range.end === source.version.size;
  return whole ? bytesOf(source) : source.read(range);
}
