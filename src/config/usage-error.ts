/** A command line or environment that Coffer cannot follow; the message names the flag and the mend. */
export class UsageError extends Error {
  /** DESIGN: 0 done, 1 failed, 2 wrong usage. */
  readonly exitCode = 2;

  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
