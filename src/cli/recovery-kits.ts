/** Recovery kits as commands work with them: keys and passphrases stay on this side of the server. */
import type { MadeKitReport, NewKit, SharesLockMembers } from '../admin/contract.ts';
import type { Settings } from '../config/settings.ts';

export interface RecoveryKits {
  /** A fresh kit key of a passphrase. Throws where the passphrase is not acceptable. */
  lockWithPassphrase(passphrase: GivenPassphrase): Promise<NewKit>;
  /** A fresh kit key, random: to be split when the kit is there. */
  lockWithShares(split: SharesLockMembers): NewKit;
  /** The files that a kit at `path` consists of: it, and its shares. */
  filesOf(path: string, lock: NewKit): readonly string[];
  /** Throws where one of them is there already. */
  refuseExisting(files: readonly string[]): Promise<void>;
  /** Writes kit and shares, mode 0600, durably; over files that are there only with `force`. */
  save(made: MadeKitReport, lock: NewKit, place: KitPlace): Promise<void>;
  /** Tries whether a kit opens the store of the data folder, and changes nothing. A server may run. */
  check(settings: Settings, opening: KitOpening): Promise<KitCheck>;
  /** Looks at everything that a restore needs; holds the data folder's lock until it is disposed of. */
  beginRestore(settings: Settings, opening: KitOpening): Promise<Restoring>;
}

/** A passphrase, and where it was given, for messages. */
export interface GivenPassphrase {
  readonly text: string;
  readonly where: string;
}

export interface KitPlace {
  /** Absolute. */
  readonly path: string;
  readonly force: boolean;
}

export interface KitOpening {
  /** The kit's file; absolute. */
  readonly kit: string;
  /** Files of shares; absolute. */
  readonly shares: readonly string[];
  /** Asked for only where the kit opens with one. */
  readonly passphrase: () => Promise<GivenPassphrase>;
}

/** `coffer keys restore KIT --check --json` */
export interface KitCheck {
  /** Whether the kit opens everything in this store. */
  readonly opens: boolean;
  readonly kit: string;
  readonly store: string;
  readonly madeAt: string;
  /** Of the keyring in the kit. */
  readonly generation: number;
  /** Of the keyring in force. */
  readonly generationInForce: number;
  /** Why the keyring in force could not be held against the kit; null where it was. */
  readonly keyringUnopened: string | null;
  /** Every version that a row names or the keyring in force holds. */
  readonly versions: readonly KitVersionCheck[];
}

export interface KitVersionCheck {
  readonly version: number;
  readonly opens: boolean;
  /** Rows that name it. */
  readonly rows: number;
  /** The row that was opened with the kit's key. */
  readonly row: string | null;
  /** Why not. */
  readonly trouble: string | null;
}

/** A restore that can be done. */
export interface Restoring extends AsyncDisposable {
  readonly store: string;
  readonly kit: string;
  /** What was lost, in a sentence. */
  readonly lost: string;
  restore(): Promise<RestoredKeyring>;
}

export interface RestoredKeyring {
  readonly store: string;
  readonly kit: string;
  /** Of the keyring that is in force now. */
  readonly generation: number;
  readonly current: number;
  readonly keeper: { readonly kind: string; readonly location: string };
  /** A root key file that was made: to be backed up at once. */
  readonly madeRootKey: string | null;
}
