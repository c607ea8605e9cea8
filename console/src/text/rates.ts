/** Rates and times of requests for people. */
/** `0.4 /s`, `12 /s`, `1,250 /s` */
export function rateText(perSecond: number): string {
  return `${roundText(perSecond)} /s`;
}

/** `250 kB/s`: in powers of 1,000, as lines are rated and as the axis of a chart is cut. */
export function byteRateText(bytesPerSecond: number): string {
  let value = bytesPerSecond;
  let unit = 0;
  while (value >= 1000 && unit < byteUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${roundText(value)} ${byteUnits[unit]}/s`;
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `0.8 ms`, `45 ms`, `1.2 s` */
export function millisecondsText(ms: number): string {
  return ms < 1000 ? `${roundText(ms)} ms` : `${roundText(ms / 1000)} s`;
}

/** Two significant digits below ten, whole above. */
function roundText(value: number): string {
  const digits = value >= 10 || value === 0 ? 0 : value >= 1 ? 1 : 2;
  return Number(value.toFixed(digits)).toLocaleString('en-US');
}
