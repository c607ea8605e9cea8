/**
 * The check of `data.mdb` before LMDB maps it: every page that LMDB may read lies inside the file.
 * LMDB itself looks at the first meta page only, and reading a page behind the end of the file is a
 * SIGBUS that kills the process without a word.
 *
 * Page layout: docs/format/lmdb-pages.md. The usual case reads the two meta pages. Where the file
 * is shorter than the meta page says, pages at its end were freed before they were ever written,
 * or it was truncated: then the trees are walked, and only a page that is really referred to and
 * missing is damage. The walk looks at positions alone; what rows hold is the business of seals.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { Fault } from '../../base/refusal.ts';

/** Throws `Fault('damaged')` naming `path` unless it is absent, empty or whole. */
export function checkDataFile(path: string): void {
  const fd = openOrAbsent(path);
  if (fd === undefined) return;
  try {
    const file = new DataFile(fd, path);
    if (file.bytes() > 0) file.check();
  } finally {
    closeSync(fd);
  }
}

const metaBytes = 168;
const headerBytes = 24;
const magic = 0xbeefc0de;
const dataVersion = 2;
const noPage = 2n ** 64n - 1n;
const flag = { branch: 0x01, leaf: 0x02, meta: 0x08, overflowNode: 0x01 } as const;

interface Meta {
  readonly pageBytes: number;
  readonly transaction: bigint;
  readonly lastPage: bigint;
  readonly roots: readonly bigint[];
}

class DataFile {
  readonly #fd: number;
  readonly #path: string;

  constructor(fd: number, path: string) {
    this.#fd = fd;
    this.#path = path;
  }

  bytes(): number {
    return fstatSync(this.#fd).size;
  }

  check(): void {
    // A live writer may replace the older meta page and its tree meanwhile: then look again.
    for (let look = 0; look < 8; look += 1) {
      const meta = this.#newestMeta();
      const wholeBytes = (Number(meta.lastPage) + 1) * meta.pageBytes;
      // The size is read after the meta page: a live file only grows.
      if (this.bytes() >= wholeBytes) return;
      const missing = this.#firstMissing(meta);
      if (missing === undefined) return;
      if (this.#newestMeta().transaction === meta.transaction) this.#damaged(missing);
    }
  }

  #newestMeta(): Meta {
    const first = this.#meta(0, 0);
    const second = this.#meta(1, first.pageBytes);
    if (first.pageBytes !== second.pageBytes)
      this.#damaged('its two meta pages differ in page size');
    return second.transaction > first.transaction ? second : first;
  }

  #meta(number: number, offset: number): Meta {
    const bytes = Buffer.alloc(metaBytes);
    const read = readSync(this.#fd, bytes, 0, metaBytes, offset);
    const pageBytes = bytes.readUInt32LE(48);
    const valid =
      read === metaBytes &&
      bytes.readBigUInt64LE(0) === BigInt(number) &&
      (bytes.readUInt16LE(18) & flag.meta) !== 0 &&
      bytes.readUInt32LE(24) === magic &&
      (bytes.readUInt32LE(28) & 0xffff) === dataVersion &&
      pageBytes >= 256 &&
      pageBytes <= 65_536 &&
      (pageBytes & (pageBytes - 1)) === 0;
    if (!valid) this.#damaged(`its meta page ${number} is not one of LMDB data format 2`);
    return {
      pageBytes,
      lastPage: bytes.readBigUInt64LE(144),
      transaction: bytes.readBigUInt64LE(152),
      roots: [bytes.readBigUInt64LE(88), bytes.readBigUInt64LE(136)],
    };
  }

  /** Says which page is referred to and not there; undefined where none is. */
  #firstMissing(meta: Meta): string | undefined {
    const pages = Math.floor(this.bytes() / meta.pageBytes);
    const page = Buffer.alloc(meta.pageBytes);
    const seen = new Uint8Array(pages);
    const queue = meta.roots.filter((root) => root !== noPage).map((root) => Number(root));
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (next >= pages) return `page ${next} is behind its end`;
      if (seen[next] === 1) continue;
      seen[next] = 1;
      readSync(this.#fd, page, 0, meta.pageBytes, next * meta.pageBytes);
      for (const needed of pagesNamedIn(page)) {
        if (needed.last >= pages) return `page ${needed.last} is behind its end`;
        if (needed.isTree) queue.push(needed.last);
      }
    }
    return undefined;
  }

  #damaged(what: string): never {
    throw new Fault(
      'damaged',
      `${this.#path} is damaged or truncated: ${what}. ` +
        'Restore the data folder from a backup; the file was not changed.',
    );
  }
}

interface NamedPage {
  /** The page, or the last one of an overflow run. */
  readonly last: number;
  readonly isTree: boolean;
}

/** The children of a branch page, or the overflow runs of a leaf page. */
function pagesNamedIn(page: Buffer): NamedPage[] {
  const kind = page.readUInt16LE(18) & (flag.branch | flag.leaf);
  if (kind === 0) return [];
  const nodes = Math.min(page.readUInt16LE(20), page.length - headerBytes) >>> 1;
  const named: NamedPage[] = [];
  for (let index = 0; index < nodes; index += 1) {
    const node = headerBytes + page.readUInt16LE(headerBytes + 2 * index);
    if (node + 8 > page.length) continue;
    if (kind === flag.branch) {
      named.push({ last: page.readUIntLE(node, 6), isTree: true });
    } else if ((page.readUInt16LE(node + 4) & flag.overflowNode) !== 0) {
      const at = node + 8 + page.readUInt16LE(node + 6);
      if (at + 24 > page.length) continue;
      const first = Number(page.readBigUInt64LE(at));
      named.push({ last: first + Number(page.readBigUInt64LE(at + 16)) - 1, isTree: false });
    }
  }
  return named;
}

function openOrAbsent(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
