/**
 * Rotation of the master key by itself: by age, by number of wraps, and where a kill left a rotation
 * unfinished. And by request, which goes the same way. A root of trust that is down stops nothing
 * but this: it is said clearly, and asked again at growing distances.
 */
import type { Log } from '../base/log.ts';
import { Fault } from '../base/refusal.ts';
import { preparedVersion } from '../keys/keyring.ts';
import { type RotationPolicy, rotationDue } from '../keys/rotation-due.ts';
import { KeeperFault } from '../keys/watched-keeper.ts';
import { sumWraps } from '../rows/process-rows.ts';
import { type Rotated, type Rotation, rotate } from './rotate.ts';
import type { Job } from './run.ts';

/** `unfinished`: a version was found prepared. */
export type RotationReason = 'age' | 'wraps' | 'unfinished' | 'asked';

export interface RotationParts extends Rotation {
  readonly log: Log;
  /** Told of each rotation that this process made. */
  readonly rotated: () => void;
}

/** Every rotation of this process, whoever wants it. */
export class Rotations {
  readonly parts: RotationParts;

  constructor(parts: RotationParts) {
    this.parts = parts;
  }

  /** Rotates away from version `from`, and says so in the log. */
  async rotate(from: number, why: RotationReason): Promise<Rotated> {
    const { log, rotated } = this.parts;
    const done = await rotate(this.parts, from);
    if (done.made) {
      rotated();
      log.info('the master key was rotated', { from, to: done.current, why });
    }
    return done;
  }
}

export interface RotateKeysOptions {
  readonly rotations: Rotations;
  readonly policy: RotationPolicy;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonicMs: () => number;
}

const everyMs = 60_000;
const retryMsMin = 60_000;
const retryMsMax = 60 * 60_000;

export function rotateKeys(options: RotateKeysOptions): Job {
  const due = new DueRotation(options);
  return { name: 'rotate-keys', everyMs, run: () => due.run() };
}

class DueRotation {
  readonly #options: RotateKeysOptions;
  readonly #startMs: number;
  /** The current version as this job knew it, and since when, if it saw it become so. */
  #seen: { readonly version: number; readonly sinceMs: number | undefined };
  #retryMs = retryMsMin;
  #notBeforeMs = -Infinity;

  constructor(options: RotateKeysOptions) {
    this.#options = options;
    this.#startMs = options.monotonicMs();
    this.#seen = { version: this.#keyring.current, sinceMs: undefined };
  }

  get #keyring() {
    return this.#options.rotations.parts.changes.keys.newest.keyring;
  }

  async run(): Promise<undefined> {
    const { rotations, monotonicMs } = this.#options;
    this.#look();
    if (monotonicMs() < this.#notBeforeMs) return;
    const why = await this.#why();
    if (why === undefined) return;
    const failure = await rotations.rotate(this.#keyring.current, why).then(
      () => undefined,
      (error: unknown) => error,
    );
    this.#look();
    if (failure === undefined) this.#retryMs = retryMsMin;
    else if (!rotations.parts.signal.aborted) this.#failed(failure, why);
  }

  /** Sees rotations, whoever made them. */
  #look(): void {
    const { current: version } = this.#keyring;
    if (version === this.#seen.version) return;
    this.#seen = { version, sinceMs: this.#options.monotonicMs() };
  }

  async #why(): Promise<RotationReason | undefined> {
    const { rotations, policy, monotonicMs } = this.#options;
    const { rows, clock } = rotations.parts;
    const keyring = this.#keyring;
    if (preparedVersion(keyring) !== undefined) return 'unfinished';
    const createdAt = keyring.versions.get(keyring.current)?.createdAt ?? clock();
    const wraps = (await sumWraps(rows)).get(keyring.current) ?? 0;
    const { sinceMs } = this.#seen;
    const facts = {
      now: clock(),
      createdAt,
      wraps,
      sinceLastMs: sinceMs === undefined ? undefined : monotonicMs() - sinceMs,
      sinceStartMs: monotonicMs() - this.#startMs,
    };
    return rotationDue(facts, policy);
  }

  #failed(failure: unknown, why: RotationReason): void {
    // What became of a commit is not known, or an assumption broke: not a keeper that is down.
    if (!(failure instanceof Fault) || failure.kind === 'unknown') throw failure;
    const { rotations, monotonicMs } = this.#options;
    rotations.parts.log.warn('the master key is due and was not rotated: everything else goes on', {
      why,
      ...(failure instanceof KeeperFault ? { reason: failure.message } : { error: failure }),
      afterMinutes: this.#retryMs / 60_000,
    });
    this.#notBeforeMs = monotonicMs() + this.#retryMs;
    this.#retryMs = Math.min(retryMsMax, this.#retryMs * 2);
  }
}
