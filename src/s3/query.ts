/** The query of a request, as operations look things up in it. */
import { queryEntries, type QueryEntries } from '../base/request-target.ts';

/** The query string, decoded once, in wire order; repeated names keep every value. */
export interface Query {
  /** The first value, `''` for a bare name, undefined when absent. */
  get(name: string): string | undefined;
  has(name: string): boolean;
  readonly entries: QueryEntries;
}

/** The query in a query string (without `?`). Throws `InvalidURI` (`base/request-target.ts`). */
export function parseQuery(raw: string): Query {
  return raw === '' ? none : new ParsedQuery(queryEntries(raw));
}

class ParsedQuery implements Query {
  readonly entries: QueryEntries;

  constructor(entries: QueryEntries) {
    this.entries = entries;
  }

  get(name: string): string | undefined {
    for (const entry of this.entries) if (entry[0] === name) return entry[1];
    return undefined;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }
}

const none: Query = new ParsedQuery([]);
