/** Removes an access key for good. */
import { Refusal } from '../../base/refusal.ts';
import type { Members } from '../members.ts';
import { operation } from '../operation.ts';

export const deleteAccessKey = operation({
  name: 'DeleteAccessKey',
  route: 'DELETE /admin/v1/access-keys/{accessKeyId}',
  permission: 'coffer:DeleteAccessKey',
  reach: 'own-account',
  input: ({ path, query }) => ({
    accessKeyId: path('accessKeyId'),
    keepsLast: !isForced(query),
  }),
  subject: ({ accessKeyId }) => ({ kind: 'access-key', accessKeyId }),
  run: async ({ services }, { accessKeyId, keepsLast }) => {
    await services.accessKeys.delete(accessKeyId, { keepsLast });
    return undefined;
  },
});

function isForced(query: Members): boolean {
  const force = query.textIf('force') ?? 'false';
  if (force === 'true' || force === 'false') return force === 'true';
  throw new Refusal('InvalidRequest', { message: '"force" must be true or false.' });
}
