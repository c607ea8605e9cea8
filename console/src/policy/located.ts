/** Where a policy is wrong: the server's message ends in "(line 3, column 7: what stood there)". */
import { AdminError } from '../api/admin.ts';
import { S3Error } from '../api/s3.ts';

export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units as the text area counts. */
  readonly column: number;
}

/** Undefined where the message tells no place. */
export function placeIn(message: string): Place | undefined {
  const found = /line (\d{1,6}), column (\d{1,6})/.exec(message);
  if (found === null) return undefined;
  return { line: Number(found[1]), column: Number(found[2]) };
}

/** The message of a policy that the server refused as such; undefined for every other failure. */
export function malformedMessage(error: unknown): string | undefined {
  const known = error instanceof AdminError || error instanceof S3Error;
  return known && error.code === 'MalformedPolicy' ? error.message : undefined;
}

/** As an offset into the text; its end where the place lies behind it. */
export function offsetOf(text: string, { line, column }: Place): number {
  let start = 0;
  for (let passed = 1; passed < line; passed += 1) {
    const end = text.indexOf('\n', start);
    if (end === -1) return text.length;
    start = end + 1;
  }
  const end = text.indexOf('\n', start);
  return Math.min(start + column - 1, end === -1 ? text.length : end);
}

/** The line with a mark under the place; long lines are cut around it. */
export function excerptOf(text: string, { line, column }: Place): string {
  const whole = (text.split('\n')[line - 1] ?? '').replaceAll('\t', ' ');
  const from = Math.max(0, column - 1 - beforeMost);
  const shown = whole.slice(from, from + shownMost);
  const number = `${line} | `;
  return `${number}${shown}\n${' '.repeat(number.length + column - 1 - from)}^`;
}

const beforeMost = 30;
const shownMost = 60;
