/** The part of the contract (contract.ts) that an auditor asks for. Types only. */

export interface EvidenceOperations {
  ListInventory: {
    readonly route: 'GET /admin/v1/inventory';
    readonly query: InventoryQueryTexts;
    readonly reply: InventoryReport;
  };
  VerifyStore: {
    readonly route: 'POST /admin/v1/verify';
    readonly body: NewVerification;
    readonly reply: VerifyReport;
  };
}

/** Which versions; of another account than the default one, only those in its own buckets. */
export interface InventoryQueryTexts {
  readonly bucket?: string;
  /** Keys that begin with it. */
  readonly prefix?: string;
  /** A master key version. */
  readonly keyVersion?: string;
  /** The `next` of the page before. */
  readonly after?: string;
  /** Entries of a page, at most 1,000. */
  readonly limit?: string;
}

export interface InventoryReport {
  /** In order of bucket, key and age, newest first. */
  readonly entries: readonly InventoryEntryReport[];
  /** Null: that was all. A page without entries may have a next one. */
  readonly next: string | null;
}

export interface InventoryEntryReport {
  readonly bucket: string;
  readonly key: string;
  /** As S3 shows it; `null` in a bucket without versioning. */
  readonly versionId: string;
  readonly deleteMarker: boolean;
  /** What was promised; everything is sealed. SSE-KMS, DSSE-KMS and SSE-C are not built yet. */
  readonly protection: 'none' | 'SSE-S3' | 'SSE-KMS' | 'DSSE-KMS' | 'SSE-C';
  /** Of the master key that wraps the version's data key. */
  readonly keyVersion: number;
  /** The number of the row's format. */
  readonly format: number;
  /** Null for a delete marker. */
  readonly size: number | null;
  readonly lastModified: string;
}

export interface NewVerification {
  /** The `next` of the page before. */
  readonly after?: string;
  /** Only what belongs to it. */
  readonly bucket?: string;
  /** Reads and opens every blob file too. */
  readonly deep?: boolean;
  /** Rows to look at, at most; a page may end before. */
  readonly limit?: number;
}

export interface VerifyReport {
  /** Rows that were looked at. */
  readonly checked: number;
  /** Sealed bytes that were opened. */
  readonly bytes: number;
  readonly findings: readonly FindingReport[];
  /** Findings that are not listed, as one row has so many. */
  readonly more: number;
  /** Null: that was all. */
  readonly next: string | null;
}

/** Something that is not as it should be; what is not known of it is null. */
export interface FindingReport {
  /** The kind of row, or `blob` for a file. */
  readonly kind: string;
  /** The row's key as logs print it, or the blob's id. */
  readonly row: string;
  readonly bucket: string | null;
  /** The object key. */
  readonly key: string | null;
  readonly versionId: string | null;
  readonly uploadId: string | null;
  /** The master key version that sealed the row. */
  readonly keyVersion: number | null;
  /** For people. */
  readonly problem: string;
}
