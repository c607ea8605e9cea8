/**
 * A process that rotates the keyring of a store that others rotate too: forked with the folder. Told
 * a version, it rotates away from it, and says which is current then and whether it made it so.
 */
import { openLmdbMetadata } from '../../src/engines/lmdb/metadata.ts';
import { openFileKeeper } from '../../src/keys/file/file-keeper.ts';
import { readKeyringFile } from '../../src/keys/keyring-file.ts';
import { openedKeys } from '../../src/keys/keys-in-force.ts';
import { readKeyringReference } from '../../src/rows/rows.ts';
import { changer } from '../rotation-fixture.ts';

const [place = ''] = process.argv.slice(2);
const metadata = await openLmdbMetadata({
  path: `${place}/metadata`,
  onFailure: (fault) => {
    throw fault;
  },
});
const keeper = await openFileKeeper(`${place}/root-key`);
const reference = await readKeyringReference(metadata);
if (keeper === undefined || reference === undefined) throw new Error('there is no store');
const folder = `${place}/keys`;
const { storeId } = keeper;
const keyring = await readKeyringFile({ folder, keeper, storeId }, reference);
const first = openedKeys(keyring, reference);
const { rotations } = await changer({
  folder,
  keeper,
  first,
  metadata,
  clock: () => new Date(),
});

process.on('message', (from: number) => {
  void rotations.rotate(from, 'asked').then((rotated) => process.send?.(rotated));
});
process.send?.('ready');
