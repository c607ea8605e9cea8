/** What refers to each master key version, as one scan of the keyspace counted it. */

export interface KeyReferences {
  /** Version rows, delete markers too: each holds a wrapped data key. */
  readonly objectVersions: number;
  /** Multipart uploads in progress: each holds a wrapped data key. */
  readonly uploads: number;
  /** Every row sealed under the version, those two among them. */
  readonly rows: number;
}

export interface ReferenceCount {
  /** When the scan began: what was written later may be missing. */
  readonly countedAt: Date;
  /** By master key version; a version that nothing refers to is absent. */
  readonly references: ReadonlyMap<number, KeyReferences>;
  /** Upper bounds of the wraps ever made, by master key version. */
  readonly wraps: ReadonlyMap<number, number>;
}
