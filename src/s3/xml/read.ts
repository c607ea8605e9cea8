/**
 * The XML that S3's clients send, read strictly: XML 1.0 (Fifth Edition) in UTF-8, without DOCTYPE,
 * without processing instructions, without entities beyond the five and numeric references to
 * characters XML allows. Depth, size, elements and attributes are bounded, the time is linear.
 *
 * Names come back without their prefix and attributes are dropped: S3's documents have one namespace
 * and clients spell it in several ways, or not at all. Every refusal is `MalformedXML` and says where.
 */
import { isUtf8 } from 'node:buffer';
import { parserLimits } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import { decodeText, forbidden } from './text.ts';

const depthMax = 8;
const elementsMax = 80_000;
const attributesMax = 16;

export interface XmlElement {
  /** Without its prefix. */
  readonly name: string;
  /** All text right inside it; white space between children only is ''. */
  readonly text: string;
  readonly children: readonly XmlElement[];
  /** Where it is written, for messages: `line 3, column 14`. */
  readonly place: () => string;
}

/** The root of a document of at most `bytesMax` bytes. */
export function readXml(
  bytes: Uint8Array,
  bytesMax: number = parserLimits.xmlBytesMax,
): XmlElement {
  if (bytes.length > bytesMax) throw malformed(`it is longer than ${bytesMax} bytes`);
  if (!isUtf8(bytes)) throw malformed('it is not UTF-8');
  return new Reader(new TextDecoder().decode(bytes)).root();
}

/** The refusal of a document, with the reason and the place behind AWS's words. */
export function malformed(why: string, place?: string): Refusal {
  const where = place === undefined ? '' : `${place}: `;
  return new Refusal('MalformedXML', {
    message: `The XML you provided was not well-formed or did not validate against our published schema (${where}${why})`,
  });
}

interface Open {
  /** As written, prefix included: the end tag must be the same. */
  readonly tag: string;
  readonly name: string;
  readonly start: number;
  text: string;
  children: XmlElement[];
}

const space = /[ \t\r\n]*/y;
const nameToken = /[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z_][A-Za-z0-9_.-]*)?/y;
const declaration =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.[0-9]"|'1\.[0-9]')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"utf-8"|'utf-8'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>/i;

