/**
 * How fast the re-wrap may go. Nobody is served: as fast as it can. Requests are served by this
 * process: steps of a millisecond or two and a share of the event loop that shrinks as the requests
 * need more of it, so that their latency hardly moves, and seven eighths of the time no commit of
 * its own. Workers serve: this process knows only now and then what they do, and takes a small and
 * fixed share while they do anything.
 *
 * It bounds what the re-wrap takes; it does not measure latencies, and promises none.
 */
import { setImmediate, setTimeout as pause } from 'node:timers/promises';
import type { Pace, Turn } from '../rows/rewrap.ts';

/** What the process serves now. */
export interface Served {
  /** Requests being answered. */
  readonly inFlight: number;
  /** Requests answered since the start. */
  readonly answered: number;
  /** Where other processes serve: how old these numbers may be. */
  readonly ageMsMax?: number;
}

export type ReadServed = () => Served;

interface Manner {
  /** How long the event loop may be held by one step. */
  readonly holdMs: number;
  readonly headers: number;
  readonly transactions: number;
  /** Share of the time that steps may take. */
  readonly duty: number;
  /** Whether others wait for the disk. */
  readonly rests: boolean;
}

/** Many transactions: those that wait for a commit on a slow disk share the next one. */
const alone: Manner = { holdMs: 8, headers: 1_000, transactions: 16, duty: 1, rests: false };
const besideWorkers: Manner = {
  holdMs: 1,
  headers: 250,
  transactions: 1,
  duty: 0.08,
  rests: true,
};

/** Of an event loop that is wholly busy, and of one that has nothing else to do. */
const dutyMin = 0.03;
const dutyMax = 0.15;

/** After the last request; one every other second is not worth a slow walk. */
const quietMsMin = 200;
/** Whoever writes waits for a commit that runs: beside others, ours run an eighth of the time. */
const restPerCommitMs = 7;
/** Few commits of many rows cost those who share the event loop less than many of few. */
const restMsMin = 40;
const pauseMsMax = 200;
/** How long the event loop is watched before its load is known anew. */
const windowMs = 250;
const rowsMin = 8;
const rowsMax = 1_000;

export class AdaptivePace implements Pace {
  readonly #served: ReadServed;
  readonly #stopped: () => boolean;
  #answered = 0;
  #busyUntil = 0;
  /** Of one row, the events of the last hundred or so weighing most. */
  #rowMs = 0.05;
  #owed = 0;
  /** Until then the disk is left to others. */
  #restUntil = 0;
  #lastTurn = performance.now();
  #loop = performance.eventLoopUtilization();
  #windowBegan = performance.now();
  #ownMs = 0;
  /** Share of the event loop that others used. */
  #load = 0;

  constructor({
    served,
    stopped,
  }: {
    readonly served: ReadServed;
    readonly stopped: () => boolean;
  }) {
    this.#served = served;
    this.#stopped = stopped;
  }

  async turn(): Promise<Turn | undefined> {
    const manner = this.#manner(performance.now());
    const due = Math.max(
      this.#lastTurn + this.#owed / manner.duty,
      manner.rests ? this.#restUntil : 0,
    );
    const waitMs = Math.min(due - performance.now(), pauseMsMax);
    if (manner.duty < 1 && waitMs > 0.5) await pause(Math.ceil(waitMs));
    else await setImmediate();
    if (this.#stopped()) return undefined;
    this.#owed = 0;
    this.#lastTurn = performance.now();
    const { holdMs, headers, transactions } = manner;
    const rows = Math.round(holdMs / this.#rowMs);
    return { rows: Math.min(Math.max(rows, rowsMin), rowsMax), headers, transactions };
  }

  held(ms: number, rows: number): void {
    // Rows are validated and written a second time, as the transaction commits.
    const whole = rows === 0 ? ms : ms * 1.4;
    this.#owed += whole;
    this.#ownMs += whole;
    if (rows > 0) this.#rowMs += (ms / rows - this.#rowMs) * 0.1;
  }

  committed(ms: number): void {
    this.#restUntil = performance.now() + Math.max(ms * restPerCommitMs, restMsMin);
  }

  #manner(now: number): Manner {
    const served = this.#served();
    const { inFlight, answered, ageMsMax = 0 } = served;
    if (inFlight > 0 || answered !== this.#answered) this.#busyUntil = now + quietMsMin + ageMsMax;
    this.#answered = answered;
    if (now > this.#busyUntil) return alone;
    if (ageMsMax > 0) return besideWorkers;
    this.#watchLoop(now);
    const duty = dutyMin + (dutyMax - dutyMin) * (1 - this.#load);
    return { holdMs: 1.5, headers: 200, transactions: 1, duty, rests: true };
  }

  #watchLoop(now: number): void {
    const elapsed = now - this.#windowBegan;
    if (elapsed < windowMs) return;
    const loop = performance.eventLoopUtilization();
    const { active } = performance.eventLoopUtilization(loop, this.#loop);
    const others = (active - this.#ownMs) / elapsed;
    this.#load = Math.min(Math.max(others, 0), 1);
    this.#loop = loop;
    this.#windowBegan = now;
    this.#ownMs = 0;
  }
}
