/**
 * CopyObject: the source is opened and written again under a data key of its own. Nothing sealed is
 * ever shared between two versions. The target's protection follows the request or the target
 * bucket, never the source.
 */
import { s3Limits } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import type { CopyInput, ObjectFacts, ObjectVersion, Objects, OpenedObject } from '../objects.ts';
import type { StoreParts } from '../store-parts.ts';
import { openObject } from './open.ts';
import { putObject } from './put.ts';

export async function copyObject(parts: StoreParts, input: CopyInput): ReturnType<Objects['copy']> {
  const source = await openSource(parts, input);
  const { version } = source;
  const algorithm = input.checksumAlgorithm ?? version.checksum?.algorithm;
  const written = await putObject(parts, {
    bucket: input.bucket,
    key: input.key,
    facts: copiedFacts(version, input),
    body: bytesOf(source),
    length: version.size,
    digests: algorithm === undefined ? {} : { checksum: { algorithm, value: () => undefined } },
    sse: input.sse,
    ...(input.conditions !== undefined && { conditions: input.conditions }),
  });
  return { ...written, sourceVersionId: version.versionId };
}

async function openSource(parts: StoreParts, input: CopyInput): Promise<OpenedObject> {
  using view = parts.rows.view();
  const source = await openObject(parts.sealedBlobs, view, input.source);
  input.precondition?.(source.version);
  if (source.version.size > s3Limits.copyBytesMax) {
    throw new Refusal('InvalidRequest', {
      message:
        'The specified copy source is larger than the maximum allowable size for a copy source: ' +
        `${s3Limits.copyBytesMax}`,
    });
  }
  return source;
}

/** The source's plaintext; a small one in one piece. */
export async function* bytesOf(source: OpenedObject): AsyncGenerator<Uint8Array, void, void> {
  if (source.inline !== undefined) yield source.inline();
  else yield* source.read();
}

function copiedFacts(source: ObjectVersion, input: CopyInput): ObjectFacts {
  const { contentType, headers, meta } = input.replaceFacts ?? source;
  const tags = input.replaceTags ?? source.tags;
  return {
    ...(contentType !== undefined && { contentType }),
    ...(headers !== undefined && { headers }),
    ...(meta !== undefined && { meta }),
    ...(tags !== undefined && { tags }),
  };
}
