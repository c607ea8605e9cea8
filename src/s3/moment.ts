/**
 * What one request sees of the store: one view, let go whenever its client is waited for. A view
 * holds a snapshot of the metadata, and there are only so many: a client that sends its body slowly
 * must not keep one (SECURITY-REGRESSIONS, "slow bodies").
 *
 * Between two views anything may happen, a bucket be deleted and its name given to somebody else. So
 * the buckets that were decided about are remembered by id, and neither a later view nor a write of
 * this request finds another one in their place.
 */
import { Refusal, assert } from '../base/refusal.ts';
import type { Store, View } from '../store/store.ts';

export class Moment implements Disposable {
  /** The store as this request may use it. */
  readonly store: Store;
  readonly #decided = new Map<string, Uint8Array>();
  #view: View | undefined;
  #ended = false;

  constructor(store: Store) {
    this.store = store.within(this.#decided);
  }

  /** The view that is open, or a new one. */
  get view(): View {
    assert(!this.#ended, 'a view was asked for after the request ended');
    return (this.#view ??= this.store.view());
  }

  /** Lets the view go: the client is waited for. */
  release(): void {
    this.#view?.[Symbol.dispose]();
    this.#view = undefined;
  }

  /** From now on `name` means the bucket of this id, or none. */
  decideAbout(name: string, id: Uint8Array): void {
    const earlier = this.#decided.get(name);
    if (earlier === undefined) this.#decided.set(name, id);
    else if (Buffer.compare(earlier, id) !== 0) {
      throw new Refusal('NoSuchBucket', { fields: { BucketName: name } });
    }
  }

  [Symbol.dispose](): void {
    this.release();
    this.#ended = true;
  }
}
