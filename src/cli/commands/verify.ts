import type { FindingReport, VerifyReport } from '../../admin/contract.ts';
import { clientFlags, clientSettings, type Command, type CommandCall } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { quoted } from '../output.ts';
import { pages } from '../pages.ts';

/** Opens everything that is stored and tells by name what does not open. */
export const verify: Command = {
  name: 'verify',
  summary: 'Opens every row, with --deep every byte, and tells by name what does not open.',
  details:
    'It opens every row, every wrapped key, and checks that what belongs together is there; --deep reads and opens the blob files too. Requests go on meanwhile. Ends with 1 where anything was found. With --json each finding is a line, and the last line is the summary. Where no server runs, the command opens the store itself.',
  words: [],
  flags: [...clientFlags, 'bucket', 'deep'],
  settings: [...clientSettings, 'keeper'],
  run: async (call) => {
    const bucket = call.text('bucket');
    const query = { deep: call.has('deep'), ...(bucket !== undefined && { bucket }) };
    const verified = pages<VerifyReport>(call, {
      served: (client, after) =>
        client.call('VerifyStore', { body: { ...query, ...(after !== undefined && { after }) } }),
      offline: (store, after) => store.verify({ ...query, ...(after !== undefined && { after }) }),
    });
    const found = await tellAll(call, verified);
    if (found > 0) throw new CommandError(`${counted(found, 'finding')}: see above.`);
  },
};

async function tellAll(call: CommandCall, verified: AsyncIterable<VerifyReport>): Promise<number> {
  const began = performance.now();
  const sum = { checked: 0, bytes: 0, findings: 0 };
  await using output = await call.host.openOutput(undefined);
  const asJson = call.has('json');
  let lead = '';
  for await (const { checked, bytes, findings, more } of verified) {
    sum.checked += checked;
    sum.bytes += bytes;
    sum.findings += findings.length + more;
    call.host.progress?.('');
    const lines = findings.map((each) => (asJson ? `${JSON.stringify(each)}\n` : textOf(each)));
    if (more > 0 && !asJson) lines.push(`… and ${counted(more, 'finding')} more of such rows\n`);
    if (lines.length > 0) {
      lead = '\n';
      await output.write(lines.join(''));
    }
    call.host.progress?.(progressOf(sum, performance.now() - began, call.has('deep')));
  }
  call.host.progress?.('');
  const seconds = Math.round(performance.now() - began) / 1000;
  const { checked, bytes } = sum;
  const result = sum.findings === 0 ? 'nothing is wrong' : counted(sum.findings, 'finding');
  const what = `${counted(checked, 'row')} and ${number(bytes)} bytes opened in ${seconds} s`;
  const text = `${lead}${what}: ${result}.\n`;
  await output.write(asJson ? `${JSON.stringify({ summary: { ...sum, seconds } })}\n` : text);
  return sum.findings;
}

function textOf(finding: FindingReport): string {
  const { kind, row, bucket, key, versionId, uploadId, keyVersion, problem } = finding;
  const names = [
    ...(bucket === null ? [] : [`bucket ${quoted(bucket)}`]),
    ...(key === null ? [] : [`key ${quoted(key)}`]),
    ...(versionId === null ? [] : [`version ${versionId}`]),
    ...(uploadId === null ? [] : [`upload ${uploadId}`]),
    ...(keyVersion === null ? [] : [`key version ${keyVersion}`]),
    `${kind === 'blob' ? 'blob' : 'row'} ${row}`,
  ];
  return `${kind}: ${problem} (${names.join(', ')})\n`;
}

function progressOf(
  { checked, bytes }: { readonly checked: number; readonly bytes: number },
  ms: number,
  deep: boolean,
): string {
  const rate = (value: number): string => number(Math.round((value * 1000) / Math.max(ms, 1)));
  const rows = `${number(checked)} rows, ${rate(checked)} a second`;
  if (!deep) return rows;
  return `${rows}; ${number(Math.round(bytes / 1e6))} MB, ${rate(bytes / 1e6)} a second`;
}

const counted = (count: number, what: string): string =>
  `${number(count)} ${what}${count === 1 ? '' : 's'}`;
const number = (value: number): string => value.toLocaleString('en-US');
