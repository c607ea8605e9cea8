/** A command line taken apart: settings, flags and words, held against the command that they name. */
import { readFlags, takeFlags } from '../config/flags.ts';
import type { FlagTexts } from '../config/flags.ts';
import { nearest } from '../config/nearest.ts';
import { settingNames, settingOf } from '../config/table.ts';
import { UsageError } from '../config/usage-error.ts';
import type { Command } from './command.ts';
import { flagNames, flagOf, type FlagName } from './flags.ts';

export interface CommandLine {
  /** Settings given as flags. */
  readonly settings: FlagTexts;
  /** Flags of commands, with what was given each time; empty text for one that takes none. */
  readonly flags: ReadonlyMap<FlagName, readonly string[]>;
  /** Flags that nobody knows. */
  readonly unknown: readonly string[];
  /** Everything else, in order: the command's name and its words. */
  readonly words: readonly string[];
}

/** Takes it apart. Throws `UsageError` for a flag without its value or given twice. */
export function parseLine(argv: readonly string[]): CommandLine {
  const { flags: settings, rest } = takeFlags(argv);
  const flags = new Map<FlagName, readonly string[]>();
  const words: string[] = [];
  const unknown: string[] = [];
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index] ?? '';
    if (word === '--') {
      words.push(...rest.slice(index + 1));
      break;
    }
    const flag = word === '-h' ? '--help' : word;
    const [, text, inline] = /^--([^=]+)(?:=(.*))?$/s.exec(flag) ?? [];
    const name = flagNames.find((each) => each === text);
    if (name !== undefined) {
      const { placeholder, repeatable } = flagOf(name);
      const before = flags.get(name) ?? [];
      if (before.length > 0 && repeatable !== true) {
        throw new UsageError(`--${name} is given twice. Give it once.`);
      }
      if (placeholder === undefined) {
        if (inline !== undefined) throw new UsageError(`--${name} takes no value.`);
        flags.set(name, ['']);
      } else {
        const value = valueOf(name, inline ?? rest[(index += 1)], inline !== undefined);
        flags.set(name, [...before, value]);
      }
    } else if (word.startsWith('-') && word !== '-') {
      unknown.push(word.replace(/=.*$/s, ''));
    } else {
      words.push(word);
    }
  }
  return { settings, flags, unknown, words };
}

function valueOf(name: FlagName, text: string | undefined, inline: boolean): string {
  const missing = text === undefined || text === '' || (!inline && text.startsWith('--'));
  if (!missing) return text;
  throw new UsageError(`--${name} needs a value: --${name} ${flagOf(name).placeholder}.`);
}

/** Throws `UsageError` for whatever is on the line that the command does not take. */
export function checkLine(command: Command, line: CommandLine, words: readonly string[]): void {
  const flags: readonly string[] = [...command.flags, 'json', 'help'];
  for (const flag of line.unknown) throw unknownFlag(command, flag);
  for (const name of line.flags.keys()) {
    if (!flags.includes(name)) throw notTaken(command, name);
  }
  for (const name of line.settings.keys()) {
    if (!command.settings.includes(name)) throw notTaken(command, settingOf(name).flag ?? name);
  }
  const [missing] = command.words.slice(words.length);
  if (missing !== undefined) {
    throw new UsageError(`"coffer ${command.name}" needs ${missing}. ${seeHelp(command)}`);
  }
  const extra = words[command.words.length];
  if (extra !== undefined) {
    throw new UsageError(
      `"coffer ${command.name}" does not take the word ${JSON.stringify(extra)}. ${seeHelp(command)}`,
    );
  }
}

const seeHelp = (command: Command): string => `See "coffer ${command.name} --help".`;

function notTaken(command: Command, flag: string): UsageError {
  return new UsageError(`"coffer ${command.name}" does not take --${flag}. ${seeHelp(command)}`);
}

function unknownFlag(command: Command, flag: string): UsageError {
  // Where every setting may be given, the settings know best what a misspelt one was.
  if (command.settings.length === settingNames.length) readFlags([flag]);
  const settings = command.settings.flatMap((name) => settingOf(name).flag ?? []);
  const known = [...command.flags, 'json', 'help', ...settings];
  const near = nearest(flag.replace(/^-+/, ''), known);
  const mend = near === undefined ? seeHelp(command) : `Did you mean --${near}?`;
  return new UsageError(`"coffer ${command.name}" does not take ${flag}. ${mend}`);
}
