/**
 * The passphrase keeper (FORMAT.md §5.4): the keyring is sealed under a key that argon2id makes of a
 * passphrase. Nothing is stored but what argon2id cost and its salt, new for every seal. It holds the
 * passphrase while the server runs, so that a rotation need not ask again: it protects disks and
 * backups, not a machine that is entered while Coffer runs.
 */
import { lengthPrefixed, toHex, u32 } from '../../base/bytes.ts';
import {
  type Argon2Costs,
  type Argon2Parameters,
  areArgon2Parameters,
  argon2Costs,
  argon2SaltBytes,
  argon2idKey,
  newArgon2Parameters,
} from '../../crypto/argon2id.ts';
import { damaged } from '../../crypto/gcm.ts';
import { deriveKey } from '../../crypto/hkdf.ts';
import { SecretKey } from '../../crypto/secret-key.ts';
import { xaesOpen, xaesSeal } from '../../crypto/xaes-gcm.ts';
import {
  type Keeper,
  type KeeperContext,
  type KeeperDescription,
  keyringAad,
  requireKeyringSize,
} from '../keeper.ts';
import type { Passphrase } from './passphrase.ts';

const magic = Buffer.from('PP1', 'latin1');
const costBytes = 9;
const headBytes = magic.length + costBytes + argon2SaltBytes;

export interface PassphraseKeeperOptions {
  readonly passphrase: Passphrase;
  /** The file that holds it; undefined where it comes another way. */
  readonly path: string | undefined;
  readonly costs?: Argon2Costs;
}

export class PassphraseKeeper implements Keeper {
  readonly description: KeeperDescription;
  readonly passphrase: Passphrase;
  readonly #costs: Argon2Costs;
  /** The last key that was derived: a keyring that was sealed just now is read back. */
  #last: { readonly name: string; readonly key: SecretKey } | undefined;

  constructor({ passphrase, path, costs = argon2Costs }: PassphraseKeeperOptions) {
    this.description = { kind: 'passphrase', location: path ?? '' };
    this.passphrase = passphrase;
    this.#costs = costs;
  }

  async seal(plaintext: Uint8Array, context: KeeperContext): Promise<Uint8Array> {
    requireKeyringSize(plaintext);
    const { memoryKiB, passes, lanes, salt } = newArgon2Parameters(this.#costs);
    const head = Buffer.concat([magic, u32(memoryKiB), u32(passes), Buffer.of(lanes), salt]);
    const key = await this.#key(head, context);
    return Buffer.concat([head, xaesSeal(key, keyringAad(context, head), plaintext)]);
  }

  async open(sealed: Uint8Array, context: KeeperContext): Promise<Buffer> {
    const head = Buffer.from(sealed.subarray(0, headBytes));
    const key = await this.#key(head, context);
    return xaesOpen(key, keyringAad(context, head), sealed.subarray(headBytes));
  }

  async #key(head: Buffer, { storeId }: KeeperContext): Promise<SecretKey> {
    const parameters = parseHead(head);
    const name = toHex(Buffer.concat([head, storeId]));
    if (this.#last?.name === name) return this.#last.key;
    const derived = await argon2idKey(this.passphrase.text, parameters);
    const stretched = SecretKey.from(derived);
    derived.fill(0);
    const key = deriveKey(stretched, lengthPrefixed('coffer/1/passphrase-keeper', storeId));
    stretched.destroy();
    this.#last = { name, key };
    return key;
  }
}

function parseHead(head: Buffer): Argon2Parameters {
  if (head.length !== headBytes || !head.subarray(0, magic.length).equals(magic)) throw damaged();
  const parameters = {
    memoryKiB: head.readUInt32BE(magic.length),
    passes: head.readUInt32BE(magic.length + 4),
    lanes: head.readUInt8(magic.length + 8),
    salt: head.subarray(magic.length + costBytes),
  };
  if (!areArgon2Parameters(parameters)) throw damaged();
  return parameters;
}
