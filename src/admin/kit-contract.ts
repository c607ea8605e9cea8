/** Recovery kits in the admin API: part of contract.ts. Types only. */
import type { RecordReport } from './contract.ts';

/** What a kit is sealed under, and what it says of how that is come by: one of the two. */
export interface NewKit {
  /** The kit key: 32 bytes in base64url, fresh for this kit. The passphrase and the shares stay with the caller. */
  readonly key: string;
  readonly passphrase?: PassphraseLockMembers;
  readonly shares?: SharesLockMembers;
}

/** Argon2id, as the key was derived (FORMAT.md §10). */
export interface PassphraseLockMembers {
  /** 32 hexadecimal digits. */
  readonly salt: string;
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
}

/** Any `threshold` of `shares` give the key. */
export interface SharesLockMembers {
  readonly shares: number;
  readonly threshold: number;
}

/** A kit that was made; it opens with nothing that is here. */
export interface MadeKitReport {
  /** The text of the kit's file. */
  readonly text: string;
  /** 32 hexadecimal digits. */
  readonly kit: string;
  readonly store: string;
  readonly madeAt: string;
  readonly generation: number;
  /** Master key versions whose keys are in it. */
  readonly versions: readonly number[];
  readonly record: RecordReport;
}
