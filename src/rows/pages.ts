/** The rows of a kind page by page: nothing reads, or holds, a whole kind at once unless it means to. */
import { type KeyRange, behind, encodeKey, rangeOf } from './keyspace.ts';
import type { StoreRowKind } from './row-kind.ts';
import type { Row, RowRange } from './rows.ts';

/** How a page is read: all of them in one view or transaction, or each in one of its own. */
export type ReadPage<K, V> = (range: RowRange) => Promise<readonly Row<K, V>[]>;

/** The pages of a kind, in order of keys; none is empty. */
export async function* pagesOf<K, V>(
  kind: StoreRowKind<K, V>,
  read: ReadPage<K, V>,
  { start, end }: KeyRange = rangeOf(encodeKey(kind.code)),
): AsyncGenerator<readonly Row<K, V>[], void, void> {
  let from = start;
  for (;;) {
    const page = await read({ start: from, end, limit: pageRows });
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    if (page.length < pageRows) return;
    from = behind(kind.encodeKey(last.key));
  }
}

const pageRows = 1_000;
