/**
 * Comma-separated values (RFC 4180, checked 2026-11-24) as the server's commands write them: lines end
 * in CR LF, a field with anything special in it stands between quotes, whose own quotes are doubled.
 * Text is never changed: a program that takes `=1+1` for a formula must be told to read text.
 */

/** One line of fields; null is an empty one. */
export function csvLine(fields: readonly (string | number | boolean | null)[]): string {
  return `${fields.map(field).join(',')}\r\n`;
}

function field(value: string | number | boolean | null): string {
  const text = String(value ?? '');
  return /^[\w./:-]*$/.test(text) && !text.startsWith('-')
    ? text
    : `"${text.replaceAll('"', '""')}"`;
}
