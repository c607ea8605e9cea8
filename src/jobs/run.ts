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
  /** Runs a job now, or once more when it runs already: there is reason not to wait for its turn. */
  hurry(name: string): void;
  /** Starts no further job, and waits for the one that runs. */
  stop(): Promise<void>;
}

/** Starts jobs; each runs once soon after the start. */
export function runJobs(jobs: readonly Job[], log: Log): RunningJobs {
  let stopped = false;
  let turn: Promise<void> = Promise.resolve();
  const waiting = new Map<Job, NodeJS.Timeout>();
  const hurried = new Set<Job>();
  const after = async (earlier: Promise<void>, job: Job): Promise<void> => {
    await earlier;
    if (stopped) return;
    hurried.delete(job);
    await runOne(job, log);
    if (!stopped) later(job, hurried.has(job) ? 0 : job.everyMs);
  };
  const later = (job: Job, ms: number): void => {
    const timer = setTimeout(() => {
      waiting.delete(job);
      turn = after(turn, job);
    }, ms);
    timer.unref();
    waiting.set(job, timer);
  };
  for (const job of jobs) later(job, Math.min(job.everyMs, firstMs));
  return {
    hurry: (name) => {
      for (const job of jobs) {
        if (job.name !== name || stopped) continue;
        hurried.add(job);
        const timer = waiting.get(job);
        if (timer === undefined) continue;
        clearTimeout(timer);
        later(job, 0);
      }
    },
    stop: async () => {
      stopped = true;
      for (const timer of waiting.values()) clearTimeout(timer);
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
