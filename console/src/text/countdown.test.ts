import { describe, expect, it } from 'vitest';
import { aboutText, countdownText } from './countdown.ts';

const now = Date.parse('2026-11-24T12:00:00.000Z');

describe('a countdown', () => {
  it('tells days and hours while it is far', () => {
    expect(countdownText('2026-11-27T15:30:00.000Z', now)).toBe('in 3 days 3 hours');
    expect(countdownText('2026-11-25T12:20:00.000Z', now)).toBe('in 1 day');
  });
  it('is a clock when it is near', () => {
    expect(countdownText('2026-11-24T17:04:09.000Z', now)).toBe('in 5:04:09');
    expect(countdownText('2026-11-24T12:00:59.000Z', now)).toBe('in 0:59');
  });
  it('ends', () => {
    expect(countdownText('2026-11-24T11:59:59.000Z', now)).toBe('due now');
  });
  it('is rounded where it is a guess', () => {
    expect([0.2, 59, 90, 7200, 200_000].map(aboutText)).toEqual([
      '1 s',
      '59 s',
      '2 min',
      '2 h',
      '2 d',
    ]);
  });
});
