/**
 * The files of the built console, read once into memory: what is served is what was listed then, so a
 * request's path is only ever looked up, never turned into a path on disk.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { StartError } from './base/start-error.ts';
import type { Headers, HttpReply } from './http/exchange.ts';
import { header } from './http/exchange.ts';

export interface ConsoleFiles {
  /** The reply to a path of the request's target, or undefined where there is no such file. */
  find(path: string, headers: Headers): HttpReply | undefined;
}

/** Reads a folder that a build made. */
export async function readConsoleFiles(folder: string): Promise<ConsoleFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  if (names.length > filesMax) throw new StartError(`${folder} holds more than ${filesMax} files.`);
  const read = await Promise.all(
    names.map(async (name) => [
      `/${name.split(sep).join('/')}`,
      await readFile(join(folder, name)),
    ]),
  );
  const contents = new Map(read as [string, Buffer][]);
  const files = new Map<string, ServedFile>();
  for (const [path, bytes] of contents) {
    const type = types[extname(path)];
    if (type === undefined) continue;
    const packed = encodings.flatMap(({ suffix, name }) => {
      const smaller = contents.get(path + suffix);
      return smaller === undefined ? [] : [{ name, ...entity(smaller) }];
    });
    files.set(path, { type, plain: entity(bytes), packed });
  }
  return {
    find(path, headers) {
      const file = files.get(path);
      return file && replyOf(path, file, headers);
    },
  };
}

const filesMax = 5_000;

interface Entity {
  readonly bytes: Buffer;
  readonly etag: string;
}

interface ServedFile {
  readonly type: string;
  readonly plain: Entity;
  readonly packed: readonly (Entity & { readonly name: string })[];
}

const entity = (bytes: Buffer): Entity => ({
  bytes,
  etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`,
});

/** Made by a build beside the file, best first. */
const encodings = [
  { suffix: '.br', name: 'br' },
  { suffix: '.gz', name: 'gzip' },
] as const;

/** A file of another kind is not served: nothing is left to a browser's guess. */
const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

function replyOf(path: string, { type, plain, packed }: ServedFile, headers: Headers): HttpReply {
  const accepted = header(headers, 'accept-encoding') ?? '';
  const coded = packed.find(({ name }) => acceptsCoding(accepted, name));
  const { bytes, etag } = coded ?? plain;
  const said: Record<string, string> = {
    ETag: etag,
    // A build names these by their content.
    'Cache-Control': path.startsWith('/assets/')
      ? 'public, max-age=31536000, immutable'
      : 'no-cache',
  };
  if (packed.length > 0) said['Vary'] = 'Accept-Encoding';
  const known = header(headers, 'if-none-match')?.split(',') ?? [];
  if (known.some((tag) => tag.trim().replace(/^W\//, '') === etag)) {
    return { status: 304, headers: said };
  }
  said['Content-Type'] = type;
  if (coded !== undefined) said['Content-Encoding'] = coded.name;
  return { status: 200, headers: said, body: bytes };
}

/** Named, and not with `q=0` (RFC 9110 §12.5.3). */
function acceptsCoding(accepted: string, name: string): boolean {
  return accepted.split(',').some((part) => {
    const [coding = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    return coding.toLowerCase() === name && !parameters.some((each) => /^q=0(\.0*)?$/i.test(each));
  });
}
