/** The store, put together over rows and blobs. */
import type { Clock } from '../base/time.ts';
import type { Blobs } from '../engines/blobs.ts';
import type { Rows } from '../rows/rows.ts';
import { createBuckets } from './buckets/create-buckets.ts';
import type { Buckets } from './buckets.ts';
import type { Listing } from './listing.ts';
import type { Objects } from './objects.ts';
import { createObjects } from './objects/create-objects.ts';
import type { StoreParts } from './parts.ts';
import { Reservations } from './reservations.ts';
import { SealedBlobs } from './sealed-blobs.ts';
import type { Store, View } from './store.ts';
import type { Uploads } from './uploads.ts';

export interface StoreDeps {
  readonly rows: Rows;
  readonly blobs: Blobs;
  readonly clock: Clock;
}

/** The store without uploads and listings. */
export type StoreCore = Pick<Store, 'view' | 'buckets' | 'objects'>;

/** How the other parts are made. */
export interface MoreParts {
  readonly uploads: (parts: StoreParts) => Uploads;
  readonly listing: (parts: StoreParts) => Listing;
}

/** Makes the store; the caller keeps, and closes, the engines below it. */
export function createStore(deps: StoreDeps, more: MoreParts): Store {
  return new WholeStore(storeParts(deps), more);
}

export function createCore(deps: StoreDeps): StoreCore {
  return coreOf(storeParts(deps));
}

/** Made for every request, so each part is made only when it is asked for. */
class WholeStore implements Store {
  readonly #parts: StoreParts;
  readonly #more: MoreParts;
  #buckets: Buckets | undefined;
  #objects: Objects | undefined;
  #uploads: Uploads | undefined;
  #listing: Listing | undefined;

  constructor(parts: StoreParts, more: MoreParts) {
    this.#parts = parts;
    this.#more = more;
  }

  view(): View {
    return this.#parts.rows.view();
  }

  within(decided: ReadonlyMap<string, Uint8Array>): Store {
    const rows = this.#parts.rows.within(decided);
    return new WholeStore({ ...this.#parts, rows }, this.#more);
  }

  get buckets(): Buckets {
    return (this.#buckets ??= createBuckets(this.#parts));
  }

  get objects(): Objects {
    return (this.#objects ??= createObjects(this.#parts));
  }

  get uploads(): Uploads {
    return (this.#uploads ??= this.#more.uploads(this.#parts));
  }

  get listing(): Listing {
    return (this.#listing ??= this.#more.listing(this.#parts));
  }
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
