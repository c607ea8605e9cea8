/**
 * A strict JSON reader (RFC 8259) for policies. It remembers where everything stood, refuses a name
 * given twice in one object (which `JSON.parse` answers with the last one, so that what a person
 * reads is not what is enforced), and bounds depth. Linear in the text; never throws anything but
 * `Refusal('MalformedPolicy')`.
 */
import { quoted, type PolicyText } from './malformed.ts';

export type JsonNode = JsonObject | JsonArray | JsonString | JsonNumber | JsonBoolean | JsonNull;

export interface JsonObject {
  readonly kind: 'object';
  readonly at: number;
  readonly members: ReadonlyMap<string, JsonMember>;
}
export interface JsonMember {
  readonly name: string;
  readonly nameAt: number;
  readonly value: JsonNode;
}
export interface JsonArray {
  readonly kind: 'array';
  readonly at: number;
  readonly items: readonly JsonNode[];
}
export interface JsonString {
  readonly kind: 'string';
  readonly at: number;
  readonly value: string;
}
export interface JsonNumber {
  readonly kind: 'number';
  readonly at: number;
  /** As written: a policy compares it as text or parses it itself. */
  readonly value: string;
}
export interface JsonBoolean {
  readonly kind: 'boolean';
  readonly at: number;
  readonly value: boolean;
}
export interface JsonNull {
  readonly kind: 'null';
  readonly at: number;
}

/** The whole text as one JSON object; it must begin with `{`, as AWS demands. */
export function readJson(source: PolicyText): JsonObject {
  if (!source.text.startsWith('{')) {
    source.fail(0, "Policies must be valid JSON and the first byte must be '{'");
  }
  const reader = new Reader(source);
  const root = reader.object(1);
  reader.end();
  return root;
}

const words = 'This policy contains invalid Json';
/** A policy's deepest value lies at 6: policy, Statement, statement, Condition, operator, values. */
const depthMax = 12;

const numberAt = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
/** From the space upward, without the double quote and the backslash. */
// eslint-disable-next-line no-control-regex -- JSON forbids bare control characters in strings
const plainTextAt = /[ !#-[\]-\uffff]+/y;
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class Reader {
  readonly #source: PolicyText;
  readonly #text: string;
  #at = 0;

  constructor(source: PolicyText) {
    this.#source = source;
    this.#text = source.text;
  }

  end(): void {
    this.#space();
    if (this.#at < this.#text.length) this.#fail('nothing may follow the policy');
  }

  object(depth: number): JsonObject {
    const at = this.#at;
    this.#descend(depth);
    const members = new Map<string, JsonMember>();
    this.#space();
    if (this.#take('}')) return { kind: 'object', at, members };
    do {
      this.#space();
      const nameAt = this.#at;
      if (this.#text[nameAt] !== '"') this.#fail('a name in double quotes was expected');
      const name = this.#string();
      if (members.has(name)) {
        this.#source.fail(nameAt, words, `${quoted(name)} is given twice`);
      }
      this.#space();
      if (!this.#take(':')) this.#fail('":" was expected');
      members.set(name, { name, nameAt, value: this.#value(depth + 1) });
      this.#space();
    } while (this.#take(','));
    if (!this.#take('}')) this.#fail('"," or "}" was expected');
    return { kind: 'object', at, members };
  }

  #array(depth: number): JsonArray {
    const at = this.#at;
    this.#descend(depth);
    const items: JsonNode[] = [];
    this.#space();
    if (this.#take(']')) return { kind: 'array', at, items };
    do {
      items.push(this.#value(depth + 1));
      this.#space();
    } while (this.#take(','));
    if (!this.#take(']')) this.#fail('"," or "]" was expected');
    return { kind: 'array', at, items };
  }

  #value(depth: number): JsonNode {
    this.#space();
    const at = this.#at;
    switch (this.#text[at] ?? '') {
      case '{':
        return this.object(depth);
      case '[':
        return this.#array(depth);
      case '"':
        return { kind: 'string', at, value: this.#string() };
      case 't':
        return this.#word('true', { kind: 'boolean', at, value: true });
      case 'f':
        return this.#word('false', { kind: 'boolean', at, value: false });
      case 'n':
        return this.#word('null', { kind: 'null', at });
      default:
        return { kind: 'number', at, value: this.#number() };
    }
  }

  #word<Node>(word: string, node: Node): Node {
    if (!this.#text.startsWith(word, this.#at)) this.#fail('a value was expected');
    this.#at += word.length;
    return node;
  }

  #number(): string {
    numberAt.lastIndex = this.#at;
    const found = numberAt.exec(this.#text)?.[0];
    if (found === undefined) this.#fail('a value was expected');
    this.#at += found.length;
    return found;
  }

  #string(): string {
    this.#at += 1;
    let value = '';
    for (;;) {
      plainTextAt.lastIndex = this.#at;
      const plain = plainTextAt.exec(this.#text)?.[0] ?? '';
      value += plain;
      this.#at += plain.length;
      if (this.#take('"')) return value;
      if (!this.#take('\\')) this.#fail('the string has no end, or holds a control character');
      value += this.#escape();
    }
  }

  #escape(): string {
    const name = this.#text[this.#at] ?? '';
    const hex = this.#text.slice(this.#at + 1, this.#at + 5);
    if (name === 'u' && /^[0-9a-fA-F]{4}$/.test(hex)) {
      this.#at += 5;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    const char = Object.hasOwn(escapes, name) ? escapes[name] : undefined;
    if (char === undefined) this.#fail('that is no escape of JSON');
    this.#at += 1;
    return char;
  }

  #descend(depth: number): void {
    if (depth > depthMax) this.#fail('nested too deeply');
    this.#at += 1;
  }

  #space(): void {
    while (' \t\n\r'.includes(this.#text[this.#at] ?? '-')) this.#at += 1;
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }

  #fail(detail: string): never {
    this.#source.fail(this.#at, words, detail);
  }
}
