/**
 * The data key: 32 random bytes, unique to one object version, that every byte of the version is
 * sealed under (FORMAT.md §3). It is stored only wrapped, with a commitment beside the wrap that is
 * compared before the key is used: XAES-256-GCM alone does not bind a ciphertext to one key.
 */
import { timingSafeEqual } from 'node:crypto';
import { lengthPrefixed } from '../base/bytes.ts';
import { damaged } from './gcm.ts';
import { expand, extract, noSalt } from './hkdf.ts';
import { SecretKey, secretKeyBytes, secretsOf } from './secret-key.ts';
import { xaesOpen, xaesOverheadBytes, xaesSeal } from './xaes-gcm.ts';

/** What a wrap is bound to. It opens in no other place. */
export interface WrapContext {
  readonly purpose: 'version' | 'upload';
  readonly storeId: Uint8Array;
  readonly bucketId: Uint8Array;
  readonly objectKey: string;
  /** The version id or the upload id, 16 bytes. */
  readonly id: Uint8Array;
}

/** A data key as rows hold it. */
export interface WrappedDataKey {
  /** 72 bytes. */
  readonly wrapped: Uint8Array;
  /** 32 bytes. */
  readonly commitment: Uint8Array;
}

export const wrappedKeyBytes = secretKeyBytes + xaesOverheadBytes;

export class DataKey {
  readonly #key: SecretKey;
  /** HKDF's pseudorandom key: extracted once, expanded for every purpose. */
  readonly #root: SecretKey;
  /** The last payload key made: a small object has one blob, read again and again. */
  #payload: { readonly blobId: Buffer; readonly key: SecretKey } | undefined;

  private constructor(key: SecretKey) {
    this.#key = key;
    this.#root = SecretKey.adopt(extract(noSalt, secretsOf(key).bytes));
  }

  /** A new key. Each object version gets its own; none is ever used for two. */
  static generate(): DataKey {
    return new DataKey(SecretKey.generate());
  }

  /** The key inside a wrap. Wrong key, place, bytes or commitment: `Fault('damaged')`. */
  static unwrap(wrapKey: SecretKey, context: WrapContext, stored: WrappedDataKey): DataKey {
    if (stored.wrapped.length !== wrappedKeyBytes) throw damaged();
    const bytes = xaesOpen(wrapKey, wrapAad(context), stored.wrapped);
    const key = new DataKey(SecretKey.from(bytes));
    bytes.fill(0);
    const expected = key.commitment();
    if (stored.commitment.length !== expected.length) throw damaged();
    if (!timingSafeEqual(expected, stored.commitment)) throw damaged();
    return key;
  }

  /** The wrap, under another key, of what is in a wrap of the same place; as `unwrap` and `wrap`. */
  static rewrap(
    stored: WrappedDataKey,
    context: WrapContext,
    { from, to }: { readonly from: SecretKey; readonly to: SecretKey },
  ): Buffer {
    if (stored.wrapped.length !== wrappedKeyBytes) throw damaged();
    const aad = wrapAad(context);
    const bytes = xaesOpen(from, aad, stored.wrapped);
    const root = extract(noSalt, bytes);
    const expected = expand(root, commitInfo);
    root.fill(0);
    const { commitment } = stored;
    if (commitment.length !== expected.length || !timingSafeEqual(expected, commitment)) {
      bytes.fill(0);
      throw damaged();
    }
    const wrapped = xaesSeal(to, aad, bytes);
    bytes.fill(0);
    return wrapped;
  }

  /** Wraps the key for its place, under a fresh nonce each time. */
  wrap(wrapKey: SecretKey, context: WrapContext): WrappedDataKey {
    const wrapped = xaesSeal(wrapKey, wrapAad(context), secretsOf(this.#key).bytes);
    return { wrapped, commitment: this.commitment() };
  }

  /** Binds a wrap to this one key. Not secret. */
  commitment(): Buffer {
    return expand(secretsOf(this.#root).bytes, commitInfo);
  }

  /** Seals the segments of one blob. */
  payloadKey(blobId: Uint8Array): SecretKey {
    if (this.#payload?.blobId.equals(blobId) === true) return this.#payload.key;
    const key = this.#derive(idInfo(blobPrefix, blobId));
    this.#payload = { blobId: Buffer.from(blobId), key };
    return key;
  }

  /** Seals the twin row of one blob. */
  twinKey(blobId: Uint8Array): SecretKey {
    return this.#derive(idInfo(twinPrefix, blobId));
  }

  /** Seals the manifest pages. */
  manifestKey(): SecretKey {
    return this.#derive(manifestInfo);
  }

  /** Wipes the key; keys derived from it before stay good. */
  destroy(): void {
    this.#payload = undefined;
    this.#key.destroy();
    this.#root.destroy();
  }

  #derive(info: Uint8Array): SecretKey {
    return SecretKey.adopt(expand(secretsOf(this.#root).bytes, info));
  }
}

const label = 'coffer/1/data';
const commitInfo = lengthPrefixed(label, 'commit');
const manifestInfo = lengthPrefixed(label, 'manifest');
const blobPrefix = lengthPrefixed(label, 'blob');
const twinPrefix = lengthPrefixed(label, 'twin');

/** `prefix ‖ lp(id)`: lp of many fields is the concatenation of lp of each. */
function idInfo(prefix: Buffer, id: Uint8Array): Buffer {
  const info = Buffer.allocUnsafe(prefix.length + 4 + id.length);
  info.set(prefix);
  info.writeUInt32BE(id.length, prefix.length);
  info.set(id, prefix.length + 4);
  return info;
}

function wrapAad({ purpose, storeId, bucketId, objectKey, id }: WrapContext): Buffer {
  return lengthPrefixed('coffer/1/wrap', purpose, storeId, bucketId, objectKey, id);
}
