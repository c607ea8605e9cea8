import type { Command } from '../command.ts';

/** `run.ts` answers it, which knows all commands; here it is for their list. */
export const help: Command = {
  name: 'help',
  summary: 'Explains a command; "coffer help settings" explains every setting.',
  words: [],
  flags: [],
  settings: [],
  run: async () => undefined,
};
