/** Rows over an engine, under a keyring of the test's own. */
import { randomId } from '../src/base/ids.ts';
import type { Clock } from '../src/base/time.ts';
import type { Metadata } from '../src/engines/metadata.ts';
import { openMemoryMetadata } from '../src/engines/memory/metadata.ts';
import { type Keyring, mintFirstKeyring } from '../src/keys/keyring.ts';
import { KeysInForce, type OpenedKeys, openedKeys } from '../src/keys/keys-in-force.ts';
import type { BucketSettings } from '../src/rows/bucket-row.ts';
import { type Rows, openRows } from '../src/rows/rows.ts';

/** A loaded keyring with one version, as no file holds it. */
export function freshKeys(storeId: Uint8Array = randomId()): OpenedKeys {
  return loadedKeys(mintFirstKeyring(storeId, new Date(1_795_000_000_000)));
}

export function loadedKeys(keyring: Keyring): OpenedKeys {
  const { generation } = keyring;
  return openedKeys(keyring, { generation, digest: randomId(32) });
}

/** Rows of an initialised store; on a memory engine unless one is given. */
export async function freshRows(
  options: {
    readonly metadata?: Metadata;
    readonly keys?: OpenedKeys;
    /** Instead of `keys`, where others hold them too. */
    readonly keysInForce?: KeysInForce;
    readonly clock?: Clock;
  } = {},
): Promise<Rows> {
  const { metadata = openMemoryMetadata(), keys = freshKeys(), clock = () => new Date() } = options;
  const { keysInForce = new KeysInForce(keys) } = options;
  const rows = openRows({ metadata, keys: keysInForce, clock });
  await rows.initialise('us-east-1', async () => undefined);
  return rows;
}

/** A bucket with nothing special about it. */
export function bucketSettings(id: Uint8Array = randomId()): BucketSettings {
  return {
    id,
    account: '1',
    createdAt: new Date(1_795_000_000_000),
    region: 'us-east-1',
    mode: 'modern',
    versioning: 'off',
    encryption: undefined,
    publicAccessBlock: undefined,
    ownership: undefined,
    configs: [],
  };
}
