/** The part of the contract (contract.ts) that tells of master keys. Types only. */

/** `coffer keys status --json`: operators' scripts depend on it. */
export interface KeysStatus {
  /** The master key version that seals what is written now. */
  readonly current: number;
  /** Null: none is planned. */
  readonly nextRotation: string | null;
  /** When the references were counted. */
  readonly countedAt: string;
  readonly keeper: KeeperReport;
  readonly versions: readonly KeyVersionReport[];
}

export interface KeeperReport {
  readonly kind: string;
  /** Whether it opens the keyring in force at this moment. */
  readonly healthy: boolean;
}

export interface KeyVersionReport {
  readonly version: number;
  readonly state: 'prepared' | 'current' | 'retained' | 'destroyed';
  readonly createdAt: string;
  /** An upper bound of the wraps ever made under it. */
  readonly wraps: number;
  readonly references: {
    readonly objectVersions: number;
    readonly uploads: number;
    /** Every row sealed under it, object versions and uploads among them. */
    readonly rows: number;
  };
}

/** Where another rotated away from `previous` meanwhile, nothing more was done. */
export interface RotatedKeys {
  readonly previous: number;
  readonly current: number;
}

export interface RewrapScope {
  readonly bucket?: string;
  /** Only with `bucket`. */
  readonly prefix?: string;
}

/** A run of the re-wrap: rows move from older master key versions to the current one. */
export interface RewrapReport {
  /** Counts the runs since the start of the server. */
  readonly run: number;
  /** `incomplete`: some rows could not be moved; `failed`: it is tried again by itself. */
  readonly state:
    | 'waiting'
    | 'counting'
    | 'moving'
    | 'complete'
    | 'incomplete'
    | 'stopped'
    | 'failed';
  /** The version that rows move to. */
  readonly version: number;
  readonly bucket: string | null;
  readonly prefix: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Rows to be moved, as counted at the beginning; null before that. */
  readonly rows: number | null;
  readonly moved: number;
  readonly rowsPerSecond: number;
  /** Null where it cannot be told. */
  readonly secondsLeft: number | null;
  /** Rows that do not open; the first hundred by name. */
  readonly unmoved: { readonly rows: number; readonly names: readonly string[] };
}
