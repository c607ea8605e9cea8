/**
 * The Vault keeper (FORMAT.md §5.5): a Transit key of HashiCorp Vault or OpenBao wraps the key that
 * seals the keyring. The store and the generation go along as associated data and, for derived keys,
 * as context; a Vault too old to know `associated_data` ignores it, and the seal made here still holds.
 */
import { randomId } from '../../base/ids.ts';
import { damaged } from '../../crypto/gcm.ts';
import { secretKeyBytes } from '../../crypto/secret-key.ts';
import { type Keeper, type KeeperContext, type KeeperDescription, keyringAad } from '../keeper.ts';
import { type KeyWrapper, openEnvelope, sealEnvelope } from '../keyring-envelope.ts';
import { type TransitPlace, askTransit } from './transit.ts';

const magic = 'VT1';

export class VaultKeeper implements Keeper {
  readonly description: KeeperDescription;
  readonly #wrapper: KeyWrapper;

  constructor(place: TransitPlace) {
    const { origin, mount, key } = place;
    this.description = { kind: 'vault', location: `${origin}/${mount}/keys/${key}` };
    this.#wrapper = transitWrapper(place);
  }

  seal(plaintext: Uint8Array, context: KeeperContext): Promise<Uint8Array> {
    return sealEnvelope({ magic, wrapper: this.#wrapper }, plaintext, context);
  }

  open(sealed: Uint8Array, context: KeeperContext): Promise<Buffer> {
    return openEnvelope({ magic, wrapper: this.#wrapper }, sealed, context);
  }
}

function transitWrapper(place: TransitPlace): KeyWrapper {
  return {
    newKey: async (context) => {
      const key = randomId(secretKeyBytes);
      const body = { ...bound(context), plaintext: key.toString('base64') };
      const ciphertext = await askTransit(place, 'encrypt', body, 'ciphertext');
      return { key, wrapped: Buffer.from(ciphertext, 'latin1') };
    },
    unwrap: async (wrapped, context) => {
      const ciphertext = wrapped.toString('latin1');
      // Nothing else is ever asked about: what is no ciphertext of Transit need not travel.
      if (!/^vault:v\d{1,9}:[A-Za-z0-9+/]{16,4096}={0,2}$/.test(ciphertext)) throw damaged();
      const body = { ...bound(context), ciphertext };
      return Buffer.from(await askTransit(place, 'decrypt', body, 'plaintext'), 'base64');
    },
  };
}

function bound(context: KeeperContext): { context: string; associated_data: string } {
  const text = keyringAad(context).toString('base64');
  return { context: text, associated_data: text };
}
