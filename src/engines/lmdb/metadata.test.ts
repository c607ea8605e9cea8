/** The LMDB engine holds the metadata contract. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { metadataContract } from '../../../tests/contracts/metadata.ts';
import { openLmdbMetadata } from './metadata.ts';

metadataContract('lmdb', async () => {
  const path = await mkdtemp(join(tmpdir(), 'coffer-lmdb-'));
  const engine = await openLmdbMetadata({
    path,
    onFailure: (fault) => {
      throw fault;
    },
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= engine.close());
  const metadata = {
    snapshot: engine.snapshot.bind(engine),
    transact: engine.transact.bind(engine),
    close,
  };
  return {
    metadata,
    [Symbol.asyncDispose]: async () => {
      await close();
      await rm(path, { recursive: true });
    },
  };
});
