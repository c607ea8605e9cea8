import { expect, it } from 'vitest';
import type { RewrapReport } from '../../../../src/admin/contract.ts';
import { outcomeOf, progressPercent, progressText, scopeText } from './rewrap-text.ts';

const report: RewrapReport = {
  run: 1,
  state: 'moving',
  version: 3,
  bucket: null,
  prefix: null,
  startedAt: '2026-11-24T08:00:00.000Z',
  finishedAt: null,
  rows: 5000,
  moved: 1200,
  rowsPerSecond: 800.4,
  secondsLeft: 4.75,
  unmoved: { rows: 0, names: [] },
};

it('progress is told with rate and time left', () => {
  expect(progressText(report)).toBe('1,200 of 5,000 rows (24 %), 800 a second, about 5 s left');
  expect(progressText({ ...report, rows: null })).toBe('Counting what is to be moved.');
  expect(progressText({ ...report, state: 'waiting' })).toBe('Waiting for its turn.');
  expect(progressPercent(report)).toBe(24);
  expect(progressPercent({ ...report, rows: 0 })).toBe(0);
});

it('a scope names its bucket and prefix', () => {
  expect(scopeText({ bucket: null, prefix: null })).toBe('everything');
  expect(scopeText({ bucket: 'logs', prefix: '2026/' })).toBe('logs/2026/…');
});

it('rows that could not be moved are an error', () => {
  const ended = {
    ...report,
    state: 'incomplete',
    unmoved: { rows: 2, names: ['a', 'b'] },
  } as const;
  expect(outcomeOf(ended)).toMatchObject({ type: 'error' });
  expect(outcomeOf(ended).text).toContain('2 rows could not be moved');
  expect(outcomeOf({ ...report, state: 'complete' })).toEqual({
    type: 'success',
    text: '1,200 rows of everything moved to version 3.',
  });
});
