/**
 * A start that cannot go on: one clear sentence that names the file, address or setting at fault,
 * and one that says how to mend it. `main` prints it without a stack and ends with `exitCode`.
 */
export class StartError extends Error {
  readonly exitCode: number;

  constructor(message: string, options: ErrorOptions & { readonly exitCode?: number } = {}) {
    super(message, options);
    this.name = 'StartError';
    this.exitCode = options.exitCode ?? 1;
  }
}
