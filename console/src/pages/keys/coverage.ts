/** Pure: what the chart of coverage and the texts beside it are drawn from. */
import type { KeyVersionReport, KeysStatus } from '../../../../src/admin/contract.ts';

export interface Bar {
  readonly x: string;
  readonly y: number;
}

export interface Coverage {
  readonly objectVersions: readonly Bar[];
  readonly uploads: readonly Bar[];
  /** Rows that are neither: buckets, users, settings … */
  readonly others: readonly Bar[];
  readonly largest: number;
}

/** Destroyed versions, to which nothing refers, are left out beside the others. */
export function coverageOf({ versions }: Pick<KeysStatus, 'versions'>): Coverage {
  const shown = versions.filter(
    ({ state, references }) => state !== 'destroyed' || references.rows > 0,
  );
  const bars = (count: (references: KeyVersionReport['references']) => number): readonly Bar[] =>
    shown.map(({ version, references }) => ({ x: `Version ${version}`, y: count(references) }));
  return {
    objectVersions: bars(({ objectVersions }) => objectVersions),
    uploads: bars(({ uploads }) => uploads),
    others: bars(({ rows, objectVersions, uploads }) =>
      Math.max(0, rows - objectVersions - uploads),
    ),
    largest: Math.max(1, ...shown.map(({ references }) => references.rows)),
  };
}

/** How many rows the current version seals, of all that any seals. */
export function coveredBy(status: Pick<KeysStatus, 'versions' | 'current'>): {
  readonly current: number;
  readonly all: number;
} {
  const rows = (chosen: readonly KeyVersionReport[]): number =>
    chosen.reduce((sum, { references }) => sum + references.rows, 0);
  return {
    current: rows(status.versions.filter(({ version }) => version === status.current)),
    all: rows(status.versions),
  };
}
