import { setTimeout as pause } from 'node:timers/promises';
import type { AdminClient } from '../../admin/client.ts';
import type { RewrapReport } from '../../admin/contract.ts';
import { UsageError } from '../../config/usage-error.ts';
import { clientFlags, clientSettings, type Command, type CommandCall } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { facts } from '../output.ts';

/** Moves what older master key versions sealed to the current one, and waits for it. */
export const keysRewrap: Command = {
  name: 'keys rewrap',
  summary: 'Moves what older master key versions sealed to the current one, and waits for it.',
  details:
    'The server does this by itself after every rotation; the command has it done now, a bucket or a prefix before all else. Only rows are sealed anew, with the wrapped keys in them: no object is rewritten, no ETag and no Last-Modified changes. Ends with 1 where rows could not be moved, and names them.',
  words: [],
  flags: [...clientFlags, 'bucket', 'prefix', 'detach'],
  settings: clientSettings,
  run: async (call) => {
    const bucket = call.text('bucket');
    const prefix = call.text('prefix');
    if (prefix !== undefined && bucket === undefined) {
      throw new UsageError('--prefix belongs to a bucket: name it with --bucket.');
    }
    const client = await call.client();
    const body = {
      ...(bucket !== undefined && { bucket }),
      ...(prefix !== undefined && { prefix }),
    };
    const begun = await client.call('RewrapKeys', { body });
    const report = call.has('detach') ? begun : await ended(call, client, begun);
    call.report(report, textOf(report));
    if (call.has('detach') || report.state === 'complete') return;
    throw new CommandError(failureOf(report));
  },
};

const pollMs = [50, 100, 200, 500] as const;
const pollMsLater = 1_000;
/** Between two lines of progress. */
const noteMs = 2_000;

async function ended(
  call: CommandCall,
  client: AdminClient,
  begun: RewrapReport,
): Promise<RewrapReport> {
  let report = begun;
  let notedAt = performance.now();
  for (let poll = 0; report.finishedAt === null; poll += 1) {
    await pause(pollMs[poll] ?? pollMsLater);
    report = await client.call('GetRewrapStatus', { query: { run: String(begun.run) } });
    if (performance.now() - notedAt < noteMs) continue;
    notedAt = performance.now();
    call.note(progressOf(report));
  }
  return report;
}

function progressOf({ state, rows, moved, rowsPerSecond, secondsLeft }: RewrapReport): string {
  if (state === 'waiting') return 'Waiting for its turn.';
  if (rows === null) return 'Counting what is to be moved.';
  const left = secondsLeft === null ? '' : `, about ${number(secondsLeft)} s left`;
  return `${number(moved)} of ${number(rows)} rows, ${number(rowsPerSecond)} a second${left}`;
}

function textOf({ run, state, version, moved, unmoved, bucket, prefix }: RewrapReport): string {
  const what = bucket ?? 'everything';
  return facts([
    ['Run', String(run)],
    ['State', state],
    ['Moves to version', String(version)],
    ['What', prefix === null ? what : `${what}, keys that begin with ${JSON.stringify(prefix)}`],
    ['Rows moved', number(moved)],
    ['Rows not moved', number(unmoved.rows)],
  ]);
}

function failureOf({ state, unmoved }: RewrapReport): string {
  if (state === 'stopped') return 'The server stopped; it goes on by itself at its next start.';
  if (state !== 'incomplete') {
    return 'The re-wrap failed; the server tries it again by itself, and its log says why.';
  }
  const shown = unmoved.names.map((name) => `\n  ${name}`).join('');
  const more = unmoved.names.length < unmoved.rows ? '\nThe log of the server names more.' : '';
  const count = number(unmoved.rows);
  return `${count} rows could not be moved, as they do not open:${shown}${more}`;
}

const number = (value: number): string => value.toLocaleString('en-US');
