/** `--flag value` and `--flag=value`, held against the settings table. */
import { nearest } from './nearest.ts';
import { settingNames, settingOf } from './table.ts';
import type { SettingName } from './table.ts';
import { UsageError } from './usage-error.ts';

/** The texts given by flags, in order. */
export type FlagTexts = ReadonlyMap<SettingName, readonly string[]>;

/** Reads a command line of settings only; anything else on it is a `UsageError`. */
export function readFlags(argv: readonly string[]): FlagTexts {
  const { flags, rest } = takeFlags(argv);
  const [stray] = rest;
  if (stray === undefined) return flags;
  if (!stray.startsWith('-')) {
    throw new UsageError(
      `"${stray}" is not a setting. Settings start with --; see "coffer help settings".`,
    );
  }
  throw unknownFlag(stray.replace(/=.*$/s, ''));
}

/** Takes the settings out of a command line that has other words and flags too. */
export function takeFlags(argv: readonly string[]): { flags: FlagTexts; rest: string[] } {
  const flags = new Map<SettingName, string[]>();
  const rest: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') {
      rest.push(...argv.slice(index));
      break;
    }
    const [, flag, inline] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const name = flag === undefined ? undefined : byFlag.get(flag);
    if (name === undefined) {
      rest.push(word);
      continue;
    }
    const text = inline ?? argv[(index += 1)];
    if (text === undefined || (inline === undefined && text.startsWith('--'))) {
      throw new UsageError(`--${flag} needs a value: --${flag} ${settingOf(name).placeholder}.`);
    }
    addText(flags, name, text);
  }
  return { flags, rest };
}

const byFlag = new Map(
  settingNames.flatMap((name) => {
    const { flag } = settingOf(name);
    return flag === undefined ? [] : [[flag, name] as const];
  }),
);

function addText(flags: Map<SettingName, string[]>, name: SettingName, text: string): void {
  const { flag, repeatable } = settingOf(name);
  const earlier = flags.get(name);
  if (earlier === undefined) {
    flags.set(name, [text]);
    return;
  }
  if (repeatable !== true) throw new UsageError(`--${flag} is given twice. Give it once.`);
  earlier.push(text);
}

function unknownFlag(flag: string): UsageError {
  const envOnly = settingNames.find((name) => {
    const { flag: own, env } = settingOf(name);
    return (
      own === undefined && env === `COFFER_${flag.slice(2).replaceAll('-', '_').toUpperCase()}`
    );
  });
  if (envOnly !== undefined) {
    return new UsageError(
      `${flag} is not a flag: set ${settingOf(envOnly).env} in the environment.`,
    );
  }
  const near = nearest(flag.replace(/^-+/, ''), [...byFlag.keys()]);
  return new UsageError(
    near === undefined
      ? `${flag} is not a setting. "coffer help settings" lists them all.`
      : `${flag} is not a setting. Did you mean --${near}?`,
  );
}
