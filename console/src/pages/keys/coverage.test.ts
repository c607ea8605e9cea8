import { expect, it } from 'vitest';
import type { KeyVersionReport } from '../../../../src/admin/contract.ts';
import { coverageOf, coveredBy } from './coverage.ts';

const version = (
  number: number,
  state: KeyVersionReport['state'],
  [objectVersions, uploads, rows]: readonly [number, number, number],
): KeyVersionReport => ({
  version: number,
  state,
  createdAt: '2026-11-24T08:00:00.000Z',
  wraps: 0,
  references: { objectVersions, uploads, rows },
});
const versions = [
  version(1, 'destroyed', [0, 0, 0]),
  version(2, 'retained', [3, 1, 10]),
  version(3, 'current', [20, 0, 90]),
];

it('the coverage of each version is told by kind, without the destroyed', () => {
  const coverage = coverageOf({ versions });
  expect(coverage.objectVersions).toEqual([
    { x: 'Version 2', y: 3 },
    { x: 'Version 3', y: 20 },
  ]);
  expect(coverage.others.map(({ y }) => y)).toEqual([6, 70]);
  expect(coverage.largest).toBe(90);
});

it('the current version covers a part of all', () => {
  expect(coveredBy({ versions, current: 3 })).toEqual({ current: 90, all: 100 });
});
