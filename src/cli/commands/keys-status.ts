import { Unreachable } from '../../admin/client.ts';
import type { KeysStatus } from '../../admin/contract.ts';
import { clientFlags, clientSettings, type Command, type CommandCall } from '../command.ts';
import { facts, shownTime, table } from '../output.ts';

/** Shows every master key version and what refers to it; works where no server runs too. */
export const keysStatus: Command = {
  name: 'keys status',
  summary: 'Shows every master key version, its state and what still refers to it.',
  details:
    'It counts what refers to each version by reading the whole key space, which may take a while. Where no server runs, the command opens the store itself.',
  words: [],
  flags: clientFlags,
  settings: [...clientSettings, 'keeper'],
  run: async (call) => {
    const status = await statusOf(call);
    call.report(status, textOf(status));
  },
};

async function statusOf(call: CommandCall): Promise<KeysStatus> {
  const client = await call.client();
  const served = await client.call('GetKeysStatus', {}).catch((error: unknown) => {
    if (error instanceof Unreachable && error.absent && !call.has('endpoint')) return undefined;
    throw error;
  });
  if (served !== undefined) return served;
  await using store = await call.host.openStoreOffline(call.settings());
  return await store.keysStatus();
}

function textOf({ current, nextRotation, countedAt, keeper, versions }: KeysStatus): string {
  const rows = versions.map(({ version, state, createdAt, wraps, references }) => [
    String(version),
    state,
    shownTime(createdAt),
    number(wraps),
    number(references.objectVersions),
    number(references.uploads),
    number(references.rows),
  ]);
  const headings = ['VERSION', 'STATE', 'CREATED', 'WRAPS (AT MOST)'];
  return (
    facts([
      ['Keeper', `${keeper.kind}, ${keeper.healthy ? 'healthy' : 'DOES NOT OPEN THE KEYRING'}`],
      ['Current version', String(current)],
      ['Next rotation', nextRotation === null ? 'none is planned' : shownTime(nextRotation)],
      ['Counted at', shownTime(countedAt)],
    ]) +
    '\n' +
    table([...headings, 'OBJECT VERSIONS', 'UPLOADS', 'ROWS'], rows, 'There are no versions.')
  );
}

const number = (value: number): string => value.toLocaleString('en-US');
