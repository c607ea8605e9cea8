/**
 * DeleteObjects: up to 1,000 objects or versions, each decided, deleted and answered for itself
 * (S3 API reference, 2026-11-24). One that may not be deleted, or fails, stops no other.
 */
import { Defect, Refusal } from '../../base/refusal.ts';
import type { DeleteResult } from '../../store/objects.ts';
import { deletePermissions, deletion } from '../deletion.ts';
import { describe } from '../errors.ts';
import { type Call, operation } from '../operation.ts';
import { xmlReply } from '../reply.ts';
import { bucketOf } from '../target.ts';
import { refuseVersion } from '../version-id.ts';
import { type ObjectToDelete, readDelete } from '../xml/delete.ts';
import { element, textElement, xmlDocument } from '../xml/write.ts';

export const deleteObjects = operation({
  name: 'DeleteObjects',
  route: { method: 'POST', resource: 'bucket', query: ['delete'] },
  body: 'document',
  gives: [],
  decides: 'per-item',
  needsDigest: true,
  input: ({ target, query }) => {
    refuseVersion(query);
    return { bucket: bucketOf(target) };
  },
  permissions: () => [],
  run: async (call, { bucket }) => {
    const { objects, quiet } = readDelete(await call.document());
    // A bucket that is not there is one error, not a thousand.
    await call.store.buckets.get(call.view, bucket);
    const results = await inTurns(objects, (object) => deleteOne(call, bucket, object));
    return { results, quiet };
  },
  output: ({ results, quiet }) => {
    let items = '';
    for (const result of results) {
      if ('error' in result) items += errorElement(result);
      else if (!quiet) items += deletedElement(result);
    }
    return xmlReply(xmlDocument('DeleteResult', items));
  },
});

interface Deleted {
  readonly object: ObjectToDelete;
  readonly result: DeleteResult;
}

interface Failed {
  readonly object: ObjectToDelete;
  readonly error: unknown;
}

/** So many deletions share a commit; more would only hold memory. */
const atOnce = 32;

/** The result of `each` item, in their order, with at most `atOnce` under way. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  each: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await each(items[index] as Item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}

function deleteOne(call: Call, bucket: string, object: ObjectToDelete): Promise<Deleted | Failed> {
  return decideAndDelete(call, bucket, object).then(
    (result) => ({ object, result }),
    (error: unknown) => {
      // A broken assumption of ours is no answer about an object.
      if (error instanceof Defect) throw error;
      return { object, error };
    },
  );
}

async function decideAndDelete(
  call: Call,
  bucket: string,
  { key, versionId, ifMatch }: ObjectToDelete,
): Promise<DeleteResult> {
  const input = deletion({ bucket, key }, versionId, ifMatch);
  const context = new Map<string, readonly string[]>();
  if (versionId !== undefined) context.set('s3:versionid', [versionId]);
  if (ifMatch !== undefined) context.set('s3:if-match', [ifMatch]);
  for (const permission of deletePermissions(input, context)) {
    if (!(await call.allowed(permission))) throw new Refusal('AccessDenied');
  }
  return call.store.objects.delete(input);
}

function deletedElement({ object, result }: Deleted): string {
  const marker = result.deleteMarker
    ? textElement('DeleteMarker', true) + textElement('DeleteMarkerVersionId', result.versionId)
    : '';
  return element(
    'Deleted',
    textElement('Key', object.key) + textElement('VersionId', object.versionId) + marker,
  );
}

function errorElement({ object, error }: Failed): string {
  const { code, message } = describe(error);
  return element(
    'Error',
    textElement('Key', object.key) +
      textElement('VersionId', object.versionId) +
      textElement('Code', code) +
      textElement('Message', message),
  );
}
