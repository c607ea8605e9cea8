/** Every master key version with its state, its wraps and what refers to it. */
import { operation } from '../operation.ts';

export const getKeysStatus = operation({
  name: 'GetKeysStatus',
  route: 'GET /admin/v1/keys',
  permission: 'coffer:GetKeysStatus',
  reach: 'administrators',
  input: () => undefined,
  subject: () => ({ kind: 'server' }),
  run: ({ services }) => services.keysStatus(),
});
