/** The re-wrap of a served store: what it is given, and what it tells to /metrics. */
import type { Log } from './base/log.ts';
import type { Metrics, MetricsSnapshot } from './base/metrics.ts';
import { systemClock } from './base/time.ts';
import { Rewrapping } from './jobs/rewrap.ts';
import type { ReadServed, Served } from './jobs/rewrap-pace.ts';
import type { OpenedStore } from './open-store.ts';

/** Starts it: from now on rows move to the current master key version by themselves. */
export function startRewrapping(
  { rows, metadata, keys }: OpenedStore,
  {
    log,
    metrics,
    served,
  }: { readonly log: Log; readonly metrics: Metrics; readonly served: ReadServed },
): Rewrapping {
  const moved = metrics.counter(
    'coffer_rewrap_rows_total',
    'Rows moved to the current master key version.',
  );
  const rewrapping = new Rewrapping({
    rows,
    metadata,
    keys,
    clock: systemClock,
    log,
    moved,
    served,
  });
  metrics.gauge(
    'coffer_rewrap_remaining_rows',
    'Rows under older master key versions that a re-wrap has still to move, or could not.',
    () => rewrapping.remaining,
  );
  return rewrapping;
}

/** Metrics of which it is known what is served now. */
export function watchServed(metrics: Metrics): { metrics: Metrics; served: ReadServed } {
  let inFlight = 0;
  let answered = 0;
  return {
    metrics: {
      ...metrics,
      requestStarted: () => {
        inFlight += 1;
        metrics.requestStarted();
      },
      requestFinished: (request) => {
        inFlight -= 1;
        answered += 1;
        metrics.requestFinished(request);
      },
    },
    served: () => ({ inFlight, answered }),
  };
}

const askMs = 1_000;

/** What workers serve: they are asked only while somebody wants to know, once a second at most. */
export function whatWorkersServe(snapshots: () => Promise<readonly MetricsSnapshot[]>): ReadServed {
  const ageMsMax = 2 * askMs;
  let known: Served = { inFlight: 0, answered: 0, ageMsMax };
  let askedAt = Number.NEGATIVE_INFINITY;
  const learn = (all: readonly MetricsSnapshot[]): void => {
    const inFlight = sumOf(all, 'coffer_requests_in_flight');
    known = { inFlight, answered: sumOf(all, 'coffer_requests_total'), ageMsMax };
  };
  return () => {
    const now = performance.now();
    if (now - askedAt >= askMs) {
      askedAt = now;
      // A worker that does not answer is being replaced.
      void snapshots().then(learn, () => undefined);
    }
    return known;
  };
}

/** Of one metric, over all series of all processes. */
function sumOf(snapshots: readonly MetricsSnapshot[], name: string): number {
  let sum = 0;
  for (const metric of snapshots.flat() as readonly SnapshotMetric[]) {
    if (metric.name === name) for (const { value } of metric.values) sum += value;
  }
  return sum;
}

interface SnapshotMetric {
  readonly name: string;
  readonly values: readonly { readonly value: number }[];
}
