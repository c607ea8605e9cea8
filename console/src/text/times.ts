/** Times for people: in the browser's time zone, always with the zone; ages in one unit. */
const moment = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});

/** Of an ISO 8601 text, or of a header's date; what is neither is shown as it is. */
export function timeText(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : moment.format(date);
}

const minute = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});

/** For tables: to the minute, the zone left out. */
export function shortTimeText(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : minute.format(date);
}

const spans: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** `90` is `1 minute`, `7200` is `2 hours`. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [span, name] = spans.find(([length]) => whole >= length) ?? [1, 'second'];
  const count = Math.floor(whole / span);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

/** `2 days ago`, `in 3 hours`. */
export function agoText(time: string, now = Date.now()): string {
  const seconds = (now - new Date(time).getTime()) / 1000;
  return seconds >= 0 ? `${durationText(seconds)} ago` : `in ${durationText(-seconds)}`;
}

/** `3725` is `1:02:05`: for what is counted down. */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return `${hours === 0 ? '' : `${hours}:`}${hours === 0 ? minutes : two(minutes)}:${two(whole % 60)}`;
}
