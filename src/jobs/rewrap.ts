/**
 * The re-wrap as it runs by itself: soon after the start while anything refers to an older master
 * key version, after each rotation, and again where the version changes midway. What an operator
 * asks for, a bucket or a prefix, goes first. Nothing of a run is kept but what the rows' headers
 * say, so a kill costs a walk over headers and no more.
 */
import type { Log } from '../base/log.ts';
import { Refusal } from '../base/refusal.ts';
import type { Clock } from '../base/time.ts';
import { bucketRow } from '../rows/bucket-row.ts';
import type { KeyRange } from '../rows/keyspace.ts';
import { bucketRanges, masterKeyRanges, prefixRanges } from '../rows/old-rows.ts';
import {
  type Pace,
  type RewrapProgress,
  type RewrapSource,
  countOldRows,
  rewrapRows,
} from '../rows/rewrap.ts';
import { AdaptivePace, type ReadServed } from './rewrap-pace.ts';
import { type RewrapReport, RewrapRun, type RewrapScope } from './rewrap-report.ts';
import { type RunningJobs, runJobs } from './run.ts';

export interface RewrapParts extends RewrapSource {
  readonly clock: Clock;
  readonly log: Log;
  /** Told of every row that was moved. */
  readonly moved: (rows: number) => void;
  /** What is served now. */
  readonly served: ReadServed;
  /** Within this time a rotation is noticed; to look costs nothing. */
  readonly everyMs?: number;
}

const name = 'rewrap';
const everyMsDefault = 5_000;
/** When rows that could not be moved are tried again. */
const retryMs = 6 * 60 * 60 * 1000;
const failedMs = 60_000;
const runsKept = 64;
const logEveryMs = 10_000;
/** Rows that are named in the log; the rest is counted. */
const namesLoggedMax = 1_000;

export class Rewrapping {
  readonly #parts: RewrapParts;
  readonly #jobs: RunningJobs;
  readonly #pace: Pace;
  readonly #runs = new Map<number, RewrapRun>();
  readonly #requested: RewrapRun[] = [];
  #stopping = false;
  /** The version under which everything stands that can. */
  #settled: { readonly version: number; readonly again: number } | undefined;
  #whole: RewrapRun | undefined;
  #latest: RewrapRun | undefined;
  #loggedAt = 0;
  #namesLogged = 0;

  constructor(parts: RewrapParts) {
    this.#parts = parts;
    this.#pace = new AdaptivePace({ served: parts.served, stopped: () => this.#stopping });
    const { everyMs = everyMsDefault } = parts;
    this.#jobs = runJobs([{ name, everyMs, run: () => this.#turn() }], parts.log);
  }

