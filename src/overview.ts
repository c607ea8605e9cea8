/** How the server does, for the console's overview. */
import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { adminOperations } from './admin/all-operations.ts';
import type { Overview, RewrapReport } from './admin/contract.ts';
import { SharedScans } from './admin/shared-scans.ts';
import { type MetricsSnapshot, sumSnapshots } from './base/metrics.ts';
import { servedTotals } from './base/served-totals.ts';
import { isoTime, systemClock } from './base/time.ts';
import type { Settings } from './config/settings.ts';
import { nextRotation } from './keys/rotation-due.ts';
import type { OpenedStore } from './open-store.ts';
import { bucketRow } from './rows/bucket-row.ts';
import { pagesOf } from './rows/pages.ts';

export interface OverviewSources {
  readonly opened: OpenedStore;
  readonly settings: Settings;
  readonly version: string;
  /** Of every process. */
  readonly snapshots: () => Promise<readonly MetricsSnapshot[]>;
  readonly rewrap: () => RewrapReport | undefined;
  /** True while the server ends. */
  readonly ending: () => boolean;
}

/** What reads it, for as many consoles as look at once. */
export function overviewOf(sources: OverviewSources): () => Promise<Overview> {
  const counted = new SharedScans<Pick<Overview, 'buckets' | 'accounts'>>(systemClock);
  return async () => {
    const { opened, settings, version, rewrap, ending } = sources;
    const [snapshots, disk, { buckets, accounts }] = await Promise.all([
      sources.snapshots(),
      diskOf(settings.data),
      counted.get('', () => count(opened)),
    ]);
    const summed = await sumSnapshots(snapshots);
    // The primary's own is one more where others serve.
    const workers = settings.workers === 1 ? 1 : snapshots.length - 1;
    const { memoryBytes, latency, ...counters } = servedTotals(summed, isOfS3);
    const { current, versions } = opened.keys.newest.keyring;
    const createdAt = versions.get(current)?.createdAt ?? new Date(0);
    return {
      now: isoTime(systemClock()),
      startedAt: isoTime(new Date(performance.timeOrigin)),
      version,
      node: process.version,
      workers,
      ready: workers > 0 && !ending(),
      disk,
      memoryBytes,
      buckets,
      accounts,
      counters,
      latency,
      keys: {
        current,
        createdAt: isoTime(createdAt),
        nextRotation: isoTime(nextRotation(createdAt, settings.rotation)),
        rewrap: rewrap() ?? null,
      },
    };
  };
}

/** What the console port and the health checks answer is counted beside it. */
const others: ReadonlySet<string> = new Set([
  ...adminOperations.map(({ name }) => String(name)),
  'Console',
  'Health',
  'Metrics',
]);
const isOfS3 = (operation: string): boolean => !others.has(operation);

async function count({
  rows,
  accounts,
}: OpenedStore): Promise<Pick<Overview, 'buckets' | 'accounts'>> {
  using view = rows.view();
  let buckets = 0;
  for await (const page of pagesOf(bucketRow, (range) => view.range(bucketRow, range))) {
    buckets += page.filter(({ value }) => value.shreddedAt === undefined).length;
  }
  return { buckets, accounts: (await accounts.list(view)).length };
}

async function diskOf(data: string): Promise<Overview['disk']> {
  const [system, file] = await Promise.all([
    statfs(data).catch(() => undefined),
    stat(join(data, 'metadata', 'data.mdb')).catch(() => undefined),
  ]);
  return {
    freeBytes: system === undefined ? null : system.bavail * system.bsize,
    totalBytes: system === undefined ? null : system.blocks * system.bsize,
    // The file is sparse: what it takes of the disk, not what it may become.
    metadataBytes: file === undefined ? 0 : file.blocks * 512,
  };
}
