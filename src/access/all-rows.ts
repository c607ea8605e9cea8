/** Every row of a kind, for the few kinds that stay small: accounts, users, keys. */
import type { KeyRange } from '../rows/keyspace.ts';
import { pagesOf } from '../rows/pages.ts';
import type { StoreRowKind } from '../rows/row-kind.ts';
import type { Row, StoreReads } from '../rows/rows.ts';

/** The rows of `kind`, or of a part of it; all of one moment. */
export async function allRows<K, V>(
  reads: StoreReads,
  kind: StoreRowKind<K, V>,
  within?: KeyRange,
): Promise<Row<K, V>[]> {
  const rows: Row<K, V>[] = [];
  for await (const page of pagesOf(kind, (range) => reads.range(kind, range), within)) {
    rows.push(...page);
  }
  return rows;
}
