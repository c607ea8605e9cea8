/** Something that is not as it should be, and the names by which an operator finds it. */
import { Fault } from '../../base/refusal.ts';
import { printableKey } from '../../rows/keyspace.ts';

/** As far as they are known: of a row that does not open, only what its key says. */
export interface FindingNames {
  readonly bucket?: string | undefined;
  /** The object key. */
  readonly key?: string | undefined;
  /** As S3 shows it. */
  readonly versionId?: string | undefined;
  /** As S3 shows it. */
  readonly uploadId?: string | undefined;
  /** The master key version in the row's header; undefined where a data key seals it. */
  readonly keyVersion?: number | undefined;
}

export interface Finding extends FindingNames {
  /** The kind of row, or `blob` for a file. */
  readonly kind: string;
  /** The row's key, or the blob's id, as logs print it. */
  readonly row: string;
  /** What is wrong, for people: behind the names it makes a sentence. */
  readonly problem: string;
}

/** Findings of one row that are told one by one; the others are counted. */
export const rowFindingsMax = 100;

/** What is found about one row, while more and more is learned of whose it is. */
export class RowReport {
  readonly findings: Finding[] = [];
  /** Findings beyond `rowFindingsMax`. */
  more = 0;
  readonly #kind: string;
  readonly #row: Uint8Array;
  #names: FindingNames = {};

  constructor(kind: string, rowKey: Uint8Array) {
    this.#kind = kind;
    this.#row = rowKey;
  }

  know(names: FindingNames): void {
    this.#names = { ...this.#names, ...names };
  }

  say(problem: string, about: Partial<Finding> = {}): void {
    if (this.findings.length === rowFindingsMax) {
      this.more += 1;
      return;
    }
    const row = printableKey(this.#row);
    this.findings.push({ kind: this.#kind, row, ...this.#names, ...about, problem });
  }

  /** What `open` gives; where that is damaged, says so and gives undefined. */
  opened<T>(what: string, open: () => T, about = nothingMore): T | undefined {
    try {
      return open();
    } catch (error) {
      return this.#damaged(what, error, about());
    }
  }

  async openedLater<T>(
    what: string,
    open: () => Promise<T>,
    about: Partial<Finding> = {},
  ): Promise<T | undefined> {
    try {
      return await open();
    } catch (error) {
      return this.#damaged(what, error, about);
    }
  }

  #damaged(what: string, error: unknown, about: Partial<Finding> = {}): undefined {
    this.say(`${what} does not open: ${reasonOf(error)}`, about);
    return undefined;
  }
}

const nothingMore = (): Partial<Finding> => ({});

/** The value, or undefined where it is damaged: what another row's own check tells of. */
export function openedElsewhere<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    return void reasonOf(error);
  }
}

export async function openedElsewhereLater<T>(open: () => Promise<T>): Promise<T | undefined> {
  try {
    return await open();
  } catch (error) {
    return void reasonOf(error);
  }
}

/** Why it is damaged, without the names that the finding has anyway. Throws what is no damage. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Fault) || error.kind !== 'damaged') throw error;
  return error.cause instanceof Fault ? error.cause.message : error.message;
}
