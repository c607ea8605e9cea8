/** Pages of the server, or of the store itself where no server runs. */
import { Unreachable } from '../admin/client.ts';
import type { AdminClient } from '../admin/client.ts';
import type { CommandCall } from './command.ts';
import type { OfflineStore } from './host.ts';

export interface PageSource<Page> {
  /** The page behind `after`. */
  readonly served: (client: AdminClient, after: string | undefined) => Promise<Page>;
  readonly offline: (store: OfflineStore, after: string | undefined) => Promise<Page>;
}

/** All pages, one at a time: the next is asked for when the one before was used up. */
export async function* pages<Page extends { readonly next: string | null }>(
  call: CommandCall,
  source: PageSource<Page>,
): AsyncGenerator<Page, void, void> {
  const client = await call.client();
  const first = await source.served(client, undefined).catch((error: unknown) => {
    if (error instanceof Unreachable && error.absent && !call.has('endpoint')) return undefined;
    throw error;
  });
  if (first !== undefined) {
    return yield* follow(first, (after) => source.served(client, after));
  }
  await using store = await call.host.openStoreOffline(call.settings());
  const opened = await source.offline(store, undefined);
  yield* follow(opened, (after) => source.offline(store, after));
}

async function* follow<Page extends { readonly next: string | null }>(
  first: Page,
  read: (after: string) => Promise<Page>,
): AsyncGenerator<Page, void, void> {
  let page = first;
  for (;;) {
    yield page;
    if (page.next === null) return;
    page = await read(page.next);
  }
}
