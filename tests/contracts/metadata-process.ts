/**
 * A second process on one metadata store, for the tests of what processes see of each other.
 * Forked with the store's path; does what it is told and answers when it is durable.
 */
import { openLmdbMetadata } from '../../src/engines/lmdb/metadata.ts';
import { key, raise, sealed } from './metadata-store.ts';

export type Order =
  | { readonly order: 'put'; readonly key: string; readonly value: string }
  | {
      readonly order: 'raise';
      readonly key: string;
      readonly times: number;
      readonly atOnce: number;
    }
  /** Exits by itself, whatever it does. */
  | { readonly order: 'exit' }
  | { readonly order: 'end' };

const [path = ''] = process.argv.slice(2);
const metadata = await openLmdbMetadata({
  path,
  onFailure: (fault) => {
    throw fault;
  },
});

async function obey(order: Order): Promise<void> {
  if (order.order === 'put') {
    await metadata.transact(async (tx) => tx.put(key(order.key), sealed(order.value)));
  } else if (order.order === 'exit') {
    process.exit(0);
  } else if (order.order === 'raise') {
    const one = async (): Promise<void> => {
      for (let at = 0; at < order.times; at += 1) await raise(metadata, order.key);
    };
    await Promise.all(Array.from({ length: order.atOnce }, one));
  } else {
    await metadata.close();
  }
  process.send?.('done');
  if (order.order === 'end') process.disconnect?.();
}

process.on('message', (order: Order) => void obey(order));
process.send?.('ready');
