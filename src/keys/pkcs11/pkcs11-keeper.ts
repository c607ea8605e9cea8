/**
 * The PKCS#11 keeper (FORMAT.md §5.7): an AES key that never leaves a token wraps the key that seals
 * the keyring, by AES-GCM with store and generation as associated data.
 */
import { randomId } from '../../base/ids.ts';
import { damaged } from '../../crypto/gcm.ts';
import { secretKeyBytes } from '../../crypto/secret-key.ts';
import { type Keeper, type KeeperContext, type KeeperDescription, keyringAad } from '../keeper.ts';
import { type KeyWrapper, openEnvelope, sealEnvelope } from '../keyring-envelope.ts';
import type { TokenKeyPlace } from './token-key.ts';
import { askToken } from './token-thread.ts';

const magic = 'PK1';
const ivBytes = 12;
const tagBytes = 16;

export class Pkcs11Keeper implements Keeper {
  readonly description: KeeperDescription;
  readonly #wrapper: KeyWrapper;

  /** `uri` is the setting without `pkcs11:`; the PIN is read anew for every use. */
  constructor(uri: string, place: TokenKeyPlace, pin: () => Promise<string>) {
    this.description = { kind: 'pkcs11', location: uri };
    this.#wrapper = {
      newKey: async (context) => {
        const key = randomId(secretKeyBytes);
        const iv = randomId(ivBytes);
        const aad = keyringAad(context);
        const gcm = { iv, aad, input: key };
        const sealed = await askToken({ verb: 'Encrypt', place, pin: await pin(), gcm });
        return { key, wrapped: Buffer.concat([iv, sealed]) };
      },
      unwrap: async (wrapped, context) => {
        if (wrapped.length !== ivBytes + secretKeyBytes + tagBytes) throw damaged();
        const iv = wrapped.subarray(0, ivBytes);
        const aad = keyringAad(context);
        const gcm = { iv, aad, input: wrapped.subarray(ivBytes) };
        return askToken({ verb: 'Decrypt', place, pin: await pin(), gcm });
      },
    };
  }

  seal(plaintext: Uint8Array, context: KeeperContext): Promise<Uint8Array> {
    return sealEnvelope({ magic, wrapper: this.#wrapper }, plaintext, context);
  }

  open(sealed: Uint8Array, context: KeeperContext): Promise<Buffer> {
    return openEnvelope({ magic, wrapper: this.#wrapper }, sealed, context);
  }
}
