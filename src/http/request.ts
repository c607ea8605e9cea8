/**
 * One request being answered: what handlers see of it (`HttpRequest`), and what the server needs to
 * bring it to its end. Made for every request, so it makes nothing that may not be asked for.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestId } from '../base/ids.ts';
import { Refusal } from '../base/refusal.ts';
import { requestNote } from '../base/request-notes.ts';
import type { Notable, RequestNote } from '../base/request-notes.ts';
import { emptyBody, RequestBody } from './body.ts';
import type { Connection, LiveRequest } from './connection.ts';
import type { Headers, HttpRequest } from './exchange.ts';
import type { ProgressWatch, Wait } from './progress.ts';
import type { Client } from './trusted-proxy.ts';

export interface RequestParts {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly headers: Headers;
  readonly connection: Connection;
  readonly client: Client;
  /** The client sent `Expect: 100-continue` and waits. */
  readonly expectsContinue: boolean;
  readonly watch: ProgressWatch;
  /** Called when the connection goes away after the reply was handed over, before it was taken. */
  readonly lost: (request: SocketRequest) => void;
}

export class SocketRequest implements HttpRequest, LiveRequest, Notable {
  readonly id = requestId();
  readonly method: string;
  readonly target: string;
  readonly headers: Headers;
  readonly remoteAddress: string;
  readonly secure: boolean;
  readonly receivedAt = new Date();
  readonly contentLength: number | undefined;
  readonly body: AsyncIterable<Uint8Array>;
  [requestNote]: RequestNote | undefined = undefined;

  readonly startedMs = performance.now();
  readonly connection: Connection;
  readonly response: ServerResponse;
  /** The reply's status and body bytes, as they were sent. */
  status = 0;
  bytesOut = 0;
  /** Called once when the connection goes away before the reply is out. */
  onClosed: (() => void) | undefined = undefined;
  /** The handler and the reply's stream are done with it. */
  answered = false;
  /** Its end was told. */
  settled = false;
  /** The client is waited for to take the end of its reply. */
  lastWait: Wait | undefined = undefined;
  readonly #body: RequestBody | undefined;
  readonly #lost: (request: SocketRequest) => void;
  #waitsForContinue: boolean;
  #closed = false;
  #aborted = false;
  #abort: AbortController | undefined;

  constructor(parts: RequestParts) {
    const { message, headers } = parts;
    this.method = message.method ?? '';
    this.target = message.url ?? '';
    this.headers = headers;
    this.remoteAddress = parts.client.address;
    this.secure = parts.client.secure;
    this.connection = parts.connection;
    this.response = parts.response;
    this.#lost = parts.lost;
    this.#waitsForContinue = parts.expectsContinue;
    const length = headers.get('content-length')?.[0];
    this.contentLength = length === undefined ? undefined : Number(length);
    const hasBody = length === undefined ? headers.has('transfer-encoding') : length !== '0';
    this.#body = hasBody ? new RequestBody(message, parts.watch) : undefined;
    this.body = this.#body ?? emptyBody;
  }

  sendContinue(): void {
    if (!this.#waitsForContinue || this.#closed) return;
    this.#waitsForContinue = false;
    this.response.writeContinue();
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#aborted) this.#abort.abort();
    }
    return this.#abort.signal;
  }

  get bytesIn(): number {
    return this.#body?.received ?? 0;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /**
   * Can the connection carry another request after this one's reply? Not when a client that was
   * never told to continue may or may not send its body, and not when too much of it is unread.
   */
  leavesConnectionUsable(drainBytesMax: number): boolean {
    if (this.#body === undefined || this.#body.complete) return true;
    if (this.#waitsForContinue || this.contentLength === undefined) return false;
    return this.contentLength - this.#body.arrived <= drainBytesMax;
  }

  /** The reply is out: what is left of the body is dropped as it comes, if it comes soon. */
  releaseBody(): void {
    this.#body?.drain(() => this.connection.socket.destroy());
  }

  bodyFailed(failure: Refusal): void {
    if (this.#body === undefined || this.#body.complete) return;
    this.#body.fail(failure);
    this.#aborts();
  }

  closed(): void {
    this.#closed = true;
    this.#body?.fail(new Refusal('IncompleteBody'));
    this.#aborts();
    this.lastWait?.stop();
    this.onClosed?.();
    if (this.answered) this.#lost(this);
  }

  #aborts(): void {
    this.#aborted = true;
    this.#abort?.abort();
  }
}
