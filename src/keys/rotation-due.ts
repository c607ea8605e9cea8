/**
 * Whether the master key is due to be rotated. Pure. The wall clock may jump: forward, and one
 * rotation is due; back, and a key that claims to be of the future is of unknown age, so it is due
 * too, unless the process has just begun: a machine may set its clock only after its start. Neither
 * may make a storm, so between two rotations that nobody asked for at least an hour passes by a
 * clock that never jumps.
 */

export interface RotationPolicy {
  /** The greatest age of the current version, in milliseconds. */
  readonly everyMs: number;
  /** The most wraps under one version. */
  readonly afterWraps: number;
}

export interface RotationFacts {
  readonly now: Date;
  /** When the current version was made. */
  readonly createdAt: Date;
  /** An upper bound of the wraps made under it. */
  readonly wraps: number;
  /** Since this process last saw a rotation, by a monotonic clock; undefined: none since its start. */
  readonly sinceLastMs: number | undefined;
  /** Since this process began, by the same clock. */
  readonly sinceStartMs: number;
}

const apartMsMin = 60 * 60_000;
/** Clocks of machines differ; so little of a future is none. */
const skewMsMax = 5 * 60_000;

/** Why it is due; undefined: it is not. */
export function rotationDue(
  facts: RotationFacts,
  policy: RotationPolicy,
): 'age' | 'wraps' | undefined {
  if (facts.sinceLastMs !== undefined && facts.sinceLastMs < apartMsMin) return undefined;
  const ageMs = facts.now.getTime() - facts.createdAt.getTime();
  if (ageMs >= policy.everyMs) return 'age';
  if (ageMs < -skewMsMax && facts.sinceStartMs >= apartMsMin) return 'age';
  return facts.wraps >= policy.afterWraps ? 'wraps' : undefined;
}

/** When the current version comes of age. */
export function nextRotation(createdAt: Date, { everyMs }: RotationPolicy): Date {
  return new Date(createdAt.getTime() + everyMs);
}
