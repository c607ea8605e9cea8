/** Engines whose every call waits for its turn, so that a test decides how operations interleave. */
import type { Metadata, Reader } from '../src/engines/metadata.ts';
import type { Engines } from './store-fixture.ts';

export function scheduledEngines({ metadata, blobs }: Engines, turn: () => Promise<void>): Engines {
  const reads = (of: Reader): Reader => ({
    get: async (key) => {
      await turn();
      return of.get(key);
    },
    range: async (query) => {
      await turn();
      return of.range(query);
    },
  });
  const transact: Metadata['transact'] = async (fn) => {
    await turn();
    return metadata.transact((transaction) =>
      fn({
        ...reads(transaction),
        put: (key, value) => transaction.put(key, value),
        delete: (key) => transaction.delete(key),
      }),
    );
  };
  return {
    metadata: {
      snapshot: () => {
        const snapshot = metadata.snapshot();
        return {
          ...reads(snapshot),
          prefixes: (query) => snapshot.prefixes(query),
          [Symbol.dispose]: () => snapshot[Symbol.dispose](),
        };
      },
      transact,
      close: () => metadata.close(),
    },
    blobs: {
      write: async (id, bytes) => {
        await turn();
        return blobs.write(id, bytes);
      },
      read: (id, range) => blobs.read(id, range),
      size: (id) => blobs.size(id),
      delete: (id) => blobs.delete(id),
      list: () => blobs.list(),
      listPrefix: (prefix) => blobs.listPrefix(prefix),
      freeBytes: () => blobs.freeBytes(),
      close: () => blobs.close(),
    },
  };
}
