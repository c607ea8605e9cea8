/** What the parts of the store are made of. */
import type { Clock } from '../base/time.ts';
import type { Rows } from '../rows/rows.ts';
import type { SealedBlobs } from './sealed-blobs.ts';

export interface StoreParts {
  readonly rows: Rows;
  readonly sealedBlobs: SealedBlobs;
  readonly clock: Clock;
}
