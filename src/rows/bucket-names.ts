/** From a bucket's id, which stands in row keys, to its name, under which its row is found. */
import { toHex } from '../base/bytes.ts';
import { Fault } from '../base/refusal.ts';
import type { Metadata } from '../engines/metadata.ts';
import { type BucketRow, bucketRow } from './bucket-row.ts';
import { behind, encodeKey, rangeOf } from './keyspace.ts';
import type { RowView, Rows } from './rows.ts';

const pageRows = 500;

export interface NamedBucket {
  readonly name: string;
  readonly shredded: boolean;
}

/** What the bucket rows say, read again when an id is not known: only a hint, checked by its users. */
export class BucketNames {
  readonly #source: { readonly metadata: Metadata; readonly rows: Rows };
  /** By id in hexadecimal; undefined: no bucket's. */
  readonly #names = new Map<string, NamedBucket | undefined>();

  constructor(source: { readonly metadata: Metadata; readonly rows: Rows }) {
    this.#source = source;
  }

  /** Undefined where no row that opens has this id. */
  async of(bucketId: Uint8Array): Promise<NamedBucket | undefined> {
    const id = toHex(bucketId);
    if (!this.#names.has(id)) {
      await this.#read();
      if (!this.#names.has(id)) this.#names.set(id, undefined);
    }
    return this.#names.get(id);
  }

  /** The row under the name is another bucket's now, or none. */
  forget(bucketId: Uint8Array): void {
    this.#names.delete(toHex(bucketId));
  }

  async #read(): Promise<void> {
    const { metadata, rows } = this.#source;
    const { start: first, end } = rangeOf(encodeKey(bucketRow.code));
    for (let start: Uint8Array | undefined = first; start !== undefined;) {
      using snapshot = metadata.snapshot();
      using view = rows.view();
      const page = await snapshot.range({ start, end, limit: pageRows });
      for (const { key } of page) {
        const name = bucketRow.decodeKey(key);
        const row = await openedRow(view, name);
        if (row === undefined) continue;
        this.#names.set(toHex(row.id), { name, shredded: row.secret === undefined });
      }
      const last: { readonly key: Uint8Array } | undefined = page.at(-1);
      start = last === undefined || page.length < pageRows ? undefined : behind(last.key);
    }
  }
}

/** A row that does not open gives no name; what walks the bucket rows themselves reports it. */
async function openedRow(view: RowView, name: string): Promise<BucketRow | undefined> {
  try {
    return await view.get(bucketRow, name);
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'damaged') throw error;
    return undefined;
  }
}
