/**
 * What runs by itself, in the primary: one job at a time, each at its own pace. A job that fails is
 * logged and tried again at its next turn; it never takes the service down.
 */
import type { Log } from '../base/log.ts';

export interface Job {
  readonly name: string;
  /** From the end of one run to the start of the next. */
  readonly everyMs: number;
  /** Does the work; what it did, for the log, or undefined when there was nothing to do. */
  readonly run: () => Promise<Readonly<Record<string, number>> | undefined>;
}

export interface RunningJobs {
  /** Starts no further job, and waits for the one that runs. */
  stop(): Promise<void>;
}

/** Starts jobs; each runs once soon after the start. */
export function runJobs(jobs: readonly Job[], log: Log): RunningJobs {
  let stopped = false;
  let turn: Promise<void> = Promise.resolve();
  const timers = new Set<NodeJS.Timeout>();
  const after = async (earlier: Promise<void>, job: Job): Promise<void> => {
    await earlier;
    if (stopped) return;
    await runOne(job, log);
    if (!stopped) later(job, job.everyMs);
  };
  const later = (job: Job, ms: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      turn = after(turn, job);
    }, ms);
    timer.unref();
    timers.add(timer);
  };
  for (const job of jobs) later(job, Math.min(job.everyMs, firstMs));
  return {
    stop: async () => {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      await turn;
    },
  };
}

/** Not in the way of the first requests. */
const firstMs = 2_000;

async function runOne(job: Job, log: Log): Promise<void> {
  try {
    const did = await job.run();
    if (did !== undefined) log.info('job done', { job: job.name, ...did });
  } catch (error) {
    log.error('job failed', { job: job.name, error: error as Error });
  }
}
