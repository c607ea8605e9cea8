/** Turns an access key off or on again. Holds in every process on the next request. */
import { operation } from '../operation.ts';
import { accessKeyReport } from '../reports.ts';

export const updateAccessKey = operation({
  name: 'UpdateAccessKey',
  route: 'PATCH /admin/v1/access-keys/{accessKeyId}',
  permission: 'coffer:UpdateAccessKey',
  reach: 'own-account',
  input: ({ path, body }) => ({
    accessKeyId: path('accessKeyId'),
    enabled: body.boolean('enabled'),
    keepsLast: body.booleanIf('force') !== true,
  }),
  subject: ({ accessKeyId }) => ({ kind: 'access-key', accessKeyId }),
  run: async ({ services, account }, { accessKeyId, enabled, keepsLast }) => {
    await services.accessKeys.setEnabled(accessKeyId, enabled, { keepsLast });
    using view = services.view();
    return accessKeyReport(await services.accessKeys.get(view, accessKeyId), account.name);
  },
});
