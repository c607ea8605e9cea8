/** Recovery kits on the operator's side: their keys, their files, and how one is opened. */
import { lstat } from 'node:fs/promises';
import { fromBase64Url, toBase64Url, toHex } from './base/bytes.ts';
import { randomId } from './base/ids.ts';
import { Fault, assert } from './base/refusal.ts';
import type { MadeKitReport, NewKit } from './admin/contract.ts';
import { checkKit } from './check-kit.ts';
import type { GivenPassphrase, KitOpening, RecoveryKits } from './cli/recovery-kits.ts';
import { argon2idKey, newArgon2Parameters } from './crypto/argon2id.ts';
import type { KeeperHow } from './keepers.ts';
import { placeNewFile, readSmallFile, replaceFile } from './keys/durable-file.ts';
import { type RecoveryKit, kitBytesMax, kitKeyBytes, openKit, readKit } from './keys/kits/kit.ts';
import { combineShares, readShare, shareBytesMax, splitKitKey } from './keys/kits/share.ts';
import type { Keyring } from './keys/keyring.ts';
import { Passphrase } from './keys/passphrase/passphrase.ts';
import { beginRestore } from './restore-keys.ts';

export function recoveryKits(askSecret: KeeperHow['askSecret']): RecoveryKits {
  return {
    lockWithPassphrase,
    lockWithShares: (shares) => ({ key: toBase64Url(randomId(kitKeyBytes)), shares }),
    filesOf,
    refuseExisting,
    save,
    check: async (settings, opening) => checkKit(settings, await openKitFile(opening)),
    beginRestore: async (settings, opening) =>
      beginRestore(settings, await openKitFile(opening), askSecret),
  };
}

/** A kit that its passphrase or shares opened. */
export interface OpenedKit {
  readonly kit: RecoveryKit;
  readonly keyring: Keyring;
}

async function openKitFile(opening: KitOpening): Promise<OpenedKit> {
  const kit = readKit(await bytesOf(opening.kit, kitBytesMax, 'recovery kit'), opening.kit);
  const key = await keyOf(kit, opening);
  const keyring = openKit(kit, key);
  key.fill(0);
  if (keyring !== undefined) return { kit, keyring };
  const why =
    kit.lock.kind === 'passphrase'
      ? 'does not open with this passphrase'
      : 'does not open with these shares: they belong to it by name, and yet one of them was changed';
  throw new Fault('damaged', `The recovery kit ${kit.path} ${why}.`);
}

async function keyOf(kit: RecoveryKit, opening: KitOpening): Promise<Uint8Array> {
  const { lock } = kit;
  if (lock.kind === 'passphrase') {
    if (opening.shares.length > 0) {
      throw new Fault(
        'failed',
        `The recovery kit ${kit.path} opens with a passphrase, not with shares.`,
      );
    }
    const { text, where } = await opening.passphrase();
    return argon2idKey(Passphrase.of(text, where).text, lock);
  }
  const shares = [];
  for (const path of opening.shares) {
    shares.push(readShare(await bytesOf(path, shareBytesMax, 'share'), path));
  }
  return combineShares({ ...kit, lock }, shares);
}

async function bytesOf(path: string, bytesMax: number, what: string): Promise<Buffer> {
  const bytes = await readSmallFile(path, bytesMax);
  if (bytes === undefined) throw new Fault('failed', `There is no ${what} ${path}.`);
  return bytes;
}

async function lockWithPassphrase({ text, where }: GivenPassphrase): Promise<NewKit> {
  const { salt, memoryKiB: memory, passes, lanes } = newArgon2Parameters();
  const passphrase = Passphrase.of(text, where);
  const key = await argon2idKey(passphrase.text, { salt, memoryKiB: memory, passes, lanes });
  const sent = { key: toBase64Url(key), passphrase: { salt: toHex(salt), memory, passes, lanes } };
  key.fill(0);
  return sent;
}

function filesOf(path: string, { shares }: NewKit): readonly string[] {
  const count = shares?.shares ?? 0;
  const named = Array.from(
    { length: count },
    (_, index) => `${path}.share-${index + 1}-of-${count}`,
  );
  return [path, ...named];
}

async function refuseExisting(files: readonly string[]): Promise<void> {
  for (const path of files) {
    const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw new Fault('failed', `${path} cannot be written (${error.code}).`, { cause: error });
    });
    if (found === undefined) continue;
    throw new Fault(
      'failed',
      `${path} is there already: name another file with --output, or add --force to replace it.`,
    );
  }
}

/** Shares first: a kit that stands is whole. */
async function save(
  made: MadeKitReport,
  lock: NewKit,
  { path, force }: { readonly path: string; readonly force: boolean },
): Promise<void> {
  const [kit = path, ...places] = filesOf(path, lock);
  const texts = await sharesOf(made, lock);
  for (const [index, place] of places.entries()) {
    const text = texts[index];
    assert(text, 'every share has a file');
    await write(place, text, force);
  }
  await write(kit, made.text, force);
}

async function sharesOf(made: MadeKitReport, lock: NewKit): Promise<readonly string[]> {
  if (lock.shares === undefined) return [];
  const { storeId, kitId, madeAt } = readKit(Buffer.from(made.text), 'that the server made');
  const key = fromBase64Url(lock.key);
  const texts = await splitKitKey(
    key,
    { storeId, kitId, madeAt },
    { kind: 'shares', ...lock.shares },
  );
  key.fill(0);
  return texts;
}

async function write(path: string, text: string, force: boolean): Promise<void> {
  const bytes = Buffer.from(text);
  if (await placeNewFile(path, bytes)) return;
  if (force) return replaceFile(path, bytes);
  throw new Fault(
    'failed',
    `${path} is there already, made meanwhile: nothing was written over it.`,
  );
}
