/** What is left until a time: whole days and hours while it is far, a clock when it is near. */
import { clockText, durationText } from './times.ts';

const daySeconds = 86_400;

/** `in 89 days 3 hours`, `in 5:04:09`, `due now`. */
export function countdownText(time: string, now: number): string {
  const seconds = (new Date(time).getTime() - now) / 1000;
  if (seconds <= 0) return 'due now';
  if (seconds < daySeconds) return `in ${clockText(seconds)}`;
  const rest = seconds % daySeconds;
  const hours = rest < 3600 ? '' : ` ${durationText(rest)}`;
  return `in ${durationText(seconds)}${hours}`;
}

/** `12 s`, `4 min`, `3 h`, `2 d`: how long something still takes, about. */
export function aboutText(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < daySeconds) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / daySeconds)} d`;
}
