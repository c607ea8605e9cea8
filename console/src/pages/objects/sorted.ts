/** Sorts the rows that are loaded. As S3 lists them is the order of names, ascending. */
import type { Entry } from '../../api/listing.ts';
import { compareKeys } from '../../text/keys.ts';

export interface Sorting {
  readonly by: 'name' | 'size' | 'modified';
  readonly descending: boolean;
}

export const asListed: Sorting = { by: 'name', descending: false };

export function sorted(entries: readonly Entry[], { by, descending }: Sorting): readonly Entry[] {
  if (by === 'name') return descending ? entries.toReversed() : entries;
  const compare = by === 'size' ? bySize : byTime;
  const sign = descending ? -1 : 1;
  return entries.toSorted((one, other) => {
    if (one.kind === 'prefix' || other.kind === 'prefix') {
      if (one.kind !== other.kind) return one.kind === 'prefix' ? -1 : 1;
      return compareKeys(one.key, other.key);
    }
    return sign * compare(one, other) || compareKeys(one.key, other.key);
  });
}

type Sized = Exclude<Entry, { readonly kind: 'prefix' }>;

const bySize = (one: Sized, other: Sized): number => one.size - other.size;

function byTime(one: Sized, other: Sized): number {
  if (one.lastModified === other.lastModified) return 0;
  return one.lastModified < other.lastModified ? -1 : 1;
}
