/**
 * What follows the last chunk of an aws-chunked body: the announced checksum, for a signed trailer
 * its signature, and an empty line ("Including Trailing Headers", S3 API reference, 2026-11-24).
 *
 * A line ends with CRLF. MinIO's Go client ends the checksum's with LF CRLF, which is taken too.
 */
import { Refusal } from '../base/refusal.ts';
import type { ChunkSignatures } from './chunk-signatures.ts';

export class ChunkTrailer {
  /** The header that `x-amz-trailer` announced, lower case; undefined for none. */
  readonly #announced: string | undefined;
  readonly #signed: boolean;
  #value: string | undefined;

  constructor(trailer: { readonly announced: string | undefined; readonly signed: boolean }) {
    this.#announced = trailer.announced;
    this.#signed = trailer.signed;
  }

  /** The announced header's value; undefined until it has come. */
  get value(): string | undefined {
    return this.#value;
  }

  /** Reads all that follows the last chunk. Throws for anything but what was announced. */
  take(text: string, signatures: ChunkSignatures | undefined): void {
    const lines = linesOf(text);
    const signature = this.#signed ? valueOf(lines.pop(), 'x-amz-trailer-signature') : undefined;
    if (this.#announced !== undefined) this.#value = valueOf(lines.pop(), this.#announced);
    if (lines.length > 0) throw malformedTrailer();
    if (signature === undefined) return;
    const signed = this.#announced === undefined ? '' : `${this.#announced}:${this.#value}\n`;
    signatures?.checkTrailer(signed, signature);
  }
}

/** The lines before the empty one, which must be the last. */
function linesOf(text: string): string[] {
  const lines: string[] = [];
  let at = 0;
  for (;;) {
    const end = text.indexOf('\n', at);
    if (end < 0) throw malformedTrailer();
    const whole = text[end - 1] === '\r' && end > at;
    if (!whole && text.slice(end + 1, end + 3) !== '\r\n') throw malformedTrailer();
    const line = text.slice(at, whole ? end - 1 : end);
    at = whole ? end + 1 : end + 3;
    if (line === '') break;
    lines.push(line);
  }
  if (at !== text.length) throw malformedTrailer();
  return lines;
}

function valueOf(line: string | undefined, name: string): string {
  const colon = line?.indexOf(':') ?? -1;
  if (line === undefined || colon < 0 || line.slice(0, colon).toLowerCase() !== name) {
    throw malformedTrailer();
  }
  return line.slice(colon + 1).trim();
}

function malformedTrailer(): Refusal {
  return new Refusal('InvalidRequest', {
    message:
      'The request contained trailing data that was not well-formed or did not conform to our published schema.',
  });
}
