/** The store, put together over rows and blobs. */
import type { Clock } from '../base/time.ts';
import type { Blobs } from '../engines/blobs.ts';
import type { Rows } from '../rows/rows.ts';
import { createBuckets } from './buckets/create-buckets.ts';
import type { Listing } from './listing.ts';
import { createObjects } from './objects/create-objects.ts';
import type { StoreParts } from './parts.ts';
import { Reservations } from './reservations.ts';
import { SealedBlobs } from './sealed-blobs.ts';
import type { Store } from './store.ts';
import type { Uploads } from './uploads.ts';

export interface StoreDeps {
  readonly rows: Rows;
  readonly blobs: Blobs;
  readonly clock: Clock;
}

/** The store without uploads and listings. */
export type StoreCore = Pick<Store, 'view' | 'buckets' | 'objects'>;

/** Makes the store; the caller keeps, and closes, the engines below it. */
export function createStore(
  deps: StoreDeps,
  more: {
    readonly uploads: (parts: StoreParts) => Uploads;
    readonly listing: (parts: StoreParts) => Listing;
  },
): Store {
  const parts = storeParts(deps);
  return { ...coreOf(parts), uploads: more.uploads(parts), listing: more.listing(parts) };
}

export function createCore(deps: StoreDeps): StoreCore {
  return coreOf(storeParts(deps));
}

function coreOf(parts: StoreParts): StoreCore {
  return {
    view: () => parts.rows.view(),
    buckets: createBuckets(parts),
    objects: createObjects(parts),
  };
}

/** What each part of the store is made with. */
export function storeParts({ rows, blobs, clock }: StoreDeps): StoreParts {
  const reservations = new Reservations(rows, clock);
  const sealedBlobs = new SealedBlobs({ blobs, reservations, storeId: rows.storeId });
  return { rows, sealedBlobs, clock };
}
