/**
 * The inner layer: processes without a port change keys as a server does and are killed, at each of
 * their steps in turn, and at random moments. After every kill the store is opened and inspected.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from './inspect.ts';
import { type Operation, type Place, type Plan, operations, placeIn } from './plan.ts';
import { Random } from './random.ts';
import type { Report } from './report.ts';

const program = join(import.meta.dirname, 'key-process.ts');
/** What a store may come to hold before another is begun: all of it is read after every kill. */
const versionsMax = 120;
const objectsMax = 250;

export interface Lane {
  readonly name: string;
  readonly folder: string;
  readonly seed: string;
  readonly report: Report;
  /** Asked before each kill. */
  readonly isEnough: () => boolean;
}

export interface Killed {
  /** What it was in the middle of: `OPERATION` and the step that it had come to. */
  readonly operation: Operation;
  readonly step: string;
}

/** Starts a process and waits for its end; undefined where it ended of its own accord. */
export async function runToDeath(plan: Plan, cache: string): Promise<Killed | undefined> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program, JSON.stringify(plan)],
    {
      stdio: ['ignore', 'inherit', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: cache },
    },
  );
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => void (said += bytes.toString()));
  const [code, signal] = await new Promise<[number | null, string | null]>((done) => {
    child.once('close', (code, signal) => done([code, signal]));
  });
  if (signal !== 'SIGKILL' && code !== 0) {
    throw new Error(`the process ended with ${code ?? signal}: ${said}`);
  }
  return signal === 'SIGKILL' ? lastStep(plan) : undefined;
}

function lastStep({ place, operation }: Plan): Killed {
  const last = readFileSync(place.steps, 'utf8').trimEnd().split('\n').at(-1) ?? '';
  const [found = operation, step = 'before the first step'] = last.split('\t');
  const known = operations.find((name) => name === found) ?? operation;
  return { operation: known, step };
}

/** One store after another, each killed many times. */
export class Stores {
  readonly #lane: Lane;
  #number = 0;
  #versions = 0;
  #objects = 0;
  #place: Place;

  constructor(lane: Lane) {
    this.#lane = lane;
    this.#place = this.#next();
  }

  #next(): Place {
    this.#number += 1;
    this.#versions = 0;
    this.#objects = 0;
    const folder = join(this.#lane.folder, `${this.#lane.name}-${this.#number}`);
    mkdirSync(folder, { recursive: true });
    return placeIn(folder);
  }

  /** Runs the plan on the store, and inspects it; false where the process was not killed. */
  async kill(plan: Omit<Plan, 'place'>): Promise<boolean> {
    if (this.#versions > versionsMax || this.#objects > objectsMax) this.#place = this.#next();
    const whole = { ...plan, place: this.#place };
    const { report, folder } = this.#lane;
    const layer = existsSync(this.#place.ledger) ? 'inner' : 'first';
    try {
      const killed = await runToDeath(whole, join(folder, 'compiled'));
      if (killed === undefined && plan.operation !== 'start') return false;
      const inspected = await inspect(this.#place);
      this.#versions = inspected.versions;
      this.#objects = inspected.objects;
      if (killed === undefined) return false;
      report.killed({ ...killed, ...inspected, layer });
      return true;
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      throw new Error(`${JSON.stringify(whole)}\n${message}`, { cause: error });
    }
  }
}

/** Before every step of every operation, one kill each. */
export async function sweepSteps(lane: Lane, which: readonly Operation[]): Promise<void> {
  const stores = new Stores(lane);
  for (const operation of which) {
    // What is left to do differs a little from one time to the next.
    for (let step = 1, misses = 0; misses < 3; step += 1) {
      if (lane.isEnough()) return;
      const seed = `${lane.seed}/${operation}/${step}`;
      const plan = { seed, operation, kill: { step }, writers: 0 };
      misses = (await stores.kill(plan)) ? 0 : misses + 1;
    }
  }
}

/** The first start of a new store, before each of its steps. */
export async function sweepFirstStart(lane: Lane): Promise<void> {
  for (let step = 1, killed = true; killed && !lane.isEnough(); step += 1) {
    const stores = new Stores({ ...lane, name: `${lane.name}-${step}` });
    const seed = `${lane.seed}/${step}`;
    killed = await stores.kill({ seed, operation: 'start', kill: { step }, writers: 0 });
  }
}

/** At random moments, until there were enough. */
export async function killAtRandom(lane: Lane, which: readonly Operation[]): Promise<void> {
  const stores = new Stores(lane);
  const random = new Random(lane.seed);
  for (let round = 0; !lane.isEnough(); round += 1) {
    const operation = random.pick(which);
    await stores.kill({
      seed: `${lane.seed}/${round}`,
      operation,
      kill: { afterUs: Math.round(random.logUniform(30, operation === 'start' ? 3e5 : 6e4)) },
      writers: random.below(3),
    });
  }
}
