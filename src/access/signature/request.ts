/**
 * What a signature is computed over: the part of an HTTP request that SigV4 sees. `HttpRequest` of
 * `http/` is one; so is whatever a test or a client makes.
 */
import type { Headers } from '../../base/headers.ts';

export interface SignedRequest {
  readonly method: string;
  /** Path and query exactly as on the wire. */
  readonly target: string;
  readonly headers: Headers;
}

/** A request as it arrived: its time is compared with the time it was signed for. */
export interface ReceivedRequest extends SignedRequest {
  readonly receivedAt: Date;
}
