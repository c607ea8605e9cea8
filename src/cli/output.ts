/** How commands print for people: facts under their labels, and tables. */

export type Fact = readonly [label: string, value: string];

/** One fact a line, values under one another. */
export function facts(lines: readonly Fact[]): string {
  const width = Math.max(...lines.map(([label]) => label.length));
  return lines.map(([label, value]) => `${label.padEnd(width)}  ${value}\n`).join('');
}

/** Rows under their headings; `nothing` stands where there are none. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  nothing: string,
): string {
  if (rows.length === 0) return `${nothing}\n`;
  const all = [headings, ...rows];
  const widths = headings.map((_, column) =>
    Math.max(...all.map((row) => row[column]?.length ?? 0)),
  );
  return all
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

/** `2026-11-24 10:54:18 UTC`. */
export function shownTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** Text of clients between quotes, with nothing in it that a terminal would obey. */
export function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (char) => {
      return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
    },
  );
}

/** A new access key: the only time that its secret is shown. */
export function issuedKey(key: {
  readonly accessKeyId: string;
  readonly secretKey: string;
}): string {
  return (
    facts([
      ['Access key id', key.accessKeyId],
      ['Secret key', key.secretKey],
    ]) + '\nThe secret key is shown this once and cannot be shown again: keep it safe now.\n'
  );
}