  /**
   * Moves what is asked for, before all else; tells of the run that does it. A bucket that is not
   * there is a `Refusal`.
   */
  async request(scope: RewrapScope): Promise<RewrapReport> {
    const { bucket } = scope;
    if (bucket !== undefined && (await this.#bucketId(bucket)) === undefined) {
      throw new Refusal('NotFound', { message: `There is no bucket ${JSON.stringify(bucket)}.` });
    }
    const { current } = this.#parts.keys.newest.schedule;
    const whole = bucket === undefined ? this.#whole : undefined;
    const underWay = whole !== undefined && whole.finishedAt === undefined;
    if (underWay && whole.version === current) return whole.report();
    const run = this.#newRun(scope);
    this.#requested.push(run);
    this.#jobs.hurry(name);
    return run.report();
  }

  /** A run by its number, or the latest; undefined where there was none since the start. */
  report(run?: number): RewrapReport | undefined {
    return (run === undefined ? this.#latest : this.#runs.get(run))?.report();
  }

  /** Rows that the last run over everything has still to move, or could not. */
  get remaining(): number {
    return this.#whole === undefined ? 0 : this.#whole.remaining + this.#whole.unmovedRows;
  }

  /** Resolves when the transactions under way have ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#jobs.stop();
  }

  async #turn(): Promise<undefined> {
    await this.#runRequested();
    const { current } = this.#parts.keys.newest.schedule;
    const settled = this.#settled;
    if (settled?.version === current && performance.now() < settled.again) return undefined;
    if (!this.#stopping) await this.#run(this.#newRun({}));
    return undefined;
  }

  async #runRequested(): Promise<void> {
    for (let run = this.#requested.shift(); run !== undefined; run = this.#requested.shift()) {
      await this.#run(run);
    }
  }

  #newRun(scope: RewrapScope): RewrapRun {
    const number = (this.#latest?.number ?? 0) + 1;
    const version = this.#parts.keys.newest.schedule.current;
    const run = new RewrapRun({ number, scope, version }, () => this.#tell(run));
    this.#runs.set(number, run);
    this.#runs.delete(number - runsKept);
    this.#latest = run;
    if (scope.bucket === undefined) this.#whole = run;
    return run;
  }

  async #run(run: RewrapRun): Promise<void> {
    const { clock, log, keys } = this.#parts;
    run.startedAt = clock();
    run.state = 'counting';
    run.version = keys.newest.schedule.current;
    this.#loggedAt = performance.now();
    this.#namesLogged = 0;
    // Where it fails, it is tried again after a while.
    this.#again(run, failedMs);
    let finished = false;
    try {
      finished = await this.#walk(run);
    } finally {
      run.finishedAt = clock();
      if (!finished) run.state = this.#stopping ? 'stopped' : 'failed';
    }
    if (!finished) return;
    run.state = run.unmovedRows === 0 ? 'complete' : 'incomplete';
    this.#again(run, run.unmovedRows === 0 ? Number.POSITIVE_INFINITY : retryMs);
    if (run.movedRows + run.unmovedRows === 0) return;
    const done = { version: run.version, moved: run.movedRows, unmoved: run.unmovedRows };
    if (run.unmovedRows === 0) log.info('re-wrap done', done);
    else log.error('re-wrap incomplete: some rows do not open under any master key', done);
  }

  /** When everything is walked again by itself, unless the version changes. */
  #again({ scope, version }: RewrapRun, ms: number): void {
    if (scope.bucket === undefined) this.#settled = { version, again: performance.now() + ms };
  }

  /** False where it was stopped. */
  async #walk(run: RewrapRun): Promise<boolean> {
    const pace = this.#paceOf(run);
    const count = await countOldRows(this.#parts, await this.#ranges(run.scope), pace);
    if (count === undefined) return false;
    run.total = count;
    run.state = 'moving';
    const progress = this.#progress(run);
    return rewrapRows(this.#parts, await this.#ranges(run.scope), { pace, progress });
  }

  /** A run over everything lets what is asked for go first. */
  #paceOf(run: RewrapRun): Pace {
    const pace = this.#pace;
    if (run.scope.bucket !== undefined) return pace;
    return {
      turn: async () => {
        if (this.#requested.length > 0) await this.#runRequested();
        return pace.turn();
      },
      held: (ms, rows) => pace.held(ms, rows),
      committed: (ms) => pace.committed(ms),
    };
  }

  #progress(run: RewrapRun): RewrapProgress {
    const { moved, log } = this.#parts;
    return {
      moved: (rows) => {
        moved(rows);
        run.moved(rows);
      },
      unmoved: (rows, names) => {
        for (const row of names) {
          this.#namesLogged += 1;
          if (this.#namesLogged <= namesLoggedMax) log.error('a row cannot be re-wrapped', { row });
        }
        run.unmoved(rows, names);
      },
      passed: (rows) => run.passed(rows),
    };
  }

  #tell(run: RewrapRun): void {
    const now = performance.now();
    if (now - this.#loggedAt < logEveryMs) return;
    this.#loggedAt = now;
    const { version, rows, moved, rowsPerSecond, secondsLeft } = run.report();
    this.#parts.log.info('re-wrap under way', {
      version,
      rows: rows ?? undefined,
      moved,
      rowsPerSecond,
      secondsLeft: secondsLeft ?? undefined,
    });
  }

  async #ranges({
    bucket,
    prefix,
  }: RewrapScope): Promise<Iterable<KeyRange> | AsyncIterable<KeyRange>> {
    if (bucket === undefined) return masterKeyRanges;
    const id = await this.#bucketId(bucket);
    // Removed since it was asked for: nothing is left to be moved.
    if (id === undefined) return [];
    if (prefix === undefined || prefix === '') return bucketRanges(bucket, id);
    return prefixRanges(this.#parts.metadata, id, prefix);
  }

  async #bucketId(bucket: string): Promise<Uint8Array | undefined> {
    using view = this.#parts.rows.view();
    return (await view.get(bucketRow, bucket))?.id;
  }
}
