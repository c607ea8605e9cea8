/** Asks before something is destroyed: its name must be typed back, or --yes given. */
import { UsageError } from '../config/usage-error.ts';
import type { CommandCall } from './command.ts';
import { CommandError } from './command-error.ts';

/** Returns when it may go on. `warning` says what will be lost. */
export async function confirm(call: CommandCall, warning: string, name: string): Promise<void> {
  if (call.has('yes')) return;
  const { prompt } = call.host;
  if (prompt === undefined) {
    throw new UsageError(
      'This must be confirmed, and there is no terminal to ask on. Add --yes to go on without being asked.',
    );
  }
  const typed = await prompt(`${warning}\nType ${name} to go on: `);
  if (typed.trim() !== name) {
    throw new CommandError(`That is not ${name}: nothing was done.`);
  }
}
