import { settingNames } from '../../config/table.ts';
import type { Command } from '../command.ts';

/** Serves S3 until it is told to stop. */
export const serve: Command = {
  name: 'serve',
  summary: 'Serves S3, the admin API and metrics until it is told to stop.',
  words: [],
  flags: [],
  settings: settingNames,
  run: (call) => call.host.serve(call.settings()),
};
