/** The files engine holds the blob contract. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blobsContract } from '../../../tests/contracts/blobs.ts';
import { openFileBlobs } from './blobs.ts';

blobsContract('files', async () => {
  const path = await mkdtemp(join(tmpdir(), 'coffer-blobs-'));
  const blobs = await openFileBlobs({
    path,
    onFailure: (fault) => {
      throw fault;
    },
  });
  return {
    blobs,
    [Symbol.asyncDispose]: async () => {
      await blobs.close();
      await rm(path, { recursive: true });
    },
  };
});
