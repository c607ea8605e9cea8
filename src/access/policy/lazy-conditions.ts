/** A `ConditionContext` that works its keys out on demand, and contexts laid over one another. */
import type { ConditionContext } from '../permission.ts';

type Values = readonly string[];

/** `read` gives a key's values; `names` all keys it could know, asked only when someone iterates. */
export class LazyConditions implements ConditionContext {
  readonly #read: (key: string) => Values | undefined;
  readonly #names: () => Iterable<string>;

  constructor(read: (key: string) => Values | undefined, names: () => Iterable<string>) {
    this.#read = read;
    this.#names = names;
  }

  get(key: string): Values | undefined {
    return this.#read(key);
  }

  has(key: string): boolean {
    return this.#read(key) !== undefined;
  }

  get size(): number {
    return this.#whole().size;
  }

  forEach(each: (values: Values, key: string, map: ConditionContext) => void): void {
    for (const [key, values] of this.#whole()) each(values, key, this);
  }

  entries(): MapIterator<[string, Values]> {
    return this.#whole().entries();
  }

  keys(): MapIterator<string> {
    return this.#whole().keys();
  }

  values(): MapIterator<Values> {
    return this.#whole().values();
  }

  [Symbol.iterator](): MapIterator<[string, Values]> {
    return this.entries();
  }

  #whole(): Map<string, Values> {
    const whole = new Map<string, Values>();
    for (const key of this.#names()) {
      const values = this.#read(key);
      if (values !== undefined) whole.set(key, values);
    }
    return whole;
  }
}

/** Earlier contexts win, key by key. */
export function layeredConditions(...layers: readonly ConditionContext[]): ConditionContext {
  return new LazyConditions(
    (key) => {
      for (const layer of layers) {
        const values = layer.get(key);
        if (values !== undefined) return values;
      }
      return undefined;
    },
    () => layers.flatMap((layer) => [...layer.keys()]),
  );
}
