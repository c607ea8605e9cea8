/**
 * Object bytes on their way in: aws-chunked decoded; the payload hash, chunk and trailer signatures
 * verified. Digests of the plaintext are only declared here: the store computes them anyway (ETag,
 * stored checksum) and refuses what does not match, before anything becomes visible.
 */
import type { DeclaredDigests } from '../store/checksums.ts';

export interface Payload {
  /** Plaintext length when declared (Content-Length or x-amz-decoded-content-length). */
  readonly length: number | undefined;
  /**
   * The bytes; may be iterated once. A chunk is handed on only after its signature verified; a
   * payload hash over the whole, the trailer's signature and the declared length are verified before
   * the iteration ends normally. Throws the refusal AWS gives.
   */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** What the client says the bytes hash to, by header or trailer. */
  readonly declared: DeclaredDigests;
}
