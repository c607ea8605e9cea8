/** Listings over the rows that a view reads: nothing is kept between two pages. */
import type { Listing } from '../listing.ts';
import { listObjects } from './objects.ts';
import { listUploads } from './uploads.ts';
import { listVersions } from './versions.ts';

export function createListing(): Listing {
  return { objects: listObjects, versions: listVersions, uploads: listUploads };
}
