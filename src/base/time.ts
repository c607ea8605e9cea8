/** Time enters Coffer through this type only, so a test can hold the clock still. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();

/** ISO 8601 with milliseconds, as S3's XML carries it: `2026-11-24T08:00:00.000Z`. */
export const isoTime = (time: Date): string => time.toISOString();

/** RFC 9110 IMF-fixdate, as `Last-Modified` carries it: whole seconds. */
export const httpDate = (time: Date): string => time.toUTCString();
