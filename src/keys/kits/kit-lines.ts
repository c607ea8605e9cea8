/**
 * The text that recovery kits and their shares are (FORMAT.md §10): `name value` lines, `#` begins a
 * comment. A file that was cut, changed or mixed up is told from one that is whole by its own check
 * line, before anybody is asked for a passphrase. No message quotes a line: it may be a secret's.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { toHex } from '../../base/bytes.ts';
import { Fault } from '../../base/refusal.ts';

export interface KitGrammar {
  /** For messages: `recovery kit`. */
  readonly what: string;
  /** The name of the first line, whose value is the format's number. */
  readonly label: string;
  /** All names that may stand in it, in the order in which they are counted into the check. */
  readonly names: readonly string[];
  /** Of these, the one that may stand on several lines, whose values are joined. */
  readonly repeated?: string;
}

const format = '1';

/** A kit or share as it was read. */
export class KitLines {
  readonly path: string;
  readonly #grammar: KitGrammar;
  readonly #values: ReadonlyMap<string, string>;

  /** Throws `Fault('damaged')` in a sentence that names the file. */
  constructor(bytes: Buffer, path: string, grammar: KitGrammar) {
    this.path = path;
    this.#grammar = grammar;
    if (bytes.toString('latin1').trim() === '') throw this.damage('is empty');
    this.#values = this.#read(bytes.toString('latin1'));
    const { label, what } = grammar;
    const found = this.#values.get(label);
    if (found === undefined) throw this.damage(`is not a ${what} of Coffer`);
    if (found !== format) throw this.damage(`is of a newer format: use a newer Coffer`);
  }

  /** The value of a line that must be there and look so. */
  value(name: string, pattern: RegExp): string {
    const found = this.#values.get(name);
    if (found === undefined) throw this.damage(`has no line "${name}": it is cut short`);
    if (!pattern.test(found)) throw this.damage(`has a line "${name}" that it cannot have`);
    return found;
  }

  bytes(name: string, length: number): Buffer {
    return Buffer.from(this.value(name, new RegExp(`^[0-9a-f]{${2 * length}}$`)), 'hex');
  }

  /** A whole number from 1. */
  count(name: string): number {
    return Number(this.value(name, /^[1-9][0-9]{0,14}$/));
  }

  time(name: string): Date {
    const time = new Date(this.value(name, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/));
    if (Number.isNaN(time.getTime())) throw this.damage(`has a line "${name}" that it cannot have`);
    return time;
  }

  /** Refuses a line that is right in another file of this kind and has no place in this one. */
  refuse(names: readonly string[]): void {
    for (const name of names) {
      if (this.#values.has(name)) throw this.damage(`has a line "${name}" that it cannot have`);
    }
  }

  /** Throws unless the file is, to the digit, the one that was written. */
  assertCheck(head: string, more: Uint8Array): void {
    const check = this.bytes('check', checkBytes);
    if (timingSafeEqual(check, checkOf(this.#grammar, head, more))) return;
    throw this.damage('does not match its own check line: something in it was changed');
  }

  damage(what: string): Fault {
    return new Fault(
      'damaged',
      `The ${this.#grammar.what} ${this.path} ${what}. Take another copy of it.`,
    );
  }

  #read(text: string): Map<string, string> {
    const { label, names, repeated } = this.#grammar;
    const values = new Map<string, string>();
    for (const [index, line] of text.split('\n').entries()) {
      const [name, value, ...more] = line.replace(/#.*$/s, '').trim().split(/\s+/);
      if (name === undefined || name === '') continue;
      const known = name === label || name === 'check' || names.includes(name);
      const before = values.get(name);
      if (!known || value === undefined || more.length > 0) {
        throw this.damage(`has a line ${index + 1} that does not belong there`);
      }
      if (before !== undefined && name !== repeated) {
        throw this.damage(`has a line ${index + 1} that repeats another`);
      }
      values.set(name, (before ?? '') + value);
    }
    return values;
  }
}

/** The lines that are counted into the check, and authenticated: those of `values`, in order. */
export function headOf(grammar: KitGrammar, values: Readonly<Record<string, string>>): string {
  const lines = [`${grammar.label} ${format}\n`];
  for (const name of grammar.names) {
    const value = values[name];
    if (value !== undefined) lines.push(`${name} ${value}\n`);
  }
  return lines.join('');
}

export function checkLine(grammar: KitGrammar, head: string, more: Uint8Array): string {
  return `check ${toHex(checkOf(grammar, head, more))}\n`;
}

const checkBytes = 8;

function checkOf({ label }: KitGrammar, head: string, more: Uint8Array): Buffer {
  const hash = createHash('sha256').update(`${label}/${format}`).update(head).update(more);
  return hash.digest().subarray(0, checkBytes);
}

/** Lines of a comment. */
export const comment = (lines: readonly string[]): string =>
  lines.map((line) => `# ${line}\n`).join('');
