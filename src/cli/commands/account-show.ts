import type { AccountReport } from '../../admin/contract.ts';
import { clientFlags, clientSettings, type Command } from '../command.ts';
import { facts, shownTime } from '../output.ts';

/** Shows one account. */
export const accountShow: Command = {
  name: 'account show',
  summary: 'Shows an account: its ids, its users’ number and its root’s access keys.',
  words: ['NAME'],
  flags: clientFlags,
  settings: clientSettings,
  run: async (call) => {
    const client = await call.client();
    const account = await client.call('GetAccount', { path: { account: call.word('NAME') } });
    call.report(account, accountFacts(account));
  },
};

export function accountFacts(account: AccountReport): string {
  const { name, id, canonicalId, createdAt, users, accessKeys } = account;
  return facts([
    ['Account', name],
    ['Account id', id],
    ['Canonical id', canonicalId],
    ['Created', shownTime(createdAt)],
    ['Users', String(users)],
    ['Root’s keys', accessKeys.join(', ') || 'none'],
  ]);
}
