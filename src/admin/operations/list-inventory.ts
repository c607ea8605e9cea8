/** Object versions with what protects them: all of them, or of the account that asks. */
import { defaultAccountName } from '../../access/accounts.ts';
import { Refusal } from '../../base/refusal.ts';
import { inventoryReport } from '../evidence-reports.ts';
import { operation } from '../operation.ts';

export const listInventory = operation({
  name: 'ListInventory',
  route: 'GET /admin/v1/inventory',
  permission: 'coffer:ListInventory',
  reach: 'own-account',
  input: ({ query }) => ({
    bucket: query.textIf('bucket'),
    prefix: query.textIf('prefix'),
    keyVersion: numberOf('keyVersion', query.textIf('keyVersion')),
    after: query.textIf('after'),
    limit: numberOf('limit', query.textIf('limit')),
  }),
  subject: () => ({ kind: 'server' }),
  run: async ({ services, account }, query) => {
    // Administrators are of the default account; the root of another sees its own buckets.
    const own = account.name === defaultAccountName ? undefined : account.id;
    return inventoryReport(await services.inventory({ ...query, account: own }));
  },
});

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new Refusal('InvalidRequest', { message: `"${name}" must be a whole number from 1.` });
}
