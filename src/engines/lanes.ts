/**
 * Turns for attempts that conflicted: one at a time for each contended key, first come first
 * served. Without it n callers on one hot key run n² attempts and some starve; with it each runs
 * about two. A lane orders the attempts of this process only: it is a courtesy that saves work,
 * and correctness never rests on it.
 */

/** The lanes of one engine. */
export class Lanes {
  readonly #tails = new Map<string, Promise<void>>();

  /** Waits until every earlier turn on `name` has ended; disposing the turn lets the next one go. */
  async turn(name: string): Promise<Disposable> {
    const before = this.#tails.get(name);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#tails.set(name, promise);
    await before;
    return {
      [Symbol.dispose]: () => {
        if (this.#tails.get(name) === promise) this.#tails.delete(name);
        resolve();
      },
    };
  }
}
