/**
 * How a policy that is not one is refused: AWS's own words first, where they are known, then where
 * in the text and what stood there.
 */
import { Refusal } from '../../base/refusal.ts';

/** A policy's text, which knows how to say where it is wrong. */
export class PolicyText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Throws `Refusal('MalformedPolicy')`. `at` is an offset into the text. */
  fail(at: number, words: string, detail?: string): never {
    const { line, column } = this.place(at);
    const where = `line ${line}, column ${column}`;
    const message = `${words} (${where}${detail === undefined ? '' : `: ${detail}`})`;
    throw new Refusal('MalformedPolicy', { message });
  }

  /** Line and column of an offset, both from 1. */
  place(at: number): { readonly line: number; readonly column: number } {
    const before = this.text.slice(0, at);
    const lineStart = before.lastIndexOf('\n') + 1;
    return { line: before.split('\n').length, column: at - lineStart + 1 };
  }
}

const quotedCharsMax = 80;

/** What stood there, fit for an error message: short, and printable ASCII only. */
export function quoted(found: string): string {
  const short = found.length > quotedCharsMax ? `${found.slice(0, quotedCharsMax)}…` : found;
  const safe = short.replaceAll(
    /[^\x20-\x7e…]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${safe}"`;
}
