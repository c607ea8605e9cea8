/**
 * The shape of a command: one file each in `commands/`, with all of its facts in it. `run.ts` parses
 * the command line by them and drives all commands the same way; help texts are made from them.
 */
import type { AdminClient } from '../admin/client.ts';
import type { FlagTexts } from '../config/flags.ts';
import type { Settings } from '../config/settings.ts';
import type { SettingName } from '../config/table.ts';
import type { FlagName } from './flags.ts';
import type { CliHost } from './host.ts';

export interface Command {
  /** Noun and verb: `account create`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** More, for its own help. */
  readonly details?: string;
  /** The words that must follow, by the names that stand for them: `['NAME']`. */
  readonly words: readonly string[];
  /** Flags that it takes besides --json and --help. */
  readonly flags: readonly FlagName[];
  /** Settings that may be given as flags. */
  readonly settings: readonly SettingName[];
  readonly run: (call: CommandCall) => Promise<void>;
}

/** What `run` works with: the command line, taken apart and checked against the command. */
export interface CommandCall {
  readonly host: CliHost;
  /** The word of a name in `words`. */
  word(name: string): string;
  /** The text of a flag that takes one; undefined when it is not given. */
  text(name: FlagName): string | undefined;
  /** All texts of a flag that may be given several times. */
  texts(name: FlagName): readonly string[];
  /** Whether a flag is given. */
  has(name: FlagName): boolean;
  /** Settings given as flags. */
  readonly given: FlagTexts;
  /** The settings of flags and environment. Throws `UsageError`. */
  settings(): Settings;
  /** The admin API of --endpoint, or of the data folder's server. */
  client(): Promise<AdminClient>;
  /** Prints a result: `text` for people, or with --json `value` for programs. */
  report(value: unknown, text: string): void;
  /** Tells people something beside the result. */
  note(text: string): void;
}

/** What every command that calls the admin API takes. */
export const clientFlags = ['endpoint'] as const;
export const clientSettings = ['data', 'region'] as const;
