import { Unreachable } from '../../admin/client.ts';
import type { SettingReport } from '../../admin/contract.ts';
import { describeSettings } from '../../config/show.ts';
import { settingNames } from '../../config/table.ts';
import type { Command, CommandCall } from '../command.ts';
import { clientFlags, clientSettings } from '../command.ts';
import { table } from '../output.ts';

/** Shows the settings of the server that runs, or those that a start here would have. */
export const configShow: Command = {
  name: 'config show',
  summary: 'Shows every setting, its value and where it comes from.',
  details:
    'Asks the server of the data folder. Where none runs, or where settings are given, it shows what "coffer serve" would start with here. Secrets are never shown.',
  words: [],
  flags: clientFlags,
  settings: settingNames,
  run: async (call) => {
    const served = isAbout(call) ? await askServer(call) : undefined;
    if (served === undefined) {
      call.note('Settings that "coffer serve" would start with here:');
    }
    const settings = served ?? ownSettings(call);
    const running = served !== undefined;
    call.report({ running, settings }, textOf(settings));
  },
};

/** Without settings of its own on the line the question is about a server. */
function isAbout(call: CommandCall): boolean {
  const names: readonly string[] = clientSettings;
  return call.has('endpoint') || [...call.given.keys()].every((name) => names.includes(name));
}

async function askServer(call: CommandCall): Promise<readonly SettingReport[] | undefined> {
  const client = await call.client();
  const reply = await client.call('ShowConfig', {}).catch((error: unknown) => {
    if (error instanceof Unreachable && error.absent && !call.has('endpoint')) return undefined;
    throw error;
  });
  return reply?.settings;
}

function ownSettings(call: CommandCall): readonly SettingReport[] {
  return describeSettings(call.settings()).map(({ flag = null, value = null, ...rest }) => {
    return { ...rest, flag, value };
  });
}

function textOf(settings: readonly SettingReport[]): string {
  const rows = settings.map(({ flag, env, value, source }) => {
    return [flag ?? env, value ?? '-', source === 'environment' ? env : source];
  });
  return table(['SETTING', 'VALUE', 'FROM'], rows, 'There are no settings.');
}
