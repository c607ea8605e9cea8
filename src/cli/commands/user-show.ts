import type { UserReport } from '../../admin/contract.ts';
import { clientFlags, clientSettings, type Command } from '../command.ts';
import { accountOf } from '../given.ts';
import { facts, shownTime } from '../output.ts';

/** Shows one user, with its policy. */
export const userShow: Command = {
  name: 'user show',
  summary: 'Shows a user: its ARN, its access keys and its policy.',
  words: ['NAME'],
  flags: ['account', ...clientFlags],
  settings: clientSettings,
  run: async (call) => {
    const path = { account: accountOf(call), user: call.word('NAME') };
    const client = await call.client();
    const user = await client.call('GetUser', { path });
    const policy = user.policy === null ? '' : `\n${user.policy.trimEnd()}\n`;
    call.report(user, userFacts(user) + policy);
  },
};

export function userFacts(user: UserReport): string {
  const { name, account, arn, createdAt, policy, accessKeys } = user;
  return facts([
    ['User', name],
    ['Account', account],
    ['ARN', arn],
    ['Created', shownTime(createdAt)],
    ['Access keys', accessKeys.join(', ') || 'none'],
    ['Policy', policy === null ? 'none' : 'set'],
  ]);
}
