/** The help texts, made from the commands themselves: what is listed works, what works is listed. */
import { helpSettings } from '../config/show.ts';
import { nearest } from '../config/nearest.ts';
import { settingNames, settingOf } from '../config/table.ts';
import { UsageError } from '../config/usage-error.ts';
import type { Command } from './command.ts';
import { flagOf, type FlagName } from './flags.ts';

/** `coffer help TOPIC…`: a command, a noun, `settings`, or nothing for the whole. */
export function helpOn(commands: readonly Command[], topic: readonly string[]): string {
  const name = topic.join(' ');
  if (name === '') return overview(commands);
  if (name === 'settings') return settingsHelp();
  const command = commands.find((each) => each.name === name);
  if (command !== undefined) return commandHelp(command);
  const ofNoun = commands.filter((each) => each.name.startsWith(`${name} `));
  if (ofNoun.length > 0) return list(ofNoun);
  throw unknownCommand(commands, topic);
}

/** For words that name no command; says which was perhaps meant. */
export function unknownCommand(commands: readonly Command[], words: readonly string[]): UsageError {
  const [noun = '', verb] = words;
  const ofNoun = commands.filter((each) => each.name.startsWith(`${noun} `));
  if (ofNoun.length > 0 && verb === undefined) {
    return new UsageError(`"coffer ${noun}" needs a verb:\n\n${list(ofNoun)}`);
  }
  const given = words.slice(0, 2).join(' ');
  const verbs = ofNoun.map((each) => each.name.slice(noun.length + 1));
  const nearVerb = nearest(verb ?? '', verbs);
  const names = commands.map((each) => each.name);
  const near =
    verbs.length === 0
      ? (nearest(given, names) ?? nearest(noun, names))
      : nearVerb && `${noun} ${nearVerb}`;
  if (near !== undefined) {
    return new UsageError(`"coffer ${given}" is not a command. Did you mean "coffer ${near}"?`);
  }
  if (ofNoun.length > 0) {
    return new UsageError(`"coffer ${given}" is not a command:\n\n${list(ofNoun)}`);
  }
  return new UsageError(`"coffer ${given}" is not a command. "coffer help" lists them all.`);
}

/** `coffer account create NAME [--canonical-id HEX64] …` */
function usageOf({ name, words, flags }: Command): string {
  const takes = flags
    .filter((flag) => !everywhere.has(flag))
    .map((flag) => {
      const { placeholder, repeatable } = flagOf(flag);
      const text = `[--${flag}${placeholder === undefined ? '' : ` ${placeholder}`}]`;
      return repeatable === true ? `${text}…` : text;
    });
  return ['coffer', name, ...words, ...takes].join(' ');
}

const everywhere: ReadonlySet<FlagName> = new Set(['endpoint', 'json', 'help']);

function overview(commands: readonly Command[]): string {
  return `Coffer stores objects for S3 clients, every one of them encrypted.

${list(commands)}
Every command takes --json and --help. Commands reach the server of the data folder (--data) on this
machine, or with --endpoint URL one elsewhere. "coffer help settings" lists every setting, and
"coffer COMMAND --help" explains a command. Exit codes: 0 done, 1 failed, 2 wrong usage.
`;
}

function list(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name, words }) => [name, ...words].join(' ').length));
  return commands
    .map(({ name, words, summary }) => {
      return `  coffer ${[name, ...words].join(' ').padEnd(width)}  ${summary}\n`;
    })
    .join('');
}

function settingsHelp(): string {
  return `Settings of "coffer serve", as flags and environment variables. A flag wins over its variable.\n\n${helpSettings()}`;
}

function commandHelp(command: Command): string {
  const { summary, details, flags, settings } = command;
  const all = settings.length === settingNames.length;
  const options = [
    ...flags.map((name) => ({ form: formOf(name), help: flagOf(name).help })),
    ...(all ? [] : settings).map((name) => {
      const { flag = name, placeholder, env, help, ...row } = settingOf(name);
      const standard = row.defaultHelp ?? row.default ?? 'none';
      return { form: `--${flag} ${placeholder}`, help: `${help} Default: ${standard} (${env}).` };
    }),
    ...(['json', 'help'] as const).map((name) => ({
      form: formOf(name),
      help: flagOf(name).help,
    })),
  ];
  const explained = options.map(({ form, help }) => `  ${form}\n        ${help}\n`).join('');
  const more = details === undefined ? '' : `\n${details}\n`;
  const tail = all ? `\n${settingsHelp()}` : '';
  return `${usageOf(command)}\n\n${summary}\n${more}\n${explained}${tail}`;
}

function formOf(name: FlagName): string {
  const { placeholder } = flagOf(name);
  return placeholder === undefined ? `--${name}` : `--${name} ${placeholder}`;
}
