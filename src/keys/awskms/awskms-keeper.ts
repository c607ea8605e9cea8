/**
 * The AWS KMS keeper (FORMAT.md §5.6): KMS makes and wraps the key that seals the keyring, bound to
 * store and generation by its encryption context, which CloudTrail shows. KMS takes at most 4 KiB, a
 * keyring may have 1 MiB: so the keyring itself is sealed here.
 */
import { toHex } from '../../base/bytes.ts';
import type { Keeper, KeeperContext, KeeperDescription } from '../keeper.ts';
import { type KeyWrapper, openEnvelope, sealEnvelope } from '../keyring-envelope.ts';
import { type EncryptionContext, type KmsPlace, openKms } from './kms.ts';

const magic = 'AK1';

export class AwsKmsKeeper implements Keeper {
  readonly description: KeeperDescription;
  readonly #wrapper: KeyWrapper;

  constructor(place: KmsPlace) {
    const { region, keyId } = place;
    const location = keyId.startsWith('arn:') ? keyId : `${region}/${keyId}`;
    this.description = { kind: 'awskms', location };
    const kms = openKms(place);
    this.#wrapper = {
      newKey: (context) => kms.generateDataKey(encryptionContext(context)),
      unwrap: (wrapped, context) => kms.decrypt(wrapped, encryptionContext(context)),
    };
  }

  seal(plaintext: Uint8Array, context: KeeperContext): Promise<Uint8Array> {
    return sealEnvelope({ magic, wrapper: this.#wrapper }, plaintext, context);
  }

  open(sealed: Uint8Array, context: KeeperContext): Promise<Buffer> {
    return openEnvelope({ magic, wrapper: this.#wrapper }, sealed, context);
  }
}

function encryptionContext({ storeId, generation }: KeeperContext): EncryptionContext {
  return { 'coffer-store': toHex(storeId), 'coffer-generation': String(generation) };
}
