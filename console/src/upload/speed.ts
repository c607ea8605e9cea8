/** Bytes a second over the last seconds, and the time that is left at that. */
const windowMs = 6000;

export class Speed {
  readonly #marks: { readonly at: number; readonly bytes: number }[] = [];

  /** `bytes`: all that was sent until now. */
  mark(bytes: number, at: number): void {
    const last = this.#marks.at(-1);
    // What is sent again after a failure is counted down first.
    if (last !== undefined && bytes < last.bytes) this.#marks.length = 0;
    this.#marks.push({ at, bytes });
    while ((this.#marks[0]?.at ?? at) < at - windowMs) this.#marks.shift();
  }

  bytesPerSecond(): number {
    const first = this.#marks[0];
    const last = this.#marks.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < 300) return 0;
    return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
  }

  /** Undefined where it cannot be told. */
  secondsLeft(bytes: number): number | undefined {
    const speed = this.bytesPerSecond();
    return speed < 1 ? undefined : bytes / speed;
  }
}
