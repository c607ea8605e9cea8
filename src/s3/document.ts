/**
 * The whole body of an operation that takes a document (XML, JSON), bounded and verified before it
 * is parsed: MD5 and checksum, where the client declared them (S3-BEHAVIOURS 3). Texts as S3 answers
 * them, 2026-11-24.
 */
import { asBuffer } from '../base/bytes.ts';
import { parserLimits } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import { assertDeclared, digestsOf } from '../store/checksums/digests.ts';
import type { Payload } from './payload.ts';

/** The longest document of any operation; most are far shorter and bound again where parsed. */
const documentBytesMax = parserLimits.xmlListBytesMax;

export interface DocumentRules {
  /** The operation must know that the document arrived as it was sent. */
  readonly needsDigest: boolean;
  readonly bytesMax?: number;
}

/** Reads a document. Throws `MaxMessageLengthExceeded`, `BadDigest`, or what the payload throws. */
export async function readDocument(payload: Payload, rules: DocumentRules): Promise<Buffer> {
  const bytesMax = rules.bytesMax ?? documentBytesMax;
  if ((payload.length ?? 0) > bytesMax) throw tooLong(bytesMax);
  const { md5, checksum } = payload.declared;
  if (rules.needsDigest && md5 === undefined && checksum === undefined) throw noDigest();
  const document = await whole(payload, bytesMax);
  const declared = checksum?.value();
  if (rules.needsDigest && md5 === undefined && declared === undefined) throw noDigest();
  if (md5 !== undefined || declared !== undefined) {
    // Where only an MD5 was declared, any algorithm serves; CRC32 is the cheapest.
    assertDeclared(digestsOf(document, checksum?.algorithm ?? 'CRC32'), payload.declared);
  }
  return document;
}

async function whole({ bytes }: Payload, bytesMax: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of bytes) {
    length += piece.length;
    if (length > bytesMax) throw tooLong(bytesMax);
    pieces.push(piece);
  }
  const [only] = pieces;
  return only !== undefined && pieces.length === 1 ? asBuffer(only) : Buffer.concat(pieces, length);
}

function noDigest(): Refusal {
  return new Refusal('InvalidRequest', {
    message: 'Missing required header for this request: Content-Md5 OR x-amz-checksum-*',
  });
}

function tooLong(bytesMax: number): Refusal {
  return new Refusal('MaxMessageLengthExceeded', {
    fields: { MaxMessageLengthBytes: String(bytesMax) },
  });
}
