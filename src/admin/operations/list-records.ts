/** Every signed record of the store, oldest first, as it was signed. */
import { operation } from '../operation.ts';

export const listRecords = operation({
  name: 'ListRecords',
  route: 'GET /admin/v1/keys/records',
  permission: 'coffer:ListRecords',
  reach: 'administrators',
  input: () => undefined,
  subject: () => ({ kind: 'server' }),
  run: ({ services }) => services.records(),
});
