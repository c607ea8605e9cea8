/**
 * The primary's side: starts the workers, hands each the opened keyring, replaces one that dies,
 * asks them for their metrics, and ends them in good order.
 *
 * Workers accept from one shared socket (node:cluster without its scheduling). Measured against the
 * round robin through the primary: 7,800 against 4,700 new connections a second on two cores, no
 * work in the primary, and 64 connections spread 26 to 38. Against SO_REUSEPORT: a worker that dies
 * loses no connection that waits to be accepted, and a port in use is found out.
 */
import cluster from 'node:cluster';
import type { Worker } from 'node:cluster';
import type { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../base/log.ts';
import type { MetricsSnapshot } from '../base/metrics.ts';
import { StartError } from '../base/start-error.ts';
import type { Listening } from '../http/listen.ts';
import { frameOf } from './frames.ts';
import { secretPipeFd } from './messages.ts';
import type { FromWorker, ToWorker } from './messages.ts';

export interface SuperviseOptions {
  readonly count: number;
  /** The program and its arguments; a worker finds out by `isWorker` what it is. */
  readonly program: string;
  readonly args: readonly string[];
  /** Variables that workers must not inherit: the root credentials. */
  readonly withheld: readonly string[];
  /** The opened keyring, for every worker that is ever started. */
  readonly secret: Uint8Array;
  readonly log: Log;
  /** Told of each worker that has ended, with the id that it had in the store. */
  readonly workerGone: (processId: string) => void;
}

export interface Supervisor {
  readonly listening: Listening;
  /** Metrics of every worker that answers in time. */
  snapshots(): Promise<readonly MetricsSnapshot[]>;
  reload(): void;
  /** Where the console listens, for the workers that run and all that come. */
  consoleListens(listening: Listening): void;
  /** A new keyring, for the workers that run and all that come. */
  hand(secret: Uint8Array): void;
  /** Ends all workers: in good order within `graceMs`, then at once. */
  stop(graceMs: number): Promise<void>;
}

/** Starts the workers; resolves when all serve. Throws the `StartError` of one that cannot. */
export async function superviseWorkers(options: SuperviseOptions): Promise<Supervisor> {
  const supervisor = new WorkerSupervisor(options);
  await supervisor.start();
  return supervisor;
}

/** A worker that lived this long was well: the next failure is a new one. */
const steadyMs = 30_000;
const backoffMsMin = 100;
const backoffMsMax = 10_000;
const answerMsMax = 2_000;
/** Beyond the grace time, for closing the store. */
const closingMsMax = 5_000;

class WorkerSupervisor implements Supervisor {
  readonly #options: SuperviseOptions;
  readonly #ready = new Map<Worker, Listening>();
  readonly #running = new Set<Worker>();
  readonly #answers = new Map<number, (snapshot: MetricsSnapshot) => void>();
  #secret: Buffer;
  #asked = 0;
  #backoffMs = backoffMsMin;
  #stopping = false;
  #listening: Listening | undefined;
  #console: Listening | undefined;

  constructor(options: SuperviseOptions) {
    this.#options = options;
    this.#secret = Buffer.from(options.secret);
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    cluster.setupPrimary({
      exec: options.program,
      args: [...options.args],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
    });
  }

  get listening(): Listening {
    return this.#listening ?? { host: '', port: 0 };
  }

  async start(): Promise<void> {
    const starts = Array.from({ length: this.#options.count }, () => this.#startOne());
    try {
      await Promise.all(starts);
    } catch (error) {
      await Promise.allSettled([this.stop(0), ...starts]);
      throw error;
    }
    this.#listening = [...this.#ready.values()][0];
  }

  async snapshots(): Promise<readonly MetricsSnapshot[]> {
    const asked = [...this.#ready.keys()].map((worker) => this.#snapshotOf(worker));
    return (await Promise.all(asked)).filter((snapshot) => snapshot !== undefined);
  }

  reload(): void {
    for (const worker of this.#ready.keys()) send(worker, { kind: 'reload' });
  }

  consoleListens(listening: Listening): void {
    this.#console = listening;
    for (const worker of this.#ready.keys()) send(worker, { kind: 'console', listening });
  }

  hand(secret: Uint8Array): void {
    this.#secret.fill(0);
    this.#secret = Buffer.from(secret);
    for (const worker of this.#running) pipeOf(worker)?.write(frameOf(this.#secret));
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    const gone = [...this.#running].map(
      (worker) => new Promise<void>((resolve) => worker.process.once('exit', () => resolve())),
    );
    for (const worker of this.#running) {
      if (this.#ready.has(worker)) send(worker, { kind: 'stop', graceMs });
      else worker.process.kill('SIGKILL');
    }
    const deadline = setTimeout(() => {
      for (const worker of this.#running) worker.process.kill('SIGKILL');
    }, graceMs + closingMsMax);
    await Promise.all(gone);
    clearTimeout(deadline);
    this.#secret.fill(0);
  }

  /** Resolves when the worker serves; rejects when it ends before that. */
  #startOne(): Promise<void> {
    const { withheld } = this.#options;
    const worker = cluster.fork(Object.fromEntries(withheld.map((name) => [name, undefined])));
    const startedMs = performance.now();
    this.#running.add(worker);
    const served = Promise.withResolvers<void>();
    let processId: string | undefined;
    let ended = false;
    let reason = 'A worker ended before it could serve; its last words are above.';
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'refused') reason = message.message;
      if (message.kind === 'metrics') this.#answers.get(message.id)?.(message.snapshot);
      if (message.kind === 'joined') {
        ({ processId } = message);
        // Its last words may be heard after its end.
        if (ended) this.#options.workerGone(processId);
      }
      if (message.kind === 'ready') {
        this.#ready.set(worker, message.listening);
        const listening = this.#console;
        if (listening !== undefined) send(worker, { kind: 'console', listening });
        served.resolve();
      }
    });
    worker.on('error', () => undefined);
    worker.process.once('exit', (code, signal) => {
      const wasReady = this.#ready.delete(worker);
      this.#running.delete(worker);
      ended = true;
      if (processId !== undefined) this.#options.workerGone(processId);
      served.reject(new StartError(reason));
      if (wasReady) void this.#replace(code ?? signal, performance.now() - startedMs);
    });
    const pipe = pipeOf(worker);
    pipe?.on('error', () => undefined);
    pipe?.write(frameOf(this.#secret));
    return served.promise;
  }

  async #replace(ending: number | string | null, livedMs: number): Promise<void> {
    const { log } = this.#options;
    if (livedMs >= steadyMs) this.#backoffMs = backoffMsMin;
    while (!this.#stopping) {
      log.error('a worker died and is replaced', { ending, afterMs: this.#backoffMs });
      await pause(this.#backoffMs);
      this.#backoffMs = Math.min(backoffMsMax, this.#backoffMs * 2);
      if (this.#stopping) return;
      const failure = await this.#startOne().then(
        () => undefined,
        (error: unknown) => error as Error,
      );
      if (failure === undefined) return;
      log.error('a new worker does not start', { reason: failure.message });
    }
  }

  #snapshotOf(worker: Worker): Promise<MetricsSnapshot | undefined> {
    this.#asked += 1;
    const id = this.#asked;
    return new Promise((resolve) => {
      const done = (snapshot: MetricsSnapshot | undefined): void => {
        clearTimeout(late);
        this.#answers.delete(id);
        resolve(snapshot);
      };
      const late = setTimeout(() => done(undefined), answerMsMax);
      this.#answers.set(id, done);
      send(worker, { kind: 'metrics', id });
    });
  }
}

function send(worker: Worker, message: ToWorker): void {
  // Its channel may just have closed: its end is told by another event.
  if (worker.isConnected()) worker.send(message, undefined, () => undefined);
}

function pipeOf(worker: Worker): Writable | undefined {
  return (worker.process.stdio as readonly unknown[])[secretPipeFd] as Writable | undefined;
}
