/** Which Coffer answers. */
import { operation } from '../operation.ts';

export const getVersion = operation({
  name: 'GetVersion',
  route: 'GET /admin/v1/version',
  permission: 'coffer:GetVersion',
  reach: 'administrators',
  input: () => undefined,
  subject: () => ({ kind: 'server' }),
  run: async ({ services }) => services.version,
});
