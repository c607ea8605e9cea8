/** One line for every check, and the sums that decide how the suite ends. */

/** A promise of one client: it holds when the function returns. */
export type Check = (name: string, work: () => Promise<void> | void) => Promise<void>;

export class Checks {
  passed = 0;
  failed = 0;
  skipped = 0;
  #suite = '';
  readonly #started = performance.now();
  #suiteStarted = 0;

  begin(suite: string): void {
    this.#suite = suite;
    this.#suiteStarted = performance.now();
  }

  /** Runs one check. A failure is printed and counted, and the next check goes on. */
  readonly check: Check = async (name, work) => {
    const started = performance.now();
    try {
      await work();
      this.pass(name, performance.now() - started);
    } catch (error) {
      this.fail(name, error);
    }
  };

  pass(name: string, ms: number): void {
    this.passed += 1;
    console.log(`ok    ${this.#suite}: ${name} (${seconds(ms)})`);
  }

  fail(name: string, error: unknown): void {
    this.failed += 1;
    const reason = error instanceof Error ? error.message : String(error);
    console.log(`FAIL  ${this.#suite}: ${name}\n${reason.replaceAll(/^/gm, '      ')}`);
  }

  skip(name: string, reason: string): void {
    this.skipped += 1;
    console.log(`skip  ${this.#suite}: ${name}: ${reason}`);
  }

  end(): void {
    console.log(`time  ${this.#suite}: ${seconds(performance.now() - this.#suiteStarted)}`);
  }

  /** The closing line, alone on its line; the exit code that goes with it. A run of nothing fails. */
  close(): number {
    console.log(`time  all clients: ${seconds(performance.now() - this.#started)}`);
    console.log(`${this.passed} passed, ${this.failed} failed, ${this.skipped} skipped`);
    return this.failed === 0 && this.passed > 0 ? 0 : 1;
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
