/** The query string, decoded once, in wire order; repeated names keep every value. */
export interface Query {
  /** The first value, `''` for a bare name, undefined when absent. */
  get(name: string): string | undefined;
  has(name: string): boolean;
  readonly entries: readonly (readonly [name: string, value: string])[];
  /** The raw query without `?`, for signatures. */
  readonly raw: string;
}
