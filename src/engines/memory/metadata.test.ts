/** The memory engine holds the metadata contract. */
import { metadataContract } from '../../../tests/contracts/metadata.ts';
import { openMemoryMetadata } from './metadata.ts';

metadataContract('memory', async () => {
  const metadata = openMemoryMetadata();
  return { metadata, [Symbol.asyncDispose]: async () => {} };
});
