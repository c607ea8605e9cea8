/** How far a run of the re-wrap is: one of the last, or the latest. */
import { Refusal } from '../../base/refusal.ts';
import { operation } from '../operation.ts';

export const getRewrapStatus = operation({
  name: 'GetRewrapStatus',
  route: 'GET /admin/v1/keys/rewrap',
  permission: 'coffer:GetRewrapStatus',
  reach: 'administrators',
  input: ({ query }) => ({ run: numberOf(query.textIf('run')) }),
  subject: () => ({ kind: 'server' }),
  run: async ({ services }, { run }) => {
    const report = services.rewrapStatus(run);
    if (report !== undefined) return report;
    const message =
      run === undefined
        ? 'No re-wrap has begun since the start of the server.'
        : `There is no re-wrap ${run}: the server was started since, or it was long ago.`;
    throw new Refusal('NotFound', { message });
  },
});

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9][0-9]{0,14}$/.test(text)) return Number(text);
  throw new Refusal('InvalidRequest', { message: '"run" must be the number of a run.' });
}
