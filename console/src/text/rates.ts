/** Rates and times of requests for people. */
import { bytesText } from './bytes.ts';

/** `0.4 /s`, `12 /s`, `1,250 /s` */
export function rateText(perSecond: number): string {
  return `${roundText(perSecond)} /s`;
}

export function byteRateText(bytesPerSecond: number): string {
  return `${bytesText(Math.round(bytesPerSecond))}/s`;
}

/** `0.8 ms`, `45 ms`, `1.2 s` */
export function millisecondsText(ms: number): string {
  return ms < 1000 ? `${roundText(ms)} ms` : `${roundText(ms / 1000)} s`;
}

/** Two significant digits below ten, whole above. */
function roundText(value: number): string {
  const digits = value >= 10 || value === 0 ? 0 : value >= 1 ? 1 : 2;
  return Number(value.toFixed(digits)).toLocaleString('en-US');
}
