/** The store, put together over rows and blobs. */
import type { Clock } from '../base/time.ts';
import type { Blobs } from '../engines/blobs.ts';
import type { Rows } from '../rows/rows.ts';
import { createBuckets } from './buckets/create-buckets.ts';
import type { Buckets } from './buckets.ts';
import type { Listing } from './listing.ts';
import { createListing } from './listing/create-listing.ts';
import type { Objects } from './objects.ts';
import { createObjects } from './objects/create-objects.ts';
import type { StoreParts } from './store-parts.ts';
import { Reservations } from './reservations.ts';
import { SealedBlobs } from './sealed-blobs.ts';
import type { Store, View } from './store.ts';
import type { Uploads } from './uploads.ts';
import { createUploads } from './uploads/create-uploads.ts';

export interface StoreDeps {
  readonly rows: Rows;
  readonly blobs: Blobs;
  readonly clock: Clock;
}

/** Makes the store; the caller keeps, and closes, the engines below it. */
export function createStore({ rows, blobs, clock }: StoreDeps): Store {
  const reservations = new Reservations(rows, clock);
  const sealedBlobs = new SealedBlobs({ blobs, reservations, storeId: rows.storeId });
  return new WholeStore({ rows, sealedBlobs, clock });
}

/** Made for every request (`within`), so each part is made only when it is asked for. */
class WholeStore implements Store {
  readonly #parts: StoreParts;
  #buckets: Buckets | undefined;
  #objects: Objects | undefined;
  #uploads: Uploads | undefined;
  #listing: Listing | undefined;

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  view(): View {
    return this.#parts.rows.view();
  }

  within(decided: ReadonlyMap<string, Uint8Array>): Store {
    const rows = this.#parts.rows.within(decided);
    return new WholeStore({ ...this.#parts, rows });
  }

  get buckets(): Buckets {
    return (this.#buckets ??= createBuckets(this.#parts));
  }

  get objects(): Objects {
    return (this.#objects ??= createObjects(this.#parts));
  }

  get uploads(): Uploads {
    return (this.#uploads ??= createUploads(this.#parts));
  }

  get listing(): Listing {
    return (this.#listing ??= createListing());
  }
}
