/** The inventory, counted by what protects: all of it, or what the account that asks owns. */
import { defaultAccountName } from '../../access/accounts.ts';
import { operation } from '../operation.ts';

export const summarizeInventory = operation({
  name: 'SummarizeInventory',
  route: 'GET /admin/v1/inventory/summary',
  permission: 'coffer:SummarizeInventory',
  reach: 'own-account',
  input: ({ query }) => ({ bucket: query.textIf('bucket'), prefix: query.textIf('prefix') }),
  subject: () => ({ kind: 'server' }),
  run: ({ services, account }, query) => {
    // As for ListInventory.
    const own = account.name === defaultAccountName ? undefined : account.id;
    return services.counting.summary({ ...query, account: own });
  },
});
