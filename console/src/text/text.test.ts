import { describe, expect, it } from 'vitest';
import { bytesText, exactBytesText, percentText, plural } from './bytes.ts';
import { agoText, clockText, durationText, timeText } from './times.ts';

describe('bytes', () => {
  it('are told in the largest unit that leaves a whole number', () => {
    expect(bytesText(0)).toBe('0 B');
    expect(bytesText(1023)).toBe('1023 B');
    expect(bytesText(1536)).toBe('1.5 KiB');
    expect(bytesText(123 * 1024 ** 2)).toBe('123 MiB');
    expect(bytesText(5 * 1024 ** 4)).toBe('5 TiB');
  });
  it('are told exactly beside it', () => {
    expect(exactBytesText(1)).toBe('1 byte');
    expect(exactBytesText(1536)).toBe('1.5 KiB (1,536 bytes)');
  });
  it('agree with their number', () => {
    expect(plural(1, 'object')).toBe('1 object');
    expect(plural(1200, 'object')).toBe('1,200 objects');
  });
  it('are never all there before they are', () => {
    expect(percentText(999, 1000)).toBe('99 %');
    expect(percentText(0, 0)).toBe('0 %');
  });
});

describe('times', () => {
  it('are told in one unit', () => {
    expect(durationText(90)).toBe('1 minute');
    expect(durationText(7200)).toBe('2 hours');
    expect(durationText(0)).toBe('0 seconds');
  });
  it('lie before or after now', () => {
    const now = Date.parse('2026-11-24T12:00:00Z');
    expect(agoText('2026-11-24T11:00:00Z', now)).toBe('1 hour ago');
    expect(agoText('2026-11-25T13:00:00Z', now)).toBe('in 1 day');
  });
  it('count down like a clock', () => {
    expect(clockText(59)).toBe('0:59');
    expect(clockText(3725)).toBe('1:02:05');
  });
  it('that are none are shown as they are', () => {
    expect(timeText('soon')).toBe('soon');
    expect(timeText('2026-11-24T11:00:00Z')).toContain('2026');
  });
});
