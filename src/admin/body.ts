/**
 * The body of an admin request: one JSON object (RFC 8259), bounded, in UTF-8, and exactly the bytes
 * that were signed.
 */
import { createHash } from 'node:crypto';
import { parserLimits } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { HttpRequest } from '../http/exchange.ts';
import { Members } from './members.ts';

/** Reads the members of a body; `digest` is its signed SHA-256, undefined where nothing is signed. */
export async function readMembers(
  http: HttpRequest,
  digest: string | undefined,
  bytesMax: number = parserLimits.adminDocumentBytesMax,
): Promise<Members> {
  const bytes = await readAll(http, bytesMax);
  if (digest !== undefined) assertDigest(bytes, digest);
  const parsed = parse(bytes);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw invalid('The body must be a JSON object.');
  }
  return new Members(parsed);
}

/** For requests without a body: one that has any is refused. */
export async function readNothing(http: HttpRequest, digest: string | undefined): Promise<Members> {
  const bytes = await readAll(http, parserLimits.adminDocumentBytesMax);
  if (bytes.length > 0) throw invalid('This request takes no body.');
  if (digest !== undefined) assertDigest(bytes, digest);
  return new Members({});
}

async function readAll(http: HttpRequest, bytesMax: number): Promise<Buffer> {
  if ((http.contentLength ?? 0) > bytesMax) throw tooLong(bytesMax);
  http.sendContinue();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of http.body) {
    length += piece.length;
    if (length > bytesMax) throw tooLong(bytesMax);
    pieces.push(piece);
  }
  return Buffer.concat(pieces, length);
}

function assertDigest(bytes: Buffer, digest: string): void {
  if (createHash('sha256').update(bytes).digest('hex') === digest) return;
  throw new Refusal('XAmzContentSHA256Mismatch');
}

function parse(bytes: Buffer): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which may hold a secret key.
    throw invalid('The body is not JSON in UTF-8.');
  }
}

function tooLong(bytesMax: number): Refusal {
  return new Refusal('MaxMessageLengthExceeded', {
    message: `The body is longer than ${bytesMax} bytes.`,
  });
}

function invalid(message: string): Refusal {
  return new Refusal('InvalidRequest', { message });
}
