/** A store on engines of the test's own: in memory, or LMDB and files in a folder that goes with it. */
import type { Clock } from '../src/base/time.ts';
import type { Blobs } from '../src/engines/blobs.ts';
import { openFileBlobs } from '../src/engines/files/blobs.ts';
import { openLmdbMetadata } from '../src/engines/lmdb/metadata.ts';
import { openMemoryBlobs } from '../src/engines/memory/blobs.ts';
import { openMemoryMetadata } from '../src/engines/memory/metadata.ts';
import type { Metadata } from '../src/engines/metadata.ts';
import { KeysInForce } from '../src/keys/keys-in-force.ts';
import type { Rows } from '../src/rows/rows.ts';
import { createStore } from '../src/store/create-store.ts';
import type { Store } from '../src/store/store.ts';
import { freshKeys, freshRows } from './rows-fixture.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface TestStore extends AsyncDisposable {
  readonly store: Store;
  readonly rows: Rows;
  readonly keys: KeysInForce;
  readonly metadata: Metadata;
  readonly blobs: Blobs;
}

export interface Engines {
  readonly metadata: Metadata;
  readonly blobs: Blobs;
}

export const bucketName = 'bucket';

export interface StoreOptions {
  /** Puts something between store and engines. */
  readonly wrap?: (engines: Engines) => Engines;
  readonly clock?: Clock;
}

/** A store in memory with a modern bucket. */
export async function memoryStore(options: StoreOptions = {}): Promise<TestStore> {
  const engines = { metadata: openMemoryMetadata(), blobs: openMemoryBlobs() };
  return storeOver(engines, options, async () => {
    await engines.metadata.close();
    await engines.blobs.close();
  });
}

/** A store on LMDB and files with a modern bucket. */
export async function diskStore(options: StoreOptions = {}): Promise<TestStore> {
  const folder = await temporaryFolder();
  const made = await diskStoreIn(folder.path, options);
  const dispose = async (): Promise<void> => {
    await made[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  };
  return { ...made, [Symbol.asyncDispose]: dispose };
}

/** The same in a folder that stays the caller's. */
export async function diskStoreIn(path: string, options: StoreOptions = {}): Promise<TestStore> {
  const onFailure = (fault: Error): never => {
    throw fault;
  };
  const engines = {
    metadata: await openLmdbMetadata({ path: `${path}/metadata`, onFailure }),
    blobs: await openFileBlobs({ path: `${path}/blobs`, onFailure }),
  };
  return storeOver(engines, options, async () => {
    await engines.metadata.close();
    await engines.blobs.close();
  });
}

async function storeOver(
  engines: Engines,
  options: StoreOptions,
  dispose: () => Promise<void>,
): Promise<TestStore> {
  const { wrap = (same: Engines) => same, clock = () => new Date() } = options;
  const { metadata, blobs } = wrap(engines);
  const keys = new KeysInForce(freshKeys());
  const rows = await freshRows({ metadata, keysInForce: keys, clock });
  const store = createStore({ rows, blobs, clock });
  await store.buckets.create({
    name: bucketName,
    account: '111122223333',
    region: 'us-east-1',
    mode: 'modern',
  });
  return { store, rows, keys, metadata, blobs, [Symbol.asyncDispose]: dispose };
}

/** A body in copies of the given pieces: what is given to a store is the store's. */
export async function* bodyOf(...pieces: readonly (Uint8Array | string)[]) {
  for (const piece of pieces) yield Buffer.from(piece);
}

/** A PUT with nothing special about it. */
export function plainPut(key: string, ...pieces: readonly (Uint8Array | string)[]) {
  return {
    bucket: bucketName,
    key,
    facts: {},
    body: bodyOf(...pieces),
    length: undefined,
    digests: {},
    sse: undefined,
  };
}

/** All bytes of an object, or of a range of it. */
export async function readObject(
  store: Store,
  key: string,
  options: {
    readonly versionId?: string;
    readonly range?: { readonly start: number; readonly end: number };
  } = {},
): Promise<Buffer> {
  const { versionId, range } = options;
  const opened = await (async () => {
    using view = store.view();
    const input = { bucket: bucketName, key };
    return await store.objects.open(
      view,
      versionId === undefined ? input : { ...input, versionId },
    );
  })();
  const chunks: Uint8Array[] = [];
  for await (const chunk of opened.read(range)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
