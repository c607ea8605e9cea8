/**
 * Rates from the server's counters, which only ever grow: two samples make one point of the charts.
 * A restart begins them anew, and no rate is made across it.
 */
import type { Overview } from '../../../../src/admin/contract.ts';

export interface Point {
  /** Milliseconds since 1970, of the later sample. */
  readonly at: number;
  /** Each second, by operation; those that were not asked for are absent. */
  readonly requests: Readonly<Record<string, number>>;
  readonly requestsTotal: number;
  readonly errors4xx: number;
  readonly errors5xx: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Milliseconds; undefined: no request ended between the samples. */
  readonly median: number | undefined;
  readonly p99: number | undefined;
}

type Sample = Pick<Overview, 'now' | 'startedAt' | 'counters' | 'latency'>;

/** Undefined where no rate can be told. */
export function pointOf(before: Sample, after: Sample): Point | undefined {
  const at = new Date(after.now).getTime();
  const seconds = (at - new Date(before.now).getTime()) / 1000;
  if (seconds <= 0 || isRestart(before, after)) return undefined;
  const rate = (count: (counters: Sample['counters']) => number): number =>
    Math.max(0, count(after.counters) - count(before.counters)) / seconds;
  const requests: Record<string, number> = {};
  let requestsTotal = 0;
  for (const operation of Object.keys(after.counters.requests)) {
    const each = rate((counters) => counters.requests[operation] ?? 0);
    if (each > 0) requests[operation] = each;
    requestsTotal += each;
  }
  const { boundariesMs } = after.latency;
  const counts = after.latency.counts.map((count, index) =>
    Math.max(0, count - (before.latency.counts[index] ?? 0)),
  );
  return {
    at,
    requests,
    requestsTotal,
    errors4xx: rate(({ errors4xx }) => errors4xx),
    errors5xx: rate(({ errors5xx }) => errors5xx),
    bytesIn: rate(({ bytesIn }) => bytesIn),
    bytesOut: rate(({ bytesOut }) => bytesOut),
    median: quantile(boundariesMs, counts, 0.5),
    p99: quantile(boundariesMs, counts, 0.99),
  };
}

/** Processes that serve may also be replaced, one by one: then a counter falls without a restart. */
function isRestart(before: Sample, after: Sample): boolean {
  return before.startedAt !== after.startedAt;
}

/**
 * Of a cumulative histogram whose last count is of all: between two boundaries, values are taken to
 * lie evenly; beyond the last one nothing is known, and it is given.
 */
export function quantile(
  boundaries: readonly number[],
  counts: readonly number[],
  share: number,
): number | undefined {
  const all = counts.at(-1) ?? 0;
  if (all === 0) return undefined;
  const wanted = share * all;
  const index = boundaries.findIndex((_boundary, place) => (counts[place] ?? 0) >= wanted);
  if (index === -1) return boundaries.at(-1);
  const below = index === 0 ? 0 : (counts[index - 1] ?? 0);
  const lower = index === 0 ? 0 : (boundaries[index - 1] ?? 0);
  const upper = boundaries[index] ?? lower;
  const within = (counts[index] ?? 0) - below;
  return within === 0 ? upper : lower + ((upper - lower) * (wanted - below)) / within;
}

/** The operations asked for most, and what is left of the others under `Others`. */
export function topOperations(points: readonly Point[], most: number): readonly string[] {
  const totals = new Map<string, number>();
  for (const { requests } of points) {
    for (const [operation, rate] of Object.entries(requests)) {
      totals.set(operation, (totals.get(operation) ?? 0) + rate);
    }
  }
  return [...totals]
    .toSorted(([one, a], [other, b]) => b - a || (one < other ? -1 : 1))
    .slice(0, most)
    .map(([operation]) => operation);
}

/** Only what is younger than `keepMs`, with the new one. */
export function keptPoints(
  points: readonly Point[],
  next: Point | undefined,
  { now, keepMs }: { readonly now: number; readonly keepMs: number },
): readonly Point[] {
  const all = next === undefined ? points : [...points, next];
  return all.filter(({ at }) => at > now - keepMs);
}
