/** Every row of a kind, read in pages: for the few kinds that stay small (accounts, users, keys). */
import { encodeKey, behind, rangeOf, type KeyRange } from '../rows/keyspace.ts';
import type { Row, StoreReads } from '../rows/rows.ts';
import type { StoreRowKind } from '../rows/row-kind.ts';

const pageRows = 1_000;

export async function allRows<K, V>(
  reads: StoreReads,
  kind: StoreRowKind<K, V>,
  within: KeyRange = rangeOf(encodeKey(kind.code)),
): Promise<Row<K, V>[]> {
  const rows: Row<K, V>[] = [];
  let { start } = within;
  for (;;) {
    const page = await reads.range(kind, { start, end: within.end, limit: pageRows });
    rows.push(...page);
    const last = page.at(-1);
    if (page.length < pageRows || last === undefined) return rows;
    start = behind(kind.encodeKey(last.key));
  }
}
