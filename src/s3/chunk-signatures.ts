/**
 * The signatures inside an aws-chunked body. Each chunk's covers its bytes and the signature before
 * it, from the request's own, and the trailer's covers the trailer lines ("Transferring Payload in
 * Multiple Chunks" and "Including Trailing Headers", S3 API reference, 2026-11-24).
 */
import { hash } from 'node:crypto';
import { scopeText } from '../access/signature/scope.ts';
import { sameSignature, sign, type SignatureChain } from '../access/signature/signing-key.ts';
import { Refusal } from '../base/refusal.ts';

/** Verifies the signatures of one body, in order. */
export class ChunkSignatures {
  readonly #key: SignatureChain['signingKey'];
  /** Timestamp and scope, as every string to sign has them. */
  readonly #place: string;
  #previous: string;

  constructor(chain: SignatureChain) {
    this.#key = chain.signingKey;
    this.#place = `${chain.timestamp.text}\n${scopeText(chain.scope)}`;
    this.#previous = chain.signature;
  }

  /** Verifies a chunk by the SHA-256 of its bytes, in hexadecimal. Throws `SignatureDoesNotMatch`. */
  checkChunk(digest: string, signature: string): void {
    this.#check(
      `AWS4-HMAC-SHA256-PAYLOAD\n${this.#place}\n${this.#previous}\n${emptyHash}\n${digest}`,
      signature,
    );
  }

  /** Verifies the trailer: `name:value` and a line feed for each. Throws `SignatureDoesNotMatch`. */
  checkTrailer(lines: string, signature: string): void {
    const digest = hash('sha256', Buffer.from(lines, 'latin1'), 'hex');
    this.#check(
      `AWS4-HMAC-SHA256-TRAILER\n${this.#place}\n${this.#previous}\n${digest}`,
      signature,
    );
  }

  #check(stringToSign: string, signature: string): void {
    const expected = sign(this.#key, stringToSign);
    if (!sameSignature(expected, signature)) {
      throw new Refusal('SignatureDoesNotMatch', { fields: { StringToSign: stringToSign } });
    }
    this.#previous = expected;
  }
}

/** The SHA-256 of nothing. */
export const emptyHash = hash('sha256', '', 'hex');
