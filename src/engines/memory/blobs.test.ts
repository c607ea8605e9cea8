/** The memory engine holds the blob contract. */
import { blobsContract } from '../../../tests/contracts/blobs.ts';
import { openMemoryBlobs } from './blobs.ts';

blobsContract('memory', async () => ({
  blobs: openMemoryBlobs(),
  [Symbol.asyncDispose]: async () => {},
}));
