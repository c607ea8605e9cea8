/**
 * The time a request was signed for: `yyyymmddThhmmssZ`, and how far it may be from ours
 * (15 minutes; "Authenticating Requests", S3 API reference, 2026-11-24).
 */
import { header, type Headers } from '../../base/headers.ts';
import { s3Limits } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';

export interface Timestamp {
  /** ISO 8601 basic, as it stands in the string to sign. */
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

export const skewMsMax = s3Limits.clockSkewSecondsMax * 1000;

/** Reads `yyyymmddThhmmssZ`; undefined for anything else, impossible dates included. */
export function parseTimestamp(text: string): Timestamp | undefined {
  if (text === last.text) return last;
  const parts = basicFormat.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const extended = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const time = Date.parse(extended);
  // Date.parse turns 31 February into 3 March.
  if (Number.isNaN(time) || new Date(time).toISOString() !== extended) return undefined;
  last = { text, time };
  return last;
}

/** `time` as `yyyymmddThhmmssZ`. */
export function timestampOf(time: Date): Timestamp {
  const text = `${time.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  return { text, time: time.getTime() - time.getUTCMilliseconds() };
}

/** The time of a request signed by header: `x-amz-date`, else `Date` in one of its two forms. */
export function headerTimestamp(headers: Headers): Timestamp {
  const amzDate = header(headers, 'x-amz-date');
  const found =
    amzDate === undefined ? dateHeader(header(headers, 'date')) : parseTimestamp(amzDate);
  if (found !== undefined) return found;
  throw new Refusal('AccessDenied', {
    message: 'AWS authentication requires a valid Date or x-amz-date header',
  });
}

/** Throws `RequestTimeTooSkewed` when `timestamp` is more than 15 minutes from `now`. */
export function checkSkew(timestamp: Timestamp, now: Date): void {
  if (Math.abs(timestamp.time - now.getTime()) <= skewMsMax) return;
  throw new Refusal('RequestTimeTooSkewed', {
    fields: {
      RequestTime: timestamp.text,
      ServerTime: now.toISOString(),
      MaxAllowedSkewMilliseconds: String(skewMsMax),
    },
  });
}

const basicFormat = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
const imfFixdate =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/;

// Requests of one second share their timestamp: the last one read is most often the next one.
let last: Timestamp = { text: '19700101T000000Z', time: 0 };

function dateHeader(value: string | undefined): Timestamp | undefined {
  if (value === undefined) return undefined;
  if (!imfFixdate.test(value)) return parseTimestamp(value);
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? undefined : timestampOf(time);
}
