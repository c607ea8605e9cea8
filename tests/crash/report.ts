/** What a run did: kills by operation and step, and what they left behind. */

export interface KillReport {
  readonly layer: string;
  readonly operation: string;
  readonly step: string;
  /** `prepared` where a rotation was left in its middle. */
  readonly states?: string;
  readonly leftFiles?: number;
  readonly objects?: number;
  readonly outliving?: readonly string[];
}

export class Report {
  readonly #endMs: number;
  readonly #started = performance.now();
  readonly #counts = new Map<string, Map<string, number>>();
  readonly #layers = new Map<string, number>();
  #kills = 0;
  readonly #outliving = new Set<string>();
  #objects = 0;
  #told = this.#started;

  constructor({ endMs }: { readonly endMs: number }) {
    this.#endMs = endMs;
  }

  get kills(): number {
    return this.#kills;
  }

  /** No time is left. */
  isOver(): boolean {
    return performance.now() - this.#started > this.#endMs;
  }

  killsOf(layer: string): number {
    return this.#layers.get(layer) ?? 0;
  }

  killed(killed: KillReport): void {
    const { layer, operation, step, states, leftFiles = 0, objects = 0, outliving = [] } = killed;
    for (const upload of outliving) this.#outliving.add(upload);
    this.#kills += 1;
    this.#layers.set(layer, this.killsOf(layer) + 1);
    this.#objects += objects;
    this.#add(`${layer}: ${operation}`, step);
    if (states !== undefined) {
      this.#add('left behind', states === 'prepared' ? 'a version prepared' : 'none prepared');
      this.#add('left behind', leftFiles > 0 ? 'keyring files of no row' : 'the one keyring file');
    }
    const now = performance.now();
    if (now - this.#told < 15_000) return;
    this.#told = now;
    console.log(`   ${this.#kills} kills in ${this.#seconds()} s`);
  }

  #add(table: string, row: string): void {
    const counts = this.#counts.get(table) ?? new Map<string, number>();
    counts.set(row, (counts.get(row) ?? 0) + 1);
    this.#counts.set(table, counts);
  }

  #seconds(): number {
    return Math.round((performance.now() - this.#started) / 1000);
  }

  print(): void {
    for (const [table, counts] of [...this.#counts].toSorted(([a], [b]) => a.localeCompare(b))) {
      const sum = [...counts.values()].reduce((total, count) => total + count, 0);
      console.log(`${table}: ${sum}`);
      for (const [row, count] of [...counts].toSorted(([, a], [, b]) => b - a)) {
        console.log(`   ${String(count).padStart(5)}  ${row}`);
      }
    }
    const uploads = `${this.#outliving.size} uploads outlived the version they began under`;
    const what = `${this.#objects} objects read back, ${uploads}`;
    console.log(
      `${this.#kills} kills in ${this.#seconds()} s, ${what}: nothing lost, nothing half`,
    );
  }
}
