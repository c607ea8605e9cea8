/**
 * HTTP dates (RFC 9110 §5.6.7): the fixed form and the two obsolete ones, whole seconds. Anything
 * else is no date: a condition on it is ignored, as the RFC demands.
 */

/** The date, or undefined for what is none. */
export function parseHttpDate(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const value = text.trim();
  if (!fixed.test(value) && !rfc850.test(value) && !asctime.test(value)) return undefined;
  const time = Date.parse(asctime.test(value) ? `${value} GMT` : value);
  return Number.isNaN(time) ? undefined : new Date(time);
}

/** A time without its milliseconds: what Last-Modified told the client. */
export const wholeSeconds = (time: Date): number => Math.floor(time.getTime() / 1000);

const fixed = /^[A-Za-z]{3}, \d{1,2} [A-Za-z]{3} \d{4} \d{2}:\d{2}:\d{2} (?:GMT|UTC|\+0000)$/;
const rfc850 = /^[A-Za-z]{6,9}, \d{2}-[A-Za-z]{3}-\d{2} \d{2}:\d{2}:\d{2} GMT$/;
const asctime = /^[A-Za-z]{3} [A-Za-z]{3} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;
