import type { InventorySummaryRow } from '../../../../src/admin/contract.ts';

/** Over all rows; `none`: versions without requested encryption. */
export function summaryTotals(rows: readonly InventorySummaryRow[]): {
  readonly versions: number;
  readonly bytes: number;
  readonly none: number;
} {
  const total = { versions: 0, bytes: 0, none: 0 };
  for (const { protection, versions, bytes } of rows) {
    total.versions += versions;
    total.bytes += bytes;
    if (protection === 'none') total.none += versions;
  }
  return total;
}
