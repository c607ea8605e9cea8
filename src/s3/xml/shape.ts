/**
 * Taking an element apart by the names it may hold. What a schema of S3's does not know is
 * `MalformedXML`: a setting that Coffer has never heard of must not be dropped in silence.
 */
import { type XmlElement, malformed } from './read.ts';

/** The children of an element, each name at most once except those in `many`. */
export interface Members {
  /** The one child of that name, or undefined. */
  one(name: string): XmlElement | undefined;
  /** Every child of that name, in order. */
  all(name: string): readonly XmlElement[];
}

/** The members of `element`. Throws for a name outside `once` and `many`, and for one of `once` twice. */
export function members(
  element: XmlElement,
  once: readonly string[],
  many: readonly string[] = [],
): Members {
  const found = new Map<string, XmlElement[]>();
  if (element.children.length === 0 && element.text.trim() !== '') {
    throw malformed(`${element.name} holds text`, element.place());
  }
  for (const child of element.children) {
    const { name } = child;
    if (!once.includes(name) && !many.includes(name)) {
      throw malformed(`${element.name} has no ${name}`, child.place());
    }
    const earlier = found.get(name);
    if (earlier === undefined) found.set(name, [child]);
    else if (many.includes(name)) earlier.push(child);
    else throw malformed(`${name} twice`, child.place());
  }
  return {
    one: (name) => found.get(name)?.[0],
    all: (name) => found.get(name) ?? [],
  };
}

/** The element itself, if it has this name. */
export function named(element: XmlElement, name: string): XmlElement {
  if (element.name === name) return element;
  throw malformed(`the root is ${element.name}, not ${name}`, element.place());
}

/** A member that must be there. */
export function required(of: XmlElement, found: XmlElement | undefined, name: string): XmlElement {
  if (found !== undefined) return found;
  throw malformed(`${of.name} lacks ${name}`, of.place());
}

/** The text of an element that holds nothing else. */
export function leaf(element: XmlElement): string {
  const [child] = element.children;
  if (child !== undefined) throw malformed(`${element.name} holds elements`, child.place());
  return element.text;
}

/** `true` or `false`, as XML Schema's boolean. */
export function boolean(element: XmlElement): boolean {
  const text = leaf(element).trim().toLowerCase();
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw malformed(`${element.name} is neither true nor false`, element.place());
}

/** One of the words that S3 knows there. */
export function oneOf<Word extends string>(element: XmlElement, words: readonly Word[]): Word {
  const text = leaf(element).trim();
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw malformed(`${element.name} is none of ${words.join(', ')}`, element.place());
}
