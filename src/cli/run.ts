/**
 * One command, from its line to its exit code: 0 done, 1 failed, 2 wrong usage. The only place of
 * the commands that catches; whatever goes wrong ends in one sentence on standard error.
 */
import { AdminError, Unreachable } from '../admin/client.ts';
import { Fault, Refusal } from '../base/refusal.ts';
import { StartError } from '../base/start-error.ts';
import { settingsFrom, type Settings } from '../config/settings.ts';
import { UsageError } from '../config/usage-error.ts';
import { allCommands } from './all-commands.ts';
import type { Command, CommandCall } from './command.ts';
import { CommandError } from './command-error.ts';
import { connect } from './connect.ts';
import { helpOn, unknownCommand } from './help.ts';
import type { CliHost } from './host.ts';
import { checkLine, parseLine, type CommandLine } from './parse.ts';

/** Runs the command that `host.argv` names; gives the exit code. Never throws. */
export async function run(host: CliHost): Promise<number> {
  try {
    return await dispatch(host);
  } catch (error) {
    const { code, message, exitCode, requestId } = failureOf(error);
    const told = { error: { code, message, ...(requestId === undefined ? {} : { requestId }) } };
    const asJson = host.argv.includes('--json');
    host.stderr(asJson ? `${JSON.stringify(told)}\n` : `coffer: ${message}\n`);
    return exitCode;
  }
}

async function dispatch(host: CliHost): Promise<number> {
  const line = parseLine(host.argv);
  const [first] = line.words;
  if (first === undefined && line.unknown.includes('--version')) {
    return dispatch({ ...host, argv: ['version', ...host.argv.filter((w) => w !== '--version')] });
  }
  if (first === 'help' || (line.flags.has('help') && commandOf(line) === undefined)) {
    const topic = first === 'help' ? line.words.slice(1) : line.words;
    host.stdout(helpOn(allCommands, topic));
    return 0;
  }
  if (first === undefined) {
    host.stderr(helpOn(allCommands, []));
    return 2;
  }
  const command = commandOf(line);
  if (command === undefined) throw unknownCommand(allCommands, line.words);
  if (line.flags.has('help')) {
    host.stdout(helpOn(allCommands, command.name.split(' ')));
    return 0;
  }
  const words = line.words.slice(command.name.split(' ').length);
  checkLine(command, line, words);
  await command.run(callOf(host, command, line, words));
  return 0;
}

function commandOf({ words }: CommandLine): Command | undefined {
  const named = (count: number): Command | undefined =>
    allCommands.find(({ name }) => name === words.slice(0, count).join(' '));
  return named(2) ?? named(1);
}

function callOf(
  host: CliHost,
  command: Command,
  line: CommandLine,
  words: readonly string[],
): CommandCall {
  let settings: Settings | undefined;
  const call: CommandCall = {
    host,
    given: line.settings,
    word: (name) => words[command.words.indexOf(name)] ?? '',
    text: (name) => line.flags.get(name)?.[0],
    texts: (name) => line.flags.get(name) ?? [],
    has: (name) => line.flags.has(name),
    settings: () => (settings ??= settingsFrom(line.settings, host.env, host.cwd)),
    client: () => connect(call),
    report: (value, text) =>
      host.stdout(line.flags.has('json') ? `${JSON.stringify(value, null, 2)}\n` : text),
    note: (text) => host.stderr(`${text}\n`),
  };
  return call;
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly exitCode: number;
  readonly requestId?: string | undefined;
}

function failureOf(error: unknown): Failure {
  if (error instanceof UsageError) {
    return { code: 'WrongUsage', message: error.message, exitCode: error.exitCode };
  }
  if (error instanceof AdminError) {
    const { code, message, requestId } = error;
    const shown = code === 'InternalError' ? `${message} (request id ${requestId})` : message;
    return { code, message: shown, exitCode: 1, requestId };
  }
  if (error instanceof StartError) {
    return { code: 'CannotStart', message: error.message, exitCode: error.exitCode };
  }
  if (error instanceof Unreachable) {
    return { code: 'Unreachable', message: error.message, exitCode: 1 };
  }
  const expected =
    error instanceof CommandError || error instanceof Refusal || error instanceof Fault;
  if (expected) return { code: 'Failed', message: error.message, exitCode: 1 };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'Defect', message: `this is a defect of Coffer. ${stack}`, exitCode: 1 };
}
