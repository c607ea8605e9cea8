/**
 * Dates in conditions: the W3C's profile of ISO 8601 (NOTE-datetime) and epoch seconds, which are
 * the two forms that the IAM User Guide names ("Date condition operators", checked 2026-11-24).
 * A date without a zone is UTC. Four digits are a year, any other number is epoch seconds.
 */

const iso =
  /^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?$/;
const epoch = /^-?[0-9]{1,15}(?:\.[0-9]{1,9})?$/;

/** Milliseconds since 1970; undefined for what is no date. */
export function parsePolicyDate(text: string): number | undefined {
  const found = iso.exec(text);
  if (found === null) return epoch.test(text) ? Number(text) * 1000 : undefined;
  const [, year, month = '1', day = '1', hour = '0', minute = '0', second = '0'] = found;
  const fields = [year, month, day, hour, minute, second].map(Number);
  const [y = 0, m = 0, d = 0, h = 0, min = 0, s = 0] = fields;
  const whole = new Date(0);
  whole.setUTCFullYear(y, m - 1, d);
  whole.setUTCHours(h, min, s);
  // A 13th month or 30 February rolls over instead of failing: compare what came back.
  const kept =
    whole.getUTCMonth() === m - 1 && whole.getUTCDate() === d && whole.getUTCHours() === h;
  if (!kept || min > 59 || s > 59) return undefined;
  const offset = zoneMinutes(found[8] ?? 'Z');
  if (offset === undefined) return undefined;
  return whole.getTime() + Number(found[7] ?? 0) * 1000 - offset * 60_000;
}

function zoneMinutes(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
