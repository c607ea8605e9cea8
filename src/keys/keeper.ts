/**
 * The keeper port: the root of trust. A keeper seals the keyring and nothing else; it is asked at
 * start, at rotation and when re-sealing, never per object.
 */
import { lengthPrefixed, u64 } from '../base/bytes.ts';
import { Fault } from '../base/refusal.ts';

/** What a keyring file says, in clear, about the keeper that sealed it. */
export interface KeeperDescription {
  /** `file`, `passphrase`, `vault`, `awskms` or `pkcs11`. */
  readonly kind: string;
  /** Where it is, without any secret: shown to an operator whose keeper does not open the store. */
  readonly location: string;
}

/** What a sealed keyring is bound to. A keeper must refuse to open it under any other. */
export interface KeeperContext {
  readonly storeId: Uint8Array;
  readonly generation: number;
}

export interface Keeper {
  readonly description: KeeperDescription;
  /** Seals `plaintext` (≤ 1 MiB), bound to `context`. Trouble reaching the keeper is a `Fault`. */
  seal(plaintext: Uint8Array, context: KeeperContext): Promise<Uint8Array>;
  /** Opens what `seal` made. Wrong key, context or bytes: `Fault('damaged')`, never a guess. */
  open(sealed: Uint8Array, context: KeeperContext): Promise<Buffer>;
  /**
   * Makes a fresh root of trust for the same store, durable and not yet in the place of this one. Only
   * keepers that can: where another holds the root key (a KMS, an HSM, a person), there is no such.
   */
  renew?(): Promise<KeeperRenewal>;
  /**
   * Brings a renewal that was interrupted to its end: the root of trust that the keyring in force does
   * not need is removed. To be called by who alone may change the store, once this keeper has opened
   * that keyring. Tells the operator what was done, if anything.
   */
  settle?(): Promise<string | undefined>;
}

/** A fresh root of trust on its way into the place of the old. */
export interface KeeperRenewal {
  readonly keeper: Keeper;
  /** To be called once a keyring that `keeper` sealed is in force. Tells what to back up now. */
  place(): Promise<string>;
  /** To be called where none came in force. */
  discard(): Promise<void>;
}

/** No keyring is longer than this. */
export const keyringBytesMax = 1_024 * 1_024;

/** To be called first by every `seal`: what is longer than a keyring can be is something else. */
export function requireKeyringSize(plaintext: Uint8Array): void {
  if (plaintext.length > keyringBytesMax) {
    throw new Fault('failed', `a keeper seals at most ${keyringBytesMax} bytes`);
  }
}

/** The associated data of a sealed keyring: its store and generation, and what a keeper adds. */
export function keyringAad(
  { storeId, generation }: KeeperContext,
  ...more: readonly Uint8Array[]
): Buffer {
  return lengthPrefixed('coffer/1/keyring', storeId, u64(generation), ...more);
}
