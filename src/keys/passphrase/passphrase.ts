/**
 * The text that a person keeps: at least 12 characters. One line; its line end does not belong to it.
 * It counts in Unicode's composed form (NFC), so that it is the same however a keyboard makes it.
 */
import { inspect } from 'node:util';
import { Fault } from '../../base/refusal.ts';

const charactersMin = 12;
const bytesMax = 1_024;

export class Passphrase {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** The passphrase of `text`; `where` names its place if it is not acceptable. */
  static of(text: string, where: string): Passphrase {
    const line = text.replace(/\r?\n$/, '').normalize('NFC');
    if (/\p{Cc}/u.test(line)) {
      throw new Fault(
        'failed',
        `The passphrase ${where} must be one line without control characters.`,
      );
    }
    const characters = Array.from(line).length;
    if (characters < charactersMin) {
      throw new Fault(
        'failed',
        `The passphrase ${where} has ${characters} characters: choose one of at least ${charactersMin}, such as six random words.`,
      );
    }
    if (Buffer.byteLength(line, 'utf8') > bytesMax) {
      throw new Fault('failed', `The passphrase ${where} is longer than ${bytesMax} bytes.`);
    }
    return new Passphrase(line);
  }

  /** The passphrase itself: only to derive a key from. */
  get text(): string {
    return this.#text;
  }

  equals(other: Passphrase): boolean {
    return this.#text === other.#text;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [inspect.custom](): string {
    return '[redacted]';
  }
}
