/**
 * The inventory as a CSV file, the same as `coffer inventory --format csv` writes. Each page of the
 * server's becomes a Blob of its own, which the browser may keep on disk: memory does not grow with
 * the file.
 */
import type { InventoryEntryReport } from '../../../../src/admin/contract.ts';
import { csvLine } from '../../text/csv.ts';
import type { Filters } from './filters.ts';
import { type FetchPage, fetchSizeMax, inventoryPages, passes } from './reader.ts';

const columns = [
  'bucket',
  'key',
  'versionId',
  'protection',
  'keyVersion',
  'format',
  'size',
  'lastModified',
] as const satisfies readonly (keyof InventoryEntryReport)[];

export interface Exported {
  readonly parts: readonly Blob[];
  readonly lines: number;
}

/** Throws where it is called off, or the server refuses. */
export async function exportCsv(
  filters: Filters,
  signal: AbortSignal,
  onLines: (lines: number) => void,
  fetch: FetchPage = inventoryPages(filters),
): Promise<Exported> {
  const parts = [new Blob([csvLine(columns)])];
  const chosen = passes(filters);
  let lines = 0;
  let after: string | undefined;
  do {
    const { entries, next } = await fetch(after, fetchSizeMax, signal);
    signal.throwIfAborted();
    const kept = entries.filter(chosen);
    if (kept.length > 0) parts.push(new Blob([kept.map(csvOf).join('')]));
    lines += kept.length;
    onLines(lines);
    after = next ?? undefined;
  } while (after !== undefined);
  return { parts, lines };
}

export function csvOf(entry: InventoryEntryReport): string {
  return csvLine(columns.map((column) => entry[column]));
}

/** `coffer-inventory-logs-2026-11-24.csv` */
export function csvName({ bucket, onlyNone }: Filters, now: Date): string {
  const what = [bucket, onlyNone ? 'without-encryption-requested' : ''].filter(
    (part) => part !== '',
  );
  return ['coffer-inventory', ...what, `${now.toISOString().slice(0, 10)}.csv`].join('-');
}
