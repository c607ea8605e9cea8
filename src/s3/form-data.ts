/**
 * `multipart/form-data` read as it comes (RFC 7578 and RFC 2046 §5.1, 2026-11-24): part after part,
 * pulled by whoever wants the next, so that a form's fields can be judged before its file is read.
 * Everything but the file is bounded; what is not well formed is `MalformedPOSTRequest`.
 *
 * No nested multipart, no transfer encodings (RFC 7578 §4.7 took them away), no `filename*`.
 */
import { isUtf8 } from 'node:buffer';
import { asBuffer } from '../base/bytes.ts';
import { parserLimits } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';

/** What stands before the content of a part. */
export interface PartHead {
  /** As sent, not lower-cased. */
  readonly name: string;
  readonly filename: string | undefined;
  readonly contentType: string | undefined;
}

export class FormDataReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  /** CRLF, `--`, boundary: what ends every part. */
  readonly #delimiter: Buffer;
  /** Read from the socket and not yet used. The first delimiter may lack its CRLF: it gets one. */
  #ahead: Buffer = Buffer.from('\r\n');
  #budget = parserLimits.postFieldsBytesMax;
  #begun = false;

  constructor(body: AsyncIterable<Uint8Array>, boundary: string) {
    this.#chunks = body[Symbol.asyncIterator]();
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  }

  /** The next part's head; undefined after the last. The part before must have been read. */
  async next(): Promise<PartHead | undefined> {
    if (!this.#begun) {
      // What may stand before the first delimiter has no meaning.
      await this.#until(this.#delimiter);
      this.#begun = true;
    }
    if (!(await this.#anotherPart())) return undefined;
    // An empty head is a CRLF at once, so the one that ends the delimiter's line is left to it.
    const head = await this.#until(blankLine);
    return parseHead(head.toString('latin1', lineEnd.length));
  }

  /** The content of a field, as text. */
  async field(): Promise<string> {
    const content = await this.#until(this.#delimiter);
    if (!isUtf8(content)) throw malformed('a field is not UTF-8');
    return content.toString('utf8');
  }

  /** The content of the part, as it comes; the rest of the form is dropped, but must come. */
  async *content(): AsyncGenerator<Uint8Array, void, void> {
    let ended = false;
    try {
      while (!ended) {
        const found = this.#ahead.indexOf(this.#delimiter);
        ended = found >= 0;
        const end = ended ? found : this.#ahead.length - this.#undecided();
        const ready = this.#ahead.subarray(0, end);
        this.#ahead = this.#ahead.subarray(ended ? end + this.#delimiter.length : end);
        if (ready.length > 0) yield ready;
        if (!ended) await this.#more();
      }
      await this.#drop();
    } finally {
      await this.#chunks.return?.();
    }
  }

  /** How many bytes at the end of what was read may be the beginning of a delimiter. */
  #undecided(): number {
    const { length } = this.#ahead;
    const start = this.#ahead.lastIndexOf(carriageReturn);
    // A boundary holds no CR: only the last one can begin a delimiter.
    if (start < 0 || length - start >= this.#delimiter.length) return 0;
    const tail = this.#ahead.subarray(start);
    return tail.equals(this.#delimiter.subarray(0, tail.length)) ? tail.length : 0;
  }

  /** Takes everything before `mark`, and `mark` itself off, on account of the bound. */
  async #until(mark: Buffer): Promise<Buffer> {
    let from = 0;
    for (;;) {
      const found = this.#ahead.indexOf(mark, from);
      const end = found < 0 ? this.#ahead.length : found + mark.length;
      if (end > this.#budget) throw new Refusal('MaxPostPreDataLengthExceededError');
      if (found >= 0) {
        const taken = this.#ahead.subarray(0, found);
        this.#ahead = this.#ahead.subarray(end);
        this.#budget -= end;
        return taken;
      }
      from = Math.max(0, this.#ahead.length - mark.length + 1);
      await this.#more();
    }
  }

  /** Whether the delimiter just taken begins another part. Leaves the CRLF behind it unread. */
  async #anotherPart(): Promise<boolean> {
    while (this.#ahead.length < 2) await this.#more();
    if (this.#ahead.indexOf(lineEnd) === 0) return true;
    if (this.#ahead.indexOf('--', 0, 'latin1') === 0) return false;
    throw malformed('a boundary is followed by something else than a line end');
  }

  /** Fields after the file say nothing; a form that breaks off in them was not sent whole. */
  async #drop(): Promise<void> {
    await this.#anotherPart();
    let dropped = this.#ahead.length;
    for (;;) {
      const { done, value } = await this.#chunks.next();
      if (done === true) return;
      dropped += value.length;
      if (dropped > afterFileBytesMax) throw malformed('too much follows the file');
    }
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#chunks.next();
    if (done === true) throw malformed('it ends without its closing boundary');
    this.#ahead = this.#ahead.length === 0 ? asBuffer(value) : Buffer.concat([this.#ahead, value]);
  }
}

const carriageReturn = 0x0d;
const lineEnd = Buffer.from('\r\n');
const blankLine = Buffer.from('\r\n\r\n');

/** What may follow the file: ours, as generous as what may precede it. */
const afterFileBytesMax = 64 * 1024;

/** The boundary of a Content-Type (RFC 2046 §5.1.1: 1 to 70 characters, no space at its end). */
export function boundaryOf(contentType: string): string {
  const [, quoted, bare] = boundaryParameter.exec(contentType) ?? [];
  const boundary = quoted ?? bare ?? '';
  if (boundaryText.test(boundary)) return boundary;
  throw malformed('its Content-Type has no boundary');
}

const boundaryParameter = /;[ \t]*boundary=(?:"([^"]*)"|([^\s;"]+))[ \t]*(?:;|$)/i;
const boundaryText = /^[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]$/;

