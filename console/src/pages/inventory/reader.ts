/**
 * Reads the inventory from the server's pages into the table's: only as far as is looked at, and where
 * few entries pass the filter, on until a page of the table is full.
 */
import type { InventoryEntryReport, InventoryReport } from '../../../../src/admin/contract.ts';
import { admin } from '../../api/admin.ts';
import { askedOf, type Filters } from './filters.ts';

export type FetchPage = (
  after: string | undefined,
  limit: number,
  signal: AbortSignal,
) => Promise<InventoryReport>;

export const tablePageSize = 50;
/** The most that the server gives at once. */
export const fetchSizeMax = 1000;

export function inventoryPages(filters: Filters): FetchPage {
  return (after, limit, signal) =>
    admin('GET /admin/v1/inventory', {
      query: {
        ...askedOf(filters),
        limit: String(limit),
        ...(after === undefined ? {} : { after }),
      },
      signal,
    });
}

export const passes =
  ({ onlyNone }: Pick<Filters, 'onlyNone'>) =>
  ({ protection, deleteMarker }: InventoryEntryReport): boolean =>
    !onlyNone || (protection === 'none' && !deleteMarker);

export class InventoryReader {
  readonly entries: InventoryEntryReport[] = [];
  /** How many were looked at. */
  looked = 0;
  ended = false;
  readonly #fetch: FetchPage;
  readonly #filters: Filters;
  #after: string | undefined;

  constructor(filters: Filters, fetch: FetchPage = inventoryPages(filters)) {
    this.#filters = filters;
    this.#fetch = fetch;
  }

  /** Until there are so many entries, or no more. `onLook`: it takes a while, and has come so far. */
  async readTo(count: number, signal: AbortSignal, onLook?: () => void): Promise<void> {
    // Of what passes seldom, as many as possible are looked at in one request.
    const limit = this.#filters.onlyNone ? fetchSizeMax : 4 * tablePageSize;
    const chosen = passes(this.#filters);
    while (!this.ended && this.entries.length < count) {
      const { entries, next } = await this.#fetch(this.#after, limit, signal);
      signal.throwIfAborted();
      this.looked += entries.length;
      this.entries.push(...entries.filter(chosen));
      this.#after = next ?? undefined;
      this.ended = next === null;
      onLook?.();
    }
  }
}
