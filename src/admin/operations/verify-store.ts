/** Opens the rows of a page of the store, and with `deep` the blobs, and tells what is wrong. */
import { Refusal } from '../../base/refusal.ts';
import { verifyReport } from '../evidence-reports.ts';
import { operation } from '../operation.ts';

export const verifyStore = operation({
  name: 'VerifyStore',
  route: 'POST /admin/v1/verify',
  permission: 'coffer:VerifyStore',
  reach: 'administrators',
  input: ({ body }) => {
    const limit = body.countIf('limit');
    if (limit === 0) {
      throw new Refusal('InvalidRequest', { message: '"limit" must be a whole number from 1.' });
    }
    const deep = body.booleanIf('deep');
    return { after: body.textIf('after'), bucket: body.textIf('bucket'), deep, limit };
  },
  subject: () => ({ kind: 'server' }),
  run: async ({ services }, query) => verifyReport(await services.verify(query)),
});
