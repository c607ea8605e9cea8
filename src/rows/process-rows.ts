/** The process rows as a whole: who must be waited for, and what those that are gone leave behind. */
import { pagesOf } from './pages.ts';
import { type ProcessRow, processIdBytes, processRow } from './process-row.ts';
import type { RowTransaction, Row, Rows, StoreReads } from './rows.ts';

/** Holds the wraps of all processes that were folded; no process has this id. */
const foldedId = Buffer.alloc(processIdBytes);

/** Whether every process that lives by `now` holds keyring `generation` or a newer one. */
export async function allHold(reads: StoreReads, generation: number, now: Date): Promise<boolean> {
  for await (const page of pagesOf(processRow, (range) => reads.range(processRow, range))) {
    const behind = page.some(
      ({ value }) =>
        value.leaseUntil !== undefined &&
        value.leaseUntil > now &&
        (value.generation ?? 0) < generation,
    );
    if (behind) return false;
  }
  return true;
}

/** An upper bound of the wraps ever made, by master key version: of all processes that ever were. */
export async function sumWraps(rows: Rows): Promise<ReadonlyMap<number, number>> {
  const wraps = new Map<number, number>();
  const pages = pagesOf(processRow, async (range) => {
    using view = rows.view();
    return await view.range(processRow, range);
  });
  for await (const page of pages) {
    for (const { value } of page) {
      for (const [version, count] of Object.entries(value.wraps)) {
        wraps.set(Number(version), (wraps.get(Number(version)) ?? 0) + count);
      }
    }
  }
  return wraps;
}

/**
 * Removes the rows of processes that are gone, and adds their wraps to one row. `isGone` must be
 * certain: a process whose row was folded counts its later wraps in a new one.
 */
export async function foldProcesses(
  rows: Rows,
  isGone: (processId: Uint8Array) => boolean,
): Promise<number> {
  using view = rows.view();
  const gone: Uint8Array[] = [];
  for await (const page of pagesOf(processRow, (range) => view.range(processRow, range))) {
    gone.push(...page.map(({ key }) => key).filter((id) => isGone(id) && !isFolded(id)));
  }
  if (gone.length === 0) return 0;
  return rows.transact((transaction) => fold(transaction, gone));
}

async function fold(transaction: RowTransaction, ids: readonly Uint8Array[]): Promise<number> {
  const read = await Promise.all(ids.map((id) => transaction.get(processRow, id)));
  const found = ids.flatMap((key, index): Row<Uint8Array, ProcessRow>[] => {
    const value = read[index];
    return value === undefined ? [] : [{ key, value }];
  });
  const before = await transaction.get(processRow, foldedId);
  const wraps: Record<string, number> = { ...before?.wraps };
  for (const { value } of found) {
    for (const [version, bound] of Object.entries(value.wraps)) {
      wraps[version] = (wraps[version] ?? 0) + bound;
    }
  }
  const startedAt = before?.startedAt ?? found[0]?.value.startedAt ?? new Date(0);
  const folded = { startedAt, wraps, generation: undefined, leaseUntil: undefined };
  transaction.put(processRow, foldedId, folded);
  for (const { key } of found) transaction.delete(processRow, key);
  return found.length;
}

const isFolded = (id: Uint8Array): boolean => Buffer.compare(id, foldedId) === 0;