class Reader {
  readonly #text: string;
  #at = 0;
  #elements = 0;
  readonly #stack: Open[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  root(): XmlElement {
    const bad = forbidden.exec(this.#text);
    if (bad !== null) throw this.#fail('a character that XML does not allow', bad.index);
    const declared = declaration.exec(this.#text);
    if (declared !== null) this.#at = declared[0].length;
    this.#outside();
    const root = this.#tree();
    this.#outside();
    if (this.#at < this.#text.length) throw this.#fail('text behind the root element');
    return root;
  }

  /** White space and comments before and behind the root. */
  #outside(): void {
    for (;;) {
      this.#skip(space);
      if (!this.#text.startsWith('<!--', this.#at)) return;
      this.#comment();
    }
  }

  /** From the root's `<` to behind its end tag. A stack of our own: the depth is the client's. */
  #tree(): XmlElement {
    if (this.#text[this.#at] !== '<') throw this.#fail('an element is missing');
    for (;;) {
      const done = this.#markup();
      if (done !== undefined) {
        const parent = this.#stack.at(-1);
        if (parent === undefined) return done;
        parent.children.push(done);
      }
      this.#characters();
    }
  }

  /** One piece of markup; the element that it ends, if it ends one. */
  #markup(): XmlElement | undefined {
    const text = this.#text;
    const next = text.charCodeAt(this.#at + 1);
    if (next === 0x2f) return this.#endTag();
    if (next !== 0x21) return this.#startTag();
    if (text.startsWith('<!--', this.#at)) this.#comment();
    else if (text.startsWith('<![CDATA[', this.#at)) this.#cdata();
    else throw this.#fail('a declaration, which is not allowed');
    return undefined;
  }

  #startTag(): XmlElement | undefined {
    const start = this.#at;
    this.#at += 1;
    const tag = this.#token('an element’s name');
    if (this.#stack.length === depthMax) throw this.#fail(`more than ${depthMax} levels`, start);
    this.#elements += 1;
    if (this.#elements > elementsMax) throw this.#fail('too many elements', start);
    this.#attributes();
    const open: Open = { tag, name: localName(tag), start, text: '', children: [] };
    if (this.#text.startsWith('/>', this.#at)) {
      this.#at += 2;
      return this.#element(open);
    }
    if (this.#text[this.#at] !== '>') throw this.#fail('a tag without its end');
    this.#at += 1;
    this.#stack.push(open);
    return undefined;
  }

  #attributes(): void {
    const seen = new Set<string>();
    for (;;) {
      const before = this.#at;
      this.#skip(space);
      const next = this.#text[this.#at];
      if (next === '>' || next === '/' || next === undefined) return;
      if (this.#at === before) throw this.#fail('an attribute without white space before it');
      const name = this.#token('an attribute’s name');
      if (seen.has(name)) throw this.#fail(`the attribute ${name} twice`);
      seen.add(name);
      if (seen.size > attributesMax) throw this.#fail('too many attributes');
      this.#skip(space);
      if (this.#text[this.#at] !== '=') throw this.#fail('an attribute without a value');
      this.#at += 1;
      this.#skip(space);
      this.#attributeValue();
    }
  }

  #attributeValue(): void {
    const quote = this.#text[this.#at];
    if (quote !== '"' && quote !== "'") throw this.#fail('an attribute’s value without quotes');
    const end = this.#text.indexOf(quote, this.#at + 1);
    if (end < 0) throw this.#fail('an attribute’s value without its end');
    const value = this.#text.slice(this.#at + 1, end);
    if (value.includes('<')) throw this.#fail('< in an attribute’s value');
    this.#decode(value);
    this.#at = end + 1;
  }

  #endTag(): XmlElement {
    const open = this.#stack.pop();
    this.#at += 2;
    const tag = this.#token('an element’s name');
    if (open === undefined || open.tag !== tag) throw this.#fail(`</${tag}> ends nothing`);
    this.#skip(space);
    if (this.#text[this.#at] !== '>') throw this.#fail('a tag without its end');
    this.#at += 1;
    return this.#element(open);
  }

  #element({ name, text, children, start }: Open): XmlElement {
    const place = (): string => placeIn(this.#text, start);
    if (children.length === 0) return { name, text, children, place };
    if (text.trim() !== '') throw this.#fail(`text between the elements of ${name}`, start);
    return { name, text: '', children, place };
  }

  /** Text up to the next `<`. */
  #characters(): void {
    const end = this.#text.indexOf('<', this.#at);
    if (end < 0) throw this.#fail('an element without its end tag', this.#text.length);
    const open = this.#stack.at(-1);
    if (end > this.#at && open !== undefined) {
      const raw = this.#text.slice(this.#at, end);
      if (raw.includes(']]>')) throw this.#fail(']]> in text');
      open.text += this.#decode(raw);
    }
    this.#at = end;
  }

  #cdata(): void {
    const open = this.#stack.at(-1);
    const end = this.#text.indexOf(']]>', this.#at);
    if (end < 0 || open === undefined) throw this.#fail('CDATA without its place or end');
    open.text += this.#text.slice(this.#at + 9, end).replaceAll(/\r\n?/g, '\n');
    this.#at = end + 3;
  }

  #comment(): void {
    const end = this.#text.indexOf('--', this.#at + 4);
    if (end < 0 || this.#text[end + 2] !== '>') throw this.#fail('a comment without a proper end');
    this.#at = end + 3;
  }

  #decode(raw: string): string {
    const text = decodeText(raw);
    if (text === undefined) throw this.#fail('a reference that is not allowed');
    return text;
  }

  #token(what: string): string {
    nameToken.lastIndex = this.#at;
    const found = nameToken.exec(this.#text)?.[0];
    if (found === undefined) throw this.#fail(`${what} is missing`);
    this.#at += found.length;
    return found;
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    pattern.test(this.#text);
    this.#at = pattern.lastIndex;
  }

  #fail(why: string, at: number = this.#at): Refusal {
    return malformed(why, placeIn(this.#text, at));
  }
}

function localName(tag: string): string {
  const colon = tag.indexOf(':');
  return colon < 0 ? tag : tag.slice(colon + 1);
}

function placeIn(text: string, at: number): string {
  const before = text.slice(0, at);
  return `line ${before.split('\n').length}, column ${at - before.lastIndexOf('\n')}`;
}
