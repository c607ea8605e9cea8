/**
 * DeleteObject: makes a delete marker, removes a version, or removes the object; what is not there
 * is deleted already.
 */
import { Refusal } from '../../base/refusal.ts';
import type { Headers } from '../../http/exchange.ts';
import { deletePermissions, deletion } from '../deletion.ts';
import { writeConditions } from '../headers/conditions.ts';
import { operation } from '../operation.ts';
import { emptyReply } from '../reply.ts';
import { objectOf } from '../target.ts';
import { requestedVersion } from '../version-id.ts';

export const deleteObject = operation({
  name: 'DeleteObject',
  route: { method: 'DELETE', resource: 'object' },
  body: 'none',
  gives: ['conditional-write'],
  input: ({ headers, query, target }) =>
    deletion(objectOf(target), requestedVersion(query), deleteCondition(headers)),
  permissions: (input) => deletePermissions(input),
  run: ({ store }, input) => store.objects.delete(input),
  output: ({ versionId, deleteMarker }) => {
    const headers: Record<string, string> = {};
    if (deleteMarker) headers['x-amz-delete-marker'] = 'true';
    if (versionId !== undefined) headers['x-amz-version-id'] = versionId;
    return emptyReply(204, headers);
  },
});

/** S3 knows If-Match alone on a delete. */
function deleteCondition(headers: Headers): string | undefined {
  const conditions = writeConditions(headers);
  if (conditions?.ifNoneMatch === undefined) return conditions?.ifMatch;
  throw new Refusal('NotImplemented', { fields: { Header: 'If-None-Match' } });
}
