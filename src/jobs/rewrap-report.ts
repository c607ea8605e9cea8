/** How far a run of the re-wrap is: counted as it goes on, told to whoever asks. */
import { isoTime } from '../base/time.ts';
import type { RewrapProgress } from '../rows/rewrap.ts';

/** What is to be moved: everything, a bucket, or what belongs to a prefix of its object keys. */
export interface RewrapScope {
  readonly bucket?: string;
  readonly prefix?: string;
}

/** `incomplete`: rows could not be moved; `stopped`: the server ended; `failed`: it is tried again. */
export type RewrapState =
  | 'waiting'
  | 'counting'
  | 'moving'
  | 'complete'
  | 'incomplete'
  | 'stopped'
  | 'failed';

export interface RewrapReport {
  /** Counts the runs since the start of the server. */
  readonly run: number;
  readonly state: RewrapState;
  /** The master key version to which rows are moved. */
  readonly version: number;
  readonly bucket: string | null;
  readonly prefix: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Rows to be moved, as counted at the beginning; null before that. */
  readonly rows: number | null;
  readonly moved: number;
  readonly rowsPerSecond: number;
  /** Null where it cannot be told yet. */
  readonly secondsLeft: number | null;
  readonly unmoved: {
    readonly rows: number;
    /** The first of them, by name. */
    readonly names: readonly string[];
  };
}

const namesMax = 100;
/** The rate is that of the last seconds. */
const samplesMax = 15;
const sampleMs = 1_000;

interface Sample {
  readonly at: number;
  readonly settled: number;
}

/** One run, as it is counted. */
export class RewrapRun implements RewrapProgress {
  readonly number: number;
  readonly scope: RewrapScope;
  state: RewrapState = 'waiting';
  version: number;
  total: number | undefined;
  startedAt: Date | undefined;
  finishedAt: Date | undefined;
  readonly #tell: (run: RewrapRun) => void;
  readonly #names: string[] = [];
  #samples: Sample[] = [];
  #moved = 0;
  #unmoved = 0;
  #passed = 0;

  constructor(
    { number, scope, version }: Pick<RewrapRun, 'number' | 'scope' | 'version'>,
    tell: (run: RewrapRun) => void,
  ) {
    this.number = number;
    this.scope = scope;
    this.version = version;
    this.#tell = tell;
  }

  moved(rows: number): void {
    this.#moved += rows;
    this.#settled();
  }

  unmoved(rows: number, names: readonly string[]): void {
    this.#unmoved += rows;
    this.#names.push(...names.slice(0, namesMax - this.#names.length));
    this.#settled();
  }

  passed(rows: number): void {
    this.#passed += rows;
    this.#settled();
  }

  get movedRows(): number {
    return this.#moved;
  }

  get unmovedRows(): number {
    return this.#unmoved;
  }

  /** Rows that are still to be seen. */
  get remaining(): number {
    return Math.max((this.total ?? 0) - this.#moved - this.#unmoved - this.#passed, 0);
  }

  report(): RewrapReport {
    const rate = this.#rate();
    const known = this.state === 'moving' && this.total !== undefined && rate > 0;
    return {
      run: this.number,
      state: this.state,
      version: this.version,
      bucket: this.scope.bucket ?? null,
      prefix: this.scope.prefix ?? null,
      startedAt: this.startedAt === undefined ? null : isoTime(this.startedAt),
      finishedAt: this.finishedAt === undefined ? null : isoTime(this.finishedAt),
      rows: this.total ?? null,
      moved: this.#moved,
      rowsPerSecond: Math.round(rate),
      secondsLeft: known ? Math.ceil(this.remaining / rate) : null,
      unmoved: { rows: this.#unmoved, names: [...this.#names] },
    };
  }

  #settled(): void {
    const at = performance.now();
    const last = this.#samples.at(-1);
    if (last === undefined || at - last.at >= sampleMs) {
      const settled = this.#moved + this.#unmoved + this.#passed;
      this.#samples = [...this.#samples.slice(1 - samplesMax), { at, settled }];
    }
    this.#tell(this);
  }

  /** Rows a second, lately; of a run that has ended, over all of it. */
  #rate(): number {
    if (this.finishedAt !== undefined && this.startedAt !== undefined) {
      const ms = this.finishedAt.getTime() - this.startedAt.getTime();
      return ms > 0 ? (this.#moved * 1_000) / ms : 0;
    }
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.at === first.at) return 0;
    return ((last.settled - first.settled) * 1_000) / (last.at - first.at);
  }
}
