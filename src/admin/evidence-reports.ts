/** What a verification and the inventory tell, as the contract's JSON says it. */
import { isoTime } from '../base/time.ts';
import type { InventoryPage } from '../store/inventory.ts';
import type { VerifyPage } from '../store/verify.ts';
import type { InventoryReport, VerifyReport } from './contract.ts';

export function inventoryReport(page: InventoryPage): InventoryReport {
  const { entries, next = null } = page;
  return {
    entries: entries.map(({ size = null, lastModified, ...entry }) => ({
      ...entry,
      size,
      lastModified: isoTime(lastModified),
    })),
    next,
  };
}

export function verifyReport(page: VerifyPage): VerifyReport {
  const { checked, bytes, more, next = null } = page;
  const findings = page.findings.map((finding) => {
    const { kind, row, problem, bucket = null, key = null } = finding;
    const { versionId = null, uploadId = null, keyVersion = null } = finding;
    return { kind, row, bucket, key, versionId, uploadId, keyVersion, problem };
  });
  return { checked, bytes, findings, more, next };
}
