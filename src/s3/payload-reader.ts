/**
 * Opens the body of a request by the rule that its `x-amz-content-sha256` gave, and by no other:
 * plain, or aws-chunked with or without signatures and trailer (S3-BEHAVIOURS 1; CVE-2025-31489,
 * CVE-2026-40344). Whatever a declared length, hash or signature does not fit is refused before the
 * iteration ends normally, so nothing of it becomes visible.
 *
 * `100-continue` is answered when the first byte is asked for, not before.
 */
import { createHash, hash } from 'node:crypto';
import type { PayloadRule } from '../access/signature/payload-rule.ts';
import type { SignatureChain } from '../access/signature/signing-key.ts';
import { assert, Refusal } from '../base/refusal.ts';
import { header, type Headers, type HttpRequest } from '../http/exchange.ts';
import { ChunkedDecoder } from './aws-chunked.ts';
import { ChunkSignatures, emptyHash } from './chunk-signatures.ts';
import { ChunkTrailer } from './chunk-trailer.ts';
import { announcedTrailer, declaredDigests } from './declared-digests.ts';
import type { Payload } from './payload.ts';

export interface PayloadSource {
  readonly http: Pick<HttpRequest, 'headers' | 'contentLength' | 'body' | 'sendContinue'>;
  /** The headers that count (`S3Request.headers`). */
  readonly headers: Headers;
  readonly rule: PayloadRule;
  /** What chunk signatures follow from; undefined for an anonymous request. */
  readonly chain: SignatureChain | undefined;
  /** The operation takes no body: one that is not empty is refused. */
  readonly none?: boolean;
  /**
   * An `x-amz-checksum-*` header is about the object, not about this body
   * (CompleteMultipartUpload): it is left to the operation.
   */
  readonly checksumOfObject?: boolean;
}

/** Opens a body; nothing of it is read yet. Throws what can be refused from the headers alone. */
export function openPayload(source: PayloadSource): Payload {
  const { http, headers, rule } = source;
  if (source.none === true) return noBody(http, rule);
  const coding = codingOf(source);
  const length = coding === undefined ? plainLength(http) : decodedLength(headers);
  const ofObject = source.checksumOfObject === true;
  const declared = declaredDigests(headers, coding?.trailer, ofObject);
  const bytes =
    coding === undefined
      ? plainBytes(http, length, rule.rule === 'sha256' ? rule.hash : undefined)
      : chunkedBytes(http, new ChunkedDecoder({ length, ...coding }));
  return { length, bytes, declared };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

const empty: Payload = {
  length: 0,
  bytes: { [Symbol.asyncIterator]: () => nothing() },
  declared: {},
};

function noBody(http: PayloadSource['http'], rule: PayloadRule): Payload {
  if ((http.contentLength ?? 0) > 0 || http.headers.has('transfer-encoding')) {
    throw new Refusal('InvalidRequest', { message: 'This operation takes no request body.' });
  }
  if (rule.rule === 'sha256' && rule.hash !== emptyHash) throw otherHash(rule.hash, emptyHash);
  return empty;
}

interface Coding {
  readonly signatures: ChunkSignatures | undefined;
  readonly trailer: ChunkTrailer;
}

function codingOf({ headers, rule, chain }: PayloadSource): Coding | undefined {
  switch (rule.rule) {
    case 'sha256':
    case 'unsigned':
      return undefined;
    case 'streaming-signed':
      return coding(headers, signaturesOf(chain), { hasTrailer: false });
    case 'streaming-signed-trailer':
      return coding(headers, signaturesOf(chain), { hasTrailer: true });
    case 'streaming-unsigned-trailer':
      return coding(headers, undefined, { hasTrailer: true });
  }
}

function coding(
  headers: Headers,
  signatures: ChunkSignatures | undefined,
  { hasTrailer }: { readonly hasTrailer: boolean },
): Coding {
  const announced = announcedTrailer(headers, hasTrailer);
  const signed = hasTrailer && signatures !== undefined;
  return { signatures, trailer: new ChunkTrailer({ announced, signed }) };
}

function signaturesOf(chain: SignatureChain | undefined): ChunkSignatures {
  assert(chain !== undefined, 'a signed payload needs the signature it follows from');
  return new ChunkSignatures(chain);
}

function plainLength({ contentLength }: PayloadSource['http']): number {
  if (contentLength === undefined) throw new Refusal('MissingContentLength');
  return contentLength;
}

function decodedLength(headers: Headers): number {
  const value = header(headers, 'x-amz-decoded-content-length')?.trim();
  if (value === undefined) throw new Refusal('MissingContentLength');
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw new Refusal('InvalidArgument', {
    message: 'x-amz-decoded-content-length must be a number of bytes.',
    fields: { ArgumentName: 'x-amz-decoded-content-length', ArgumentValue: value },
  });
}

async function* plainBytes(
  http: PayloadSource['http'],
  length: number,
  expected: string | undefined,
): AsyncGenerator<Uint8Array> {
  http.sendContinue();
  let received = 0;
  let running: ReturnType<typeof createHash> | undefined;
  for await (const piece of http.body) {
    if (piece.length === 0) continue;
    received += piece.length;
    if (received > length) throw wrongLength();
    if (expected !== undefined) {
      // A body that came in one piece is verified before it is handed on, and hashed at one go.
      if (piece.length === length) checkHash(expected, hash('sha256', piece, 'hex'));
      else (running ??= createHash('sha256')).update(piece);
    }
    yield piece;
  }
  if (received !== length) throw wrongLength();
  if (expected === undefined) return;
  if (running !== undefined) checkHash(expected, running.digest('hex'));
  else if (length === 0) checkHash(expected, emptyHash);
}

async function* chunkedBytes(
  http: PayloadSource['http'],
  decoder: ChunkedDecoder,
): AsyncGenerator<Uint8Array> {
  http.sendContinue();
  const plain: Uint8Array[] = [];
  for await (const piece of http.body) {
    decoder.push(piece, plain);
    if (plain.length > piecesMax) {
      // Many tiny chunks: joining them costs less than handing each on.
      yield Buffer.concat(plain);
    } else {
      for (const bytes of plain) yield bytes;
    }
    plain.length = 0;
  }
  decoder.end();
}

const piecesMax = 8;

function checkHash(expected: string, computed: string): void {
  if (expected !== computed) throw otherHash(expected, computed);
}

function otherHash(expected: string, computed: string): Refusal {
  return new Refusal('XAmzContentSHA256Mismatch', {
    fields: { ClientComputedContentSHA256: expected, S3ComputedContentSHA256: computed },
  });
}

function wrongLength(): Refusal {
  return new Refusal('IncompleteBody');
}
