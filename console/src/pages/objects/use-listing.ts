/** The rows of a prefix, loaded page after page as they are asked for. */
import { useCallback, useEffect, useReducer, useRef } from 'react';
import { listPage, type Entry, type ListingPlace } from '../../api/listing.ts';

export interface Listing {
  readonly entries: readonly Entry[];
  readonly loading: boolean;
  /** Whether there are more to be loaded. */
  readonly more: boolean;
  readonly error: unknown;
  /** Loads the next page, unless one is on its way. */
  readonly loadMore: () => void;
  /** From the beginning. */
  readonly reload: () => void;
}

interface State {
  readonly entries: readonly Entry[];
  readonly next: ListingPlace | undefined;
  readonly loading: boolean;
  readonly error: unknown;
  readonly turn: number;
}

type Change =
  | { readonly kind: 'begin' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'page'; entries: readonly Entry[]; next: ListingPlace | undefined }
  | { readonly kind: 'failed'; readonly error: unknown };

const empty: State = { entries: [], next: undefined, loading: true, error: undefined, turn: 0 };

function changed(state: State, change: Change): State {
  switch (change.kind) {
    case 'begin':
      return { ...empty, turn: state.turn + 1 };
    case 'asking':
      return { ...state, loading: true, error: undefined };
    case 'page': {
      const entries = [...state.entries, ...change.entries];
      return { ...state, entries, next: change.next, loading: false };
    }
    case 'failed':
      return { ...state, error: change.error, loading: false };
  }
}

export function useListing(bucket: string, prefix: string, versions: boolean): Listing {
  const [state, change] = useReducer(changed, empty);
  const stop = useRef<AbortController>(undefined);
  const asking = useRef(false);

  const load = useCallback(
    (from: ListingPlace | undefined) => {
      stop.current ??= new AbortController();
      const { signal } = stop.current;
      asking.current = true;
      listPage({ bucket, prefix, delimiter: '/', versions }, from, signal).then(
        (page) => {
          if (signal.aborted) return;
          asking.current = false;
          change({ kind: 'page', ...page });
        },
        (error: unknown) => {
          if (signal.aborted) return;
          asking.current = false;
          change({ kind: 'failed', error });
        },
      );
    },
    [bucket, prefix, versions],
  );

  const reload = useCallback(() => {
    stop.current?.abort();
    stop.current = new AbortController();
    change({ kind: 'begin' });
    load(undefined);
  }, [load]);

  useEffect(() => {
    reload();
    return () => stop.current?.abort();
  }, [reload]);

  const { next } = state;
  const loadMore = useCallback(() => {
    if (next === undefined || asking.current) return;
    change({ kind: 'asking' });
    load(next);
  }, [next, load]);

  return {
    entries: state.entries,
    loading: state.loading,
    more: next !== undefined,
    error: state.error,
    loadMore,
    reload,
  };
}
