/**
 * One request and its reply, as the rest of Coffer sees HTTP. `http/` makes requests from sockets
 * and sends replies; nothing above it touches `node:http`.
 */
import type { Headers } from '../base/headers.ts';

export { header, type Headers } from '../base/headers.ts';

export interface HttpRequest {
  /** 16 upper-case hexadecimal characters, sent back as `x-amz-request-id`. */
  readonly id: string;
  readonly method: string;
  /** Path and query exactly as on the wire; never decoded or normalised. Starts with `/`. */
  readonly target: string;
  readonly headers: Headers;
  /** The client's IP address; from X-Forwarded-For only behind a trusted proxy. */
  readonly remoteAddress: string;
  /** TLS on this socket, or X-Forwarded-Proto: https from a trusted proxy. */
  readonly secure: boolean;
  readonly receivedAt: Date;
  /** The declared Content-Length; undefined when absent. With chunked transfer it is undefined. */
  readonly contentLength: number | undefined;
  /**
   * The body's bytes as on the wire (transfer coding removed, aws-chunked not). May be iterated
   * once. Throws `Refusal('IncompleteBody')` when the client goes away early and
   * `Refusal('RequestTimeout')` when it falls below the minimum progress.
   */
  readonly body: AsyncIterable<Uint8Array>;
  /** Answers `Expect: 100-continue`; nothing where the client does not wait. Call before reading. */
  sendContinue(): void;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

export interface HttpReply {
  readonly status: number;
  /** Names as they go on the wire. Content-Length is set by `http/` for a whole body. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * A stream must come with its `Content-Length` header, unless its length is not known before.
   * An error from it after the first byte destroys the socket: the client sees a short body. A chunk
   * becomes the reply's, which frees its memory (`discard`).
   */
  readonly body?: Uint8Array | string | AsyncIterable<Uint8Array>;
}

/** Answers every request; never throws for anything a client did. */
export type Handler = (request: HttpRequest) => Promise<HttpReply>;
