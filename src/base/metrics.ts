/**
 * Prometheus metrics of one process, and their sum over the workers of one machine. Labels come
 * from closed sets (operation names, status classes): no bucket, key, account or user ever appears.
 * Names follow Prometheus's rules: base units, `_total` for counters.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type * as PromClient from 'prom-client';

/**
 * The files of prom-client that are needed. Its index loads also what pushes metrics over HTTPS and
 * what traces, another tenth of a start.
 */
const load = createRequire(import.meta.url);
const Registry = load('prom-client/lib/registry') as typeof PromClient.Registry;
const AggregatorRegistry = load('prom-client/lib/cluster') as typeof PromClient.AggregatorRegistry;
const Counter = load('prom-client/lib/counter') as typeof PromClient.Counter;
const Gauge = load('prom-client/lib/gauge') as typeof PromClient.Gauge;
const Histogram = load('prom-client/lib/histogram') as typeof PromClient.Histogram;

/** The metrics of one process as plain data, to send from a worker to the primary. */
export type MetricsSnapshot = readonly object[];

/** One answered request. */
export interface ServedRequest {
  readonly operation: string;
  readonly status: number;
  readonly seconds: number;
  /** Body bytes as on the wire. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export interface Metrics {
  requestStarted(): void;
  requestFinished(served: ServedRequest): void;
  socketOpened(): void;
  socketClosed(): void;
  /** One more counter; gives what adds to it. */
  counter(name: string, help: string): (by?: number) => void;
  /** One more value, read at each snapshot; of several processes the largest counts. */
  gauge(name: string, help: string, read: () => number): void;
  snapshot(): Promise<MetricsSnapshot>;
}

/** The exposition format's media type. */
export const metricsContentType = Registry.PROMETHEUS_CONTENT_TYPE;

/** Opens the metrics of this process. */
export function openMetrics(build: { readonly version: string }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  registerProcess(registry, build.version);
  const requests = new Counter({
    name: 'coffer_requests_total',
    help: 'Answered requests by operation and status class.',
    labelNames: ['operation', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'coffer_request_duration_seconds',
    help: 'From the end of a request’s headers to the last byte of its reply.',
    labelNames: ['operation'],
    buckets: durationBucketsSeconds,
    registers,
  });
  const now = { requestsInFlight: 0, bytesReceived: 0, bytesSent: 0, openSockets: 0 };
  registerTallies(registers, now);

  // Looking a label set up hashes it; each pair is looked up once.
  const served = new Map<
    string,
    { count: PromClient.Counter.Internal; time: PromClient.Histogram.Internal<string> }
  >();
  const seriesOf = (operation: string, status: number) => {
    const statusClass = `${Math.trunc(status / 100)}xx`;
    const id = `${operation} ${statusClass}`;
    let series = served.get(id);
    if (series === undefined) {
      series = {
        count: requests.labels(operation, statusClass),
        time: durations.labels(operation),
      };
      served.set(id, series);
    }
    return series;
  };
  return {
    requestStarted: () => {
      now.requestsInFlight += 1;
    },
    requestFinished({ operation, status, seconds, bytesIn, bytesOut }) {
      const { count, time } = seriesOf(operation, status);
      now.requestsInFlight -= 1;
      count.inc();
      time.observe(seconds);
      now.bytesReceived += bytesIn;
      now.bytesSent += bytesOut;
    },
    socketOpened: () => {
      now.openSockets += 1;
    },
    socketClosed: () => {
      now.openSockets -= 1;
    },
    counter(name, help) {
      const made = new Counter({ name, help, registers });
      return (by = 1) => made.inc(by);
    },
    gauge(name, help, read) {
      registry.registerMetric(
        new Gauge({
          name,
          help,
          aggregator: 'max',
          registers: [],
          collect() {
            this.set(read());
          },
        }),
      );
    },
    snapshot: () => registry.getMetricsAsJSON(),
  };
}

/** The exposition text of the sum (or largest, or smallest, as each metric asks) of `snapshots`. */
export async function sumMetrics(snapshots: readonly MetricsSnapshot[]): Promise<string> {
  return AggregatorRegistry.aggregate(snapshots as object[][]).metrics();
}

/** The same as data. */
export async function sumSnapshots(
  snapshots: readonly MetricsSnapshot[],
): Promise<MetricsSnapshot> {
  return AggregatorRegistry.aggregate(snapshots as object[][]).getMetricsAsJSON();
}

/** Plain numbers, given to prom-client only when somebody asks: its `inc` costs as much as a read. */
interface Tallies {
  readonly requestsInFlight: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly openSockets: number;
}

function registerTallies(registers: PromClient.Registry[], now: Tallies): void {
  const counter = (tally: keyof Tallies, name: string, help: string): PromClient.Counter =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(now[tally]);
      },
    });
  const gauge = (tally: keyof Tallies, name: string, help: string): PromClient.Gauge =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(now[tally]);
      },
    });
  gauge('requestsInFlight', 'coffer_requests_in_flight', 'Requests being answered now.');
  counter('bytesReceived', 'coffer_received_bytes_total', 'Body bytes received, as on the wire.');
  counter('bytesSent', 'coffer_sent_bytes_total', 'Body bytes sent.');
  gauge('openSockets', 'coffer_open_sockets', 'Open client connections.');
}

