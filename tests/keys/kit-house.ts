/** A store of several master key versions, and recovery kits of it as files. */
import { toHex } from '../../src/base/bytes.ts';
import { isoTime, systemClock as clock } from '../../src/base/time.ts';
import type { KitOpening } from '../../src/cli/recovery-kits.ts';
import { parseSettings, type Settings } from '../../src/config/settings.ts';
import { fromBase64Url } from '../../src/base/bytes.ts';
import { backupKeys } from '../../src/jobs/backup-keys.ts';
import { recoveryKits } from '../../src/recovery-kits.ts';
import { type KeyringHouse, keyringHouse } from '../keyring-house.ts';
import { bucketName, plainPut } from '../store-fixture.ts';

export const kits = recoveryKits(undefined);

export const settingsOf = (data: string, ...flags: readonly string[]): Settings =>
  parseSettings(['--data', data, ...flags], {}, '/');

export interface KitFiles extends KitOpening {
  readonly id: string;
}

/** A store with an object under each of three versions; `more` goes on with it before it is closed. */
export async function threeVersions(
  data: string,
  more: (house: KeyringHouse) => Promise<void> = async () => undefined,
): Promise<void> {
  await using house = await keyringHouse(data);
  const account = '111122223333';
  await house.store.buckets.create({
    name: bucketName,
    account,
    region: 'us-east-1',
    mode: 'modern',
  });
  await house.store.objects.put(plainPut('one', 'body 1'));
  await house.rotate();
  await house.store.objects.put(plainPut('two', 'body 2'));
  await house.rotate();
  await house.store.objects.put(plainPut('three', 'body 3'));
  await more(house);
}

/** A kit of the store as it is now, split 2 of 3. */
export async function splitKit(house: KeyringHouse, path: string): Promise<KitFiles> {
  const lock = kits.lockWithShares({ shares: 3, threshold: 2 });
  const parts = { changes: house.changes, rows: house.rows, clock };
  const made = await backupKeys(parts, {
    key: fromBase64Url(lock.key),
    lock: { kind: 'shares', shares: 3, threshold: 2 },
  });
  const record = { id: '', kind: '', madeAt: '', text: '', signature: '', verified: true };
  const { text, generation, versions } = made;
  const [kit, store, madeAt] = [toHex(made.kitId), toHex(made.storeId), isoTime(made.madeAt)];
  await kits.save({ text, kit, store, madeAt, generation, versions, record }, lock, {
    path,
    force: false,
  });
  const [, ...shares] = kits.filesOf(path, lock);
  return {
    id: kit,
    kit: path,
    shares: shares.slice(0, 2),
    passphrase: () => Promise.reject(new Error()),
  };
}
