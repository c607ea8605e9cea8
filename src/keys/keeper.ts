/**
 * The keeper port: the root of trust. A keeper seals the keyring and nothing else; it is asked at
 * start, at rotation and when re-sealing, never per object.
 */

/** What a keyring file says, in clear, about the keeper that sealed it. */
export interface KeeperDescription {
  /** `file`, later `passphrase`, `vault`, `awskms`, `pkcs11`. */
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
  /** Seals `plaintext` (≤ 64 KiB), bound to `context`. Trouble reaching the keeper is a `Fault`. */
  seal(plaintext: Uint8Array, context: KeeperContext): Promise<Uint8Array>;
  /** Opens what `seal` made. Wrong key, context or bytes: `Fault('damaged')`, never a guess. */
  open(sealed: Uint8Array, context: KeeperContext): Promise<Buffer>;
}