const durationBucketsSeconds = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
];

function registerProcess(registry: PromClient.Registry, version: string): void {
  const build = new Gauge({
    name: 'coffer_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'node'],
    aggregator: 'max',
    registers: [],
  });
  build.set({ version, node: process.versions.node }, 1);
  registry.registerMetric(build);
  const start = new Gauge({
    name: 'process_start_time_seconds',
    help: 'Start of the process since the Unix epoch in seconds.',
    aggregator: 'min',
    registers: [],
  });
  start.set(Math.round(performance.timeOrigin) / 1000);
  registry.registerMetric(start);
  registry.registerMetric(
    new Counter({
      name: 'process_cpu_seconds_total',
      help: 'User and system CPU time in seconds, summed over processes.',
      registers: [],
      collect() {
        const { user, system } = process.cpuUsage();
        this.reset();
        this.inc((user + system) / 1e6);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'process_resident_memory_bytes',
      help: 'Resident memory in bytes, summed over processes.',
      registers: [],
      collect() {
        this.set(process.memoryUsage.rss());
      },
    }),
  );
  registerOpenFiles(registry);
  registerEventLoop(registry);
}

const fdFolder = '/proc/self/fd';

function registerOpenFiles(registry: PromClient.Registry): void {
  if (process.platform !== 'linux') return;
  registry.registerMetric(
    new Gauge({
      name: 'process_open_fds',
      help: 'Open file descriptors, summed over processes.',
      registers: [],
      collect() {
        this.set(readdirSync(fdFolder).length);
      },
    }),
  );
}

function registerEventLoop(registry: PromClient.Registry): void {
  const delay = monitorEventLoopDelay({ resolution: loopResolutionMs });
  delay.enable();
  const lag = new Gauge({
    name: 'coffer_event_loop_lag_seconds',
    help: 'How late the event loop was since the last scrape; the worst process.',
    labelNames: ['quantile'],
    aggregator: 'max',
    registers: [],
    collect() {
      // The monitor counts its own resolution as delay.
      const seconds = (ns: number): number => Math.max(0, ns / 1e9 - loopResolutionMs / 1000);
      lag.set({ quantile: '0.5' }, seconds(delay.percentile(50)));
      lag.set({ quantile: '0.99' }, seconds(delay.percentile(99)));
      lag.set({ quantile: '1' }, seconds(delay.max));
      delay.reset();
    },
  });
  registry.registerMetric(lag);
  let earlier = performance.eventLoopUtilization();
  registry.registerMetric(
    new Gauge({
      name: 'coffer_event_loop_busy_ratio',
      help: 'Share of the time since the last scrape the event loop was busy; the busiest process.',
      aggregator: 'max',
      registers: [],
      collect() {
        const now = performance.eventLoopUtilization();
        this.set(performance.eventLoopUtilization(now, earlier).utilization);
        earlier = now;
      },
    }),
  );
}

const loopResolutionMs = 20;
