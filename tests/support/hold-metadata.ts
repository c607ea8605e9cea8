/**
 * Holds the metadata of a data folder, as a slow disk would: whoever commits to it meanwhile waits.
 * Says "held" when it does, and lets go when its standard input ends.
 */
import { readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { mapSizeBytesDefault, openEnvironment } from '../../src/engines/lmdb/environment.ts';

const store = openEnvironment(join(process.argv[2] ?? '', 'metadata'), mapSizeBytesDefault);
store.transactionSync(() => {
  writeSync(1, 'held\n');
  readSync(0, Buffer.alloc(1));
});
await store.close();
