/** What the checks of single rows work with, and how they take turns with the requests. */
import { setImmediate } from 'node:timers/promises';
import type { DataKey } from '../../crypto/data-key.ts';
import type { Blobs } from '../../engines/blobs.ts';
import type { Entry } from '../../engines/metadata.ts';
import type { KeysInForce } from '../../keys/keys-in-force.ts';
import type { Inspection, RowInspector } from '../../rows/inspection.ts';
import type { OpenBucket } from '../../rows/rows.ts';
import type { BucketFound } from './bucket-by-id.ts';
import type { OwnerMemo } from './owners.ts';
import type { RowReport } from './finding.ts';

export interface VerifyParts {
  readonly inspector: RowInspector;
  readonly keys: KeysInForce;
  readonly blobs: Blobs;
}

/** One moment of the store, and what was learned in it. */
export interface Looking {
  readonly inspection: Inspection;
  readonly keys: KeysInForce;
  /** The bucket of an id. */
  readonly bucketOf: (id: Uint8Array) => Promise<BucketFound>;
  readonly owners: OwnerMemo;
  readonly breath: Breath;
  /** The key of the row before, where the rows in between were read too: there are none. */
  readonly previous?: Uint8Array | undefined;
}

/** A row that is looked at. */
export interface LookedAt {
  readonly looking: Looking;
  readonly entry: Entry;
  readonly report: RowReport;
}

/** A row inside a bucket. */
export interface LookedAtInside extends LookedAt {
  readonly bucket: OpenBucket;
}

/** The file of a row, to be looked at when the rows were read. */
export interface BlobToCheck {
  readonly blobId: Uint8Array;
  readonly bucketId: Uint8Array;
  readonly dataKey: DataKey;
  /** Of the plaintext. */
  readonly size: number;
  readonly report: RowReport;
}

/** How long the checks may keep the requests of this process waiting. */
const sliceMs = 2;

/** Gives way, once a slice of time was used up. */
export class Breath {
  #since = performance.now();

  async take(): Promise<void> {
    if (performance.now() - this.#since < sliceMs) return;
    await setImmediate();
    this.#since = performance.now();
  }
}
