/** What is said of a re-wrap. */
import type { RewrapReport } from '../../../../src/admin/contract.ts';
import { countText, percentText, plural } from '../../text/bytes.ts';
import { aboutText } from '../../text/countdown.ts';

export function scopeText({ bucket, prefix }: Pick<RewrapReport, 'bucket' | 'prefix'>): string {
  if (bucket === null) return 'everything';
  return prefix === null ? `the bucket ${bucket}` : `${bucket}/${prefix}…`;
}

/** `1,200 of 5,000 rows (24 %), 800 a second, about 5 s left` */
export function progressText(report: RewrapReport): string {
  const { state, rows, moved, rowsPerSecond, secondsLeft } = report;
  if (state === 'waiting') return 'Waiting for its turn.';
  if (rows === null) return 'Counting what is to be moved.';
  const left = secondsLeft === null ? '' : `, about ${aboutText(secondsLeft)} left`;
  const rate = `${countText(Math.round(rowsPerSecond))} a second`;
  return `${countText(moved)} of ${countText(rows)} rows (${percentText(moved, rows)}), ${rate}${left}`;
}

export function progressPercent({ rows, moved }: RewrapReport): number {
  return rows === null || rows === 0 ? 0 : Math.min(100, (100 * moved) / rows);
}

export interface Outcome {
  readonly type: 'success' | 'warning' | 'error' | 'info';
  readonly text: string;
}

/** Of a run that has ended. */
export function outcomeOf(report: RewrapReport): Outcome {
  const { state, moved, version, unmoved } = report;
  const what = `${plural(moved, 'row')} of ${scopeText(report)} moved to version ${version}.`;
  switch (state) {
    case 'complete':
      if (moved === 0) {
        return { type: 'success', text: `Nothing was left to be moved to version ${version}.` };
      }
      return { type: 'success', text: what };
    case 'incomplete':
      return {
        type: 'error',
        text: `${what} ${plural(unmoved.rows, 'row')} could not be moved, as they do not open: the versions that sealed them cannot be destroyed.`,
      };
    case 'failed':
      return {
        type: 'error',
        text: `${what} Then it failed; the server tries again by itself, and its log says why.`,
      };
    case 'stopped':
      return { type: 'warning', text: `${what} Then the server stopped it; it goes on by itself.` };
    case 'waiting':
    case 'counting':
    case 'moving':
      return { type: 'info', text: progressText(report) };
  }
}
