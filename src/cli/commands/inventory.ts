import { resolve } from 'node:path';
import type { InventoryEntryReport, InventoryReport } from '../../admin/contract.ts';
import { UsageError } from '../../config/usage-error.ts';
import { clientFlags, clientSettings, type Command, type CommandCall } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { csvLine } from '../csv.ts';
import type { Output } from '../host.ts';
import { InventorySummary } from '../inventory-summary.ts';
import { pages } from '../pages.ts';

/** Lists every object version with its protection and key version, or counts them. */
export const inventory: Command = {
  name: 'inventory',
  summary: 'Lists every object version with its protection, key version and time, or counts them.',
  details:
    'The list is CSV (RFC 4180) with a header, or one JSON object a line; in order of bucket, key and age, newest first. Delete markers have no size. Buckets that were shredded are not listed. Where no server runs, the command opens the store itself.',
  words: [],
  flags: [...clientFlags, 'bucket', 'prefix', 'key-version', 'format', 'output', 'summary'],
  settings: [...clientSettings, 'keeper'],
  run: async (call) => {
    const form = formOf(call);
    const query = queryOf(call);
    const path = call.text('output');
    const file = path === undefined ? undefined : resolve(call.host.cwd, path);
    await using output = await writing(file, call.host.openOutput(file));
    const listed = pages<InventoryReport>(call, {
      served: (client, after) =>
        client.call('ListInventory', {
          query: { ...query, ...(after !== undefined && { after }) },
        }),
      offline: (store, after) =>
        store.inventory({ ...query, ...(after !== undefined && { after }) }),
    });
    if (call.has('summary')) await summarize(call, listed, output);
    else await list(call, listed, { output, form });
    await writing(file, output.end());
  },
};

type Form = 'csv' | 'jsonl';

function formOf(call: CommandCall): Form {
  const format = call.text('format') ?? (call.has('json') ? 'jsonl' : 'csv');
  if (call.has('summary') && call.text('format') !== undefined) {
    throw new UsageError('--summary has no --format: add --json for programs.');
  }
  if (format === 'csv' && call.has('json')) {
    throw new UsageError('--json and --format csv exclude each other.');
  }
  if (format === 'csv' || format === 'jsonl') return format;
  throw new UsageError(`--format must be csv or jsonl (given: ${JSON.stringify(format)}).`);
}

function queryOf(call: CommandCall): Readonly<Record<string, string>> {
  const keyVersion = call.text('key-version');
  if (keyVersion !== undefined && !/^[1-9][0-9]{0,8}$/.test(keyVersion)) {
    throw new UsageError('--key-version must be the number of a master key version.');
  }
  const bucket = call.text('bucket');
  const prefix = call.text('prefix');
  return {
    ...(bucket !== undefined && { bucket }),
    ...(prefix !== undefined && { prefix }),
    ...(keyVersion !== undefined && { keyVersion }),
  };
}

const columns = [
  'bucket',
  'key',
  'versionId',
  'protection',
  'keyVersion',
  'format',
  'size',
  'lastModified',
] as const;

async function list(
  call: CommandCall,
  listed: AsyncIterable<InventoryReport>,
  { output, form }: { readonly output: Output; readonly form: Form },
): Promise<void> {
  if (form === 'csv' && !(await output.write(csvLine(columns)))) return;
  const line = form === 'csv' ? csvOf : (entry: object) => `${JSON.stringify(entry)}\n`;
  let count = 0;
  for await (const { entries } of listed) {
    count += entries.length;
    // Whoever reads it may have seen enough.
    if (entries.length > 0 && !(await output.write(entries.map(line).join('')))) break;
    call.host.progress?.(`${number(count)} versions`);
  }
  call.host.progress?.('');
}

function csvOf(entry: InventoryEntryReport): string {
  return csvLine(columns.map((column) => entry[column] ?? undefined));
}

async function summarize(
  call: CommandCall,
  listed: AsyncIterable<InventoryReport>,
  output: Output,
): Promise<void> {
  const summary = new InventorySummary();
  let count = 0;
  for await (const { entries } of listed) {
    for (const entry of entries) summary.add(entry);
    count += entries.length;
    call.host.progress?.(`${number(count)} versions`);
  }
  call.host.progress?.('');
  const asJson = call.has('json');
  await output.write(asJson ? `${JSON.stringify(summary.json(), null, 2)}\n` : summary.text());
}

/** What fails of it is told as the file's failure. */
function writing<T>(file: string | undefined, work: Promise<T>): Promise<T> {
  return work.catch((error: NodeJS.ErrnoException) => {
    const why = error.code ?? error.message;
    throw new CommandError(`${file ?? 'standard output'} cannot be written (${why}).`, {
      cause: error,
    });
  });
}

const number = (value: number): string => value.toLocaleString('en-US');
