/**
 * The envelope of keepers that hold a key elsewhere (FORMAT.md §5.5 to §5.7): the keyring is sealed
 * here under a fresh 32-byte key, and only that key travels to the keeper to be wrapped. So whoever
 * holds the outer key never sees the master keys, and the size of a keyring does not matter to it.
 *
 * Store and generation are bound twice: by the keeper, as far as it can, and by the seal made here.
 */
import { lengthPrefixed } from '../base/bytes.ts';
import { damaged } from '../crypto/gcm.ts';
import { SecretKey, secretKeyBytes } from '../crypto/secret-key.ts';
import { xaesOpen, xaesSeal } from '../crypto/xaes-gcm.ts';
import { type KeeperContext, keyringAad, requireKeyringSize } from './keeper.ts';

/** What a keeper does with the envelope's key. */
export interface KeyWrapper {
  /** A fresh key with its wrap, bound to `context`. */
  newKey(context: KeeperContext): Promise<{ readonly key: Buffer; readonly wrapped: Uint8Array }>;
  /** The key of a wrap. Wrong key, context or bytes: `Fault('damaged')`. */
  unwrap(wrapped: Buffer, context: KeeperContext): Promise<Buffer>;
}

const magicBytes = 3;
const wrappedBytesMax = 8 * 1_024;

/** `magic ‖ lp(wrapped) ‖ XAES(key, …, plaintext)`. `magic` is three letters that name the keeper. */
export async function sealEnvelope(
  { magic, wrapper }: { readonly magic: string; readonly wrapper: KeyWrapper },
  plaintext: Uint8Array,
  context: KeeperContext,
): Promise<Buffer> {
  requireKeyringSize(plaintext);
  const { key, wrapped } = await wrapper.newKey(context);
  const head = Buffer.concat([Buffer.from(magic, 'latin1'), lengthPrefixed(wrapped)]);
  return Buffer.concat([head, xaesSeal(taken(key), keyringAad(context, head), plaintext)]);
}

export async function openEnvelope(
  { magic, wrapper }: { readonly magic: string; readonly wrapper: KeyWrapper },
  sealed: Uint8Array,
  context: KeeperContext,
): Promise<Buffer> {
  const bytes = Buffer.from(sealed);
  const wrappedAt = magicBytes + 4;
  if (bytes.length < wrappedAt || bytes.toString('latin1', 0, magicBytes) !== magic)
    throw damaged();
  const length = bytes.readUInt32BE(magicBytes);
  if (length > wrappedBytesMax || wrappedAt + length > bytes.length) throw damaged();
  const head = bytes.subarray(0, wrappedAt + length);
  const key = await wrapper.unwrap(head.subarray(wrappedAt), context);
  return xaesOpen(taken(key), keyringAad(context, head), bytes.subarray(head.length));
}

/** The key of these bytes, which are wiped. */
function taken(bytes: Buffer): SecretKey {
  if (bytes.length !== secretKeyBytes) throw damaged();
  const key = SecretKey.from(bytes);
  bytes.fill(0);
  return key;
}
