/**
 * A request's body as an async iterable over the socket, with back-pressure. A small body has
 * usually arrived with its headers, and is then handed over without a listener or a timer.
 *
 * Throws `IncompleteBody` when the client goes away or breaks the framing before the end, and
 * `RequestTimeout` when it falls below the minimum progress.
 */
import type { IncomingMessage } from 'node:http';
import { Defect, Refusal } from '../base/refusal.ts';
import { Wait } from './progress.ts';
import type { ProgressWatch } from './progress.ts';

/** What a request without a body iterates over. */
export const emptyBody: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(ended) }),
};

/** The body of one request; may be iterated once. */
export class RequestBody implements AsyncIterableIterator<Uint8Array, undefined> {
  /** Bytes handed over so far. */
  received = 0;
  readonly #message: IncomingMessage;
  readonly #watch: ProgressWatch;
  #iterated = false;
  #done = false;
  #failure: Refusal | undefined;
  #wait: Wait | undefined;
  #waiter: Waiter | undefined;

  constructor(message: IncomingMessage, watch: ProgressWatch) {
    this.#message = message;
    this.#watch = watch;
  }

  [Symbol.asyncIterator](): this {
    if (this.#iterated) throw new Defect('a request body was iterated twice');
    this.#iterated = true;
    return this;
  }

  next(): Promise<Result> {
    if (this.#done) return Promise.resolve(ended);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const result = this.#take();
    if (result !== undefined) return Promise.resolve(result);
    return new Promise((resolve, reject) => {
      if (this.#wait === undefined) {
        this.#wait = new Wait(this.#watch, () => this.fail(new Refusal('RequestTimeout')));
        this.#message.on('readable', this.#onReadable);
      }
      this.#waiter = { resolve, reject };
      this.#wait.begin();
    });
  }

  return(): Promise<Result> {
    this.#release();
    return Promise.resolve(ended);
  }

  /** True when every byte has arrived, read or not. */
  get complete(): boolean {
    return this.#message.complete;
  }

  /** Bytes that have arrived, read or not. */
  get arrived(): number {
    return this.received + this.#message.readableLength;
  }

  /** No more bytes will come: whoever waits for them gets `failure`, now or at its next step. */
  fail(failure: Refusal): void {
    if (this.#done || this.#failure !== undefined || this.complete) return;
    this.#failure = failure;
    const waiter = this.#waiter;
    this.#stopWaiting(0);
    waiter?.reject(failure);
  }

  /** Drops what was not read as it comes; `late` is called when that takes longer than a window. */
  drain(late: () => void): void {
    this.#release();
    if (!this.#message.readableEnded) this.#message.resume();
    if (this.complete) return;
    const wait = new Wait(this.#watch, late);
    wait.begin();
    this.#message.once('end', () => wait.stop());
    this.#message.once('close', () => wait.stop());
  }

  readonly #onReadable = (): void => {
    const waiter = this.#waiter;
    if (waiter === undefined) return;
    const result = this.#take();
    if (result === undefined) return;
    this.#stopWaiting(result.value?.length ?? 0);
    waiter.resolve(result);
  };

  #release(): void {
    this.#done = true;
    this.#stopWaiting(0);
    if (this.#wait !== undefined) this.#message.removeListener('readable', this.#onReadable);
  }

  #take(): Result | undefined {
    const chunk = this.#message.read() as Buffer | null;
    if (chunk !== null) {
      this.received += chunk.length;
      return { done: false, value: chunk };
    }
    if (!this.#message.complete) return undefined;
    this.#done = true;
    if (this.#wait !== undefined) this.#message.removeListener('readable', this.#onReadable);
    return ended;
  }

  #stopWaiting(bytes: number): void {
    this.#waiter = undefined;
    this.#wait?.end(bytes);
  }
}

type Result = IteratorResult<Uint8Array, undefined>;

interface Waiter {
  readonly resolve: (result: Result) => void;
  readonly reject: (failure: Refusal) => void;
}

const ended: Result = { done: true, value: undefined };
