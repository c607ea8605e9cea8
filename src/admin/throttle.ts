/**
 * Slows down who guesses: after some failures the next attempt is looked at only after a wait, which
 * doubles each time. Counted by client address and by access key id, in memory, bounded. An attempt
 * counts as a failure from its beginning, so that many at once are no way around.
 *
 * A key's wait stays short: who only knows its id must not keep its owner out for long.
 */
import { Refusal } from '../base/refusal.ts';
import type { Clock } from '../base/time.ts';

export const throttleLimits = {
  /** Failures without a wait. */
  freeFailures: 5,
  addressWaitMsMax: 15 * 60_000,
  accessKeyWaitMsMax: 60_000,
  /** A failure is forgotten when nothing came for so long. */
  forgottenMs: 60 * 60_000,
  /** Addresses, and access keys, that are remembered. */
  entriesMax: 10_000,
} as const;

export interface Attempt {
  /** It was no failure: the access key's are forgotten, the address's stay. */
  succeeded(): void;
}

export class Throttle {
  readonly #addresses: Failures;
  readonly #accessKeys: Failures;

  constructor(clock: Clock) {
    this.#addresses = new Failures(clock, throttleLimits.addressWaitMsMax);
    this.#accessKeys = new Failures(clock, throttleLimits.accessKeyWaitMsMax);
  }

  /** Begins an attempt. Throws `TooManyAttempts`; then nothing is counted. */
  begin(address: string, accessKeyId: string): Attempt {
    const network = networkOf(address);
    const waitMs = Math.max(this.#addresses.waitMs(network), this.#accessKeys.waitMs(accessKeyId));
    if (waitMs > 0) throw tooMany(Math.ceil(waitMs / 1000));
    this.#addresses.add(network);
    this.#accessKeys.add(accessKeyId);
    return {
      succeeded: () => {
        // Who holds one key must not reset the count of their guesses at others.
        this.#addresses.takeBack(network);
        this.#accessKeys.forget(accessKeyId);
      },
    };
  }
}

interface Entry {
  readonly count: number;
  readonly lastAt: number;
}

class Failures {
  readonly #clock: Clock;
  readonly #waitMsMax: number;
  /** In order of their last failure. */
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock, waitMsMax: number) {
    this.#clock = clock;
    this.#waitMsMax = waitMsMax;
  }

  waitMs(name: string): number {
    const { count, lastAt } = this.#entry(name);
    const over = count - throttleLimits.freeFailures;
    if (over < 0) return 0;
    const whole = Math.min(1000 * 2 ** Math.min(over, 30), this.#waitMsMax);
    return lastAt + whole - this.#clock().getTime();
  }

  add(name: string): void {
    const { count } = this.#entry(name);
    this.#entries.delete(name);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < throttleLimits.entriesMax) break;
      this.#entries.delete(oldest);
    }
    this.#entries.set(name, { count: count + 1, lastAt: this.#clock().getTime() });
  }

  takeBack(name: string): void {
    const { count, lastAt } = this.#entry(name);
    if (count <= 1) this.#entries.delete(name);
    else this.#entries.set(name, { count: count - 1, lastAt });
  }

  forget(name: string): void {
    this.#entries.delete(name);
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    const late = entry && this.#clock().getTime() - entry.lastAt >= throttleLimits.forgottenMs;
    return entry === undefined || late === true ? none : entry;
  }
}

const none: Entry = { count: 0, lastAt: 0 };

/** Of an IPv6 address its network of 64 bits: one customer has them all. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [front = '', back] = address.split('::');
  const given = front.split(':').filter((group) => group !== '');
  const behind = (back ?? '').split(':').filter((group) => group !== '');
  const zeros = back === undefined ? 0 : Math.max(0, 8 - given.length - behind.length);
  const groups = [...given, ...Array.from({ length: zeros }, () => '0'), ...behind];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':');
}

function tooMany(seconds: number): Refusal {
  const unit = seconds === 1 ? 'second' : 'seconds';
  return new Refusal('TooManyAttempts', {
    message: `There were too many failed attempts to sign in. Try again in ${seconds} ${unit}.`,
    headers: { 'Retry-After': String(seconds) },
  });
}
