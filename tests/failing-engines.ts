/** Engines of which one call, counted from when they are armed, fails as a disk or a network would. */
import { Fault, type FaultKind } from '../src/base/refusal.ts';
import type { Sealed } from '../src/base/sealed.ts';
import type { Blobs } from '../src/engines/blobs.ts';
import type { Metadata, Snapshot, Transaction } from '../src/engines/metadata.ts';
import type { Engines } from './store-fixture.ts';

/** How the call fails: before it has any effect, or after it had all of it. */
export interface Failure {
  /** Calls that still succeed. */
  after: number;
  readonly kind: FaultKind;
  readonly when: 'before' | 'after';
}

export class FailingEngines {
  /** Undefined: nothing fails. */
  failure: Failure | undefined;
  /** Whether the armed call was reached. */
  struck = false;

  arm(failure: Failure): void {
    this.failure = failure;
    this.struck = false;
  }

  disarm(): void {
    this.failure = undefined;
  }

  wrap(engines: Engines): Engines {
    return { metadata: this.#metadata(engines.metadata), blobs: this.#blobs(engines.blobs) };
  }

  async #call<T>(action: () => Promise<T>): Promise<T> {
    const { failure } = this;
    if (failure === undefined || this.struck || failure.after-- > 0) return action();
    this.struck = true;
    if (failure.when === 'after') await action();
    throw new Fault(failure.kind, 'a failure made for the test');
  }

  #metadata(inner: Metadata): Metadata {
    const reader = <T extends Transaction | Snapshot>(of: T): Pick<T, 'get' | 'range'> => ({
      get: (key) => this.#call(() => of.get(key)),
      range: (query) => this.#call(() => of.range(query)),
    });
    return {
      snapshot: () => {
        const snapshot = inner.snapshot();
        return {
          ...reader(snapshot),
          prefixes: (query) => this.#call(() => snapshot.prefixes(query)),
          [Symbol.dispose]: () => snapshot[Symbol.dispose](),
        };
      },
      transact: (fn) =>
        this.#call(() =>
          inner.transact((transaction) =>
            fn({
              ...reader(transaction),
              put: (key, value) => transaction.put(key, value),
              delete: (key) => transaction.delete(key),
            }),
          ),
        ),
      close: () => inner.close(),
    };
  }

  #blobs(inner: Blobs): Blobs {
    const failing = this.#failingBody.bind(this);
    return {
      write: (id, body) => this.#call(() => inner.write(id, failing(body))),
      read: (id, range) => this.#failingBody(inner.read(id, range)),
      size: (id) => this.#call(() => inner.size(id)),
      delete: (id) => this.#call(() => inner.delete(id)),
      list: () => inner.list(),
      listPrefix: (prefix) => inner.listPrefix(prefix),
      freeBytes: () => inner.freeBytes(),
      close: () => inner.close(),
    };
  }

  async *#failingBody<T extends Uint8Array | Sealed>(
    body: AsyncIterable<T> | Iterable<T>,
  ): AsyncGenerator<T> {
    for await (const chunk of body) yield this.#call(async () => chunk);
  }
}