function parseHead(text: string): PartHead {
  let disposition: string | undefined;
  let contentType: string | undefined;
  for (const line of text === '' ? [] : text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon < 1) throw malformed('a part has a header without a colon');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'content-disposition') {
      if (disposition !== undefined) throw malformed('a part has two Content-Dispositions');
      disposition = value;
    } else if (name === 'content-type') {
      contentType = value;
    } else if (name === 'content-transfer-encoding' && !plainEncodings.has(value.toLowerCase())) {
      throw malformed(`a part has the transfer encoding ${value}`);
    }
  }
  const parameters = dispositionParameters(disposition ?? '');
  const name = parameters.get('name');
  if (name === undefined || name === '') throw malformed('a part has no name');
  return { name, filename: parameters.get('filename'), contentType };
}

const plainEncodings = new Set(['7bit', '8bit', 'binary']);

const formData = /^form-data[ \t]*(?=;)/i;
/** Quoted as browsers do (WHATWG HTML, "Multipart form data": `"` is `%22`) or with `\"`, as curl did. */
const parameter = /;[ \t]*([A-Za-z*]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))[ \t]*/y;

function dispositionParameters(value: string): ReadonlyMap<string, string> {
  const start = formData.exec(value)?.[0].length;
  if (start === undefined) throw malformed('a part is not form-data');
  const found = new Map<string, string>();
  parameter.lastIndex = start;
  while (parameter.lastIndex < value.length) {
    const match = parameter.exec(value);
    if (match === null) throw malformed('a Content-Disposition does not parse');
    const name = (match[1] ?? '').toLowerCase();
    if (found.has(name)) throw malformed(`a Content-Disposition has ${name} twice`);
    found.set(name, unquoted(match[2] ?? match[3] ?? ''));
  }
  return found;
}

/** A backslash before anything else is one of a Windows path. */
function unquoted(latin1: string): string {
  const bytes = Buffer.from(latin1, 'latin1');
  if (!isUtf8(bytes)) throw malformed('a name is not UTF-8');
  return bytes.toString('utf8').replaceAll('\\"', '"').replaceAll('%22', '"');
}

function malformed(why: string): Refusal {
  return new Refusal('MalformedPOSTRequest', {
    message: `The body of your POST request is not well-formed multipart/form-data: ${why}.`,
  });
}
