/** The re-wrap of a served store: what it is given, and what it tells to /metrics. */
import type { Log } from './base/log.ts';
import type { Metrics } from './base/metrics.ts';
import { systemClock } from './base/time.ts';
import { Rewrapping } from './jobs/rewrap.ts';
import type { ReadServed } from './jobs/rewrap-pace.ts';
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
