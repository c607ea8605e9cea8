/** A command line or environment that Coffer cannot follow; the message names the flag and the mend. */
export class UsageError extends Error {
  /** Beside 0 for done and 1 for failed. */
  readonly exitCode = 2;

  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
