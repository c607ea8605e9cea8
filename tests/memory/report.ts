/** What was measured, each against the most that it may be. */

const MiB = 1024 * 1024;

export class Report {
  failures = 0;

  bytes(what: string, bytes: number, bytesMax: number): void {
    this.value(what, bytes, bytesMax, mib);
  }

  value(what: string, value: number, max: number, shown: (value: number) => string = String): void {
    const good = value <= max;
    if (!good) this.failures += 1;
    console.log(`${good ? 'ok' : 'FAILED'} ${what}: ${shown(value)} (at most ${shown(max)})`);
  }
}

export function mib(bytes: number): string {
  return `${Math.round(bytes / MiB)} MiB`;
}

export function bytesOf(text: string): number {
  const [, digits, unit] = /^(\d+)(MiB|GiB)$/.exec(text) ?? [];
  if (digits === undefined) throw new Error('--size is a number of MiB or GiB, such as 64MiB');
  return Number(digits) * (unit === 'GiB' ? 1024 * MiB : MiB);
}
