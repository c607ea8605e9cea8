/** What the request metrics of all processes add up to, as numbers: counters since the start. */
import type { MetricsSnapshot } from './metrics.ts';

export interface ServedTotals {
  /** By operation. */
  readonly requests: Readonly<Record<string, number>>;
  readonly errors4xx: number;
  readonly errors5xx: number;
  /** Body bytes as on the wire, of every port. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** How many took at most so long. */
  readonly latency: {
    readonly boundariesMs: readonly number[];
    readonly counts: readonly number[];
  };
  /** Resident, of all processes. */
  readonly memoryBytes: number;
}

/** Adds up a summed snapshot; of requests, those of the operations that `counts` names. */
export function servedTotals(
  summed: MetricsSnapshot,
  counts: (operation: string) => boolean,
): ServedTotals {
  const values = new Map(
    (summed as readonly Metric[]).map((metric) => [metric.name, metric.values]),
  );
  const of = (name: string): readonly Value[] => values.get(name) ?? [];
  const total = (name: string): number => of(name).reduce((sum, { value }) => sum + value, 0);
  const requests: Record<string, number> = {};
  const errors = { '4xx': 0, '5xx': 0 };
  for (const { labels, value } of of('coffer_requests_total')) {
    const { operation = '', status = '' } = labels;
    if (!counts(operation)) continue;
    requests[operation] = (requests[operation] ?? 0) + value;
    if (status === '4xx' || status === '5xx') errors[status] += value;
  }
  return {
    requests,
    errors4xx: errors['4xx'],
    errors5xx: errors['5xx'],
    bytesIn: total('coffer_received_bytes_total'),
    bytesOut: total('coffer_sent_bytes_total'),
    latency: latencyOf(of('coffer_request_duration_seconds'), counts),
    memoryBytes: total('process_resident_memory_bytes'),
  };
}

/** As prom-client gives it: a histogram's values are its cumulative buckets, its sum and its count. */
interface Metric {
  readonly name: string;
  readonly values: readonly Value[];
}

interface Value {
  readonly labels: Readonly<Partial<Record<string, string>>>;
  readonly value: number;
  readonly metricName?: string;
}

function latencyOf(
  values: readonly Value[],
  counts: (operation: string) => boolean,
): ServedTotals['latency'] {
  const buckets = new Map<number, number>();
  for (const { labels, value, metricName } of values) {
    if (metricName?.endsWith('_bucket') !== true || !counts(labels['operation'] ?? '')) continue;
    const le = String(labels['le']);
    const seconds = le === '+Inf' ? Infinity : Number(le);
    buckets.set(seconds, (buckets.get(seconds) ?? 0) + value);
  }
  const sorted = [...buckets].toSorted(([a], [b]) => a - b);
  return {
    boundariesMs: sorted.filter(([s]) => s !== Infinity).map(([s]) => Math.round(s * 1e6) / 1e3),
    counts: sorted.map(([, count]) => count),
  };
}
