/**
 * Sockets in, replies out: an HTTP/1.1 server (RFC 9110, RFC 9112) on node:http or node:https that
 * drives a `Handler`. Requests that must not be served never reach it. There is no HTTP/2 and no
 * Upgrade; S3's clients use neither.
 */
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { httpLimits } from '../base/limits.ts';
import { nodeHttp } from '../base/node-http.ts';
import { Fault } from '../base/refusal.ts';
import { noteRequest } from '../base/request-notes.ts';
import { Connection } from './connection.ts';
import type { Handler, HttpReply } from './exchange.ts';
import { healthOperation, healthReply } from './health.ts';
import type { Ready } from './health.ts';
import { listen } from './listen.ts';
import type { ListenAddress, Listening } from './listen.ts';
import { headersOf, malformed } from './malformed.ts';
import type { Observer } from './observer.ts';
import { ProgressWatch } from './progress.ts';
import { abandonReply, sendReply, watchEnd } from './reply.ts';
import type { ReplyContext } from './reply.ts';
import { SocketRequest } from './request.ts';
import { endServer } from './shutdown.ts';
import type { TlsIdentity } from './tls.ts';
import { clientBehind } from './trusted-proxy.ts';
import type { ClientOf } from './trusted-proxy.ts';
import { refusalReply, wireRefusals } from './wire-refusal.ts';
import type { WireRefusal } from './wire-refusal.ts';

export type HttpLimits = { readonly [Name in keyof typeof httpLimits]: number };

export interface HttpServerOptions {
  readonly handler: Handler;
  readonly address: ListenAddress;
  readonly observer: Observer;
  readonly tls?: TlsIdentity | undefined;
  /** `ADDRESS/BITS` of proxies whose X-Forwarded-* are believed. */
  readonly trustedProxies?: readonly string[];
  /** Answers `/.coffer/live` and `/.coffer/ready` before the handler. */
  readonly ready?: Ready;
  /** Tests shorten limits; nothing else should. */
  readonly limits?: Partial<HttpLimits>;
}

export interface HttpServer {
  /** Where it listens, with the port that the system chose. */
  readonly listening: Listening;
  /** New connections get the new certificate; open ones keep theirs. */
  useTls(identity: TlsIdentity): void;
  /**
   * Stops accepting, closes idle connections at once, lets requests in flight finish for at most
   * `graceMs`, then cuts the rest off. Returns how many were cut off. May be called once.
   */
  close(graceMs: number): Promise<number>;
}

/** Starts a server; resolves when it accepts connections. Throws a `StartError`. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const limits: HttpLimits = { ...httpLimits, ...options.limits };
  const service = new Service(options, limits);
  const server = await makeServer(options.tls, limits);
  service.attach(server);
  const listening = await listen(server, options.address).catch((error: unknown) => {
    service.watch[Symbol.dispose]();
    throw error;
  });
  return {
    listening,
    useTls: ({ options: tls }) => {
      if ('setSecureContext' in server) (server as SecureServer).setSecureContext(tls);
    },
    close: (graceMs) => service.close(server, graceMs),
  };
}

interface SecureServer extends Server {
  setSecureContext(options: TlsIdentity['options']): void;
}

async function makeServer(tls: TlsIdentity | undefined, limits: HttpLimits): Promise<Server> {
  const options: ServerOptions = {
    maxHeaderSize: limits.headerBytesMax,
    headersTimeout: limits.headersMsMax,
    // The progress rule bounds a request, never its total time.
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAliveIdleMsMax,
    connectionsCheckingInterval: Math.min(5_000, limits.headersMsMax / 2),
    highWaterMark: limits.socketBufferBytes,
    // Checked from the raw headers, so that the answer is ours.
    requireHostHeader: false,
  };
  const server =
    tls === undefined
      ? nodeHttp.createServer(options)
      : (await import('node:https')).createServer({
          ...options,
          ...tls.options,
          handshakeTimeout: limits.handshakeMsMax,
        });
  // 0 means that node drops none: the headers' size bounds their number.
  server.maxHeadersCount = 0;
  server.maxConnections = limits.connectionsMax;
  return server;
}

class Service {
  readonly watch: ProgressWatch;
  readonly #options: HttpServerOptions;
  readonly #limits: HttpLimits;
  readonly #clientOf: ClientOf;
  readonly #connections = new Map<Socket, Connection>();
  readonly #sockets = new Set<Socket>();
  readonly #lost = (request: SocketRequest): void => this.#settled(request, true);
  #stopping = false;

  constructor(options: HttpServerOptions, limits: HttpLimits) {
    this.#options = options;
    this.#limits = limits;
    this.#clientOf = clientBehind(options.trustedProxies ?? []);
    this.watch = new ProgressWatch(limits, () => this.#watchEnds());
  }

  attach(server: Server): void {
    const secure = 'setSecureContext' in server;
    server.on('connection', (socket: Socket) => this.#opened(socket));
    server.on(secure ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.#connections.set(socket, new Connection(socket, this.#limits));
      socket.once('close', () => this.#connections.delete(socket));
    });
    server.on('tlsClientError', (_error: Error, socket: Socket) => socket.destroy());
    server.on('request', (message, response) => this.#request(message, response, false));
    server.on('checkContinue', (message, response) => this.#request(message, response, true));
    const refuse = (socket: Socket, refusal: WireRefusal): void => {
      const connection = this.#connections.get(socket);
      if (connection !== undefined) this.#refuse(connection, refusal);
    };
    server.on('checkExpectation', (message: IncomingMessage) => {
      message.resume();
      refuse(message.socket, wireRefusals.expectation);
    });
    server.on('connect', (message: IncomingMessage) =>
      refuse(message.socket, wireRefusals.connect),
    );
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) =>
      this.#clientError(error, socket),
    );
  }

  close(server: Server, graceMs: number): Promise<number> {
    this.#stopping = true;
    return endServer({
      server,
      connections: this.#connections,
      sockets: this.#sockets,
      graceMs,
    }).finally(() => this.watch[Symbol.dispose]());
  }

  #opened(socket: Socket): void {
    const { observer } = this.#options;
    this.#sockets.add(socket);
    observer.socketOpened();
    socket.once('close', () => {
      this.#sockets.delete(socket);
      observer.socketClosed();
    });
  }

  #request(message: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const connection = this.#connections.get(message.socket);
    // What follows a refused request on the same connection may be smuggled: it is never served.
    if (connection === undefined || connection.closing) return;
    const headers = headersOf(message.rawHeaders);
    const refusal = malformed(message, headers);
    if (refusal !== undefined) {
      message.resume();
      this.#refuse(connection, refusal);
      return;
    }
    const peer = { address: connection.peerAddress, secure: connection.tls };
    const request = new SocketRequest({
      message,
      response,
      headers,
      connection,
      client: this.#clientOf(peer, headers),
      expectsContinue,
      watch: this.watch,
      lost: this.#lost,
    });
    connection.live.add(request);
    this.#options.observer.requestStarted();
    response.once('finish', () => this.#finished(request));
    void this.#answer(request);
  }

  async #answer(request: SocketRequest): Promise<void> {
    const failed = (error: unknown): void => this.#options.observer.requestFailed(request, error);
    try {
      const reply = await this.#handle(request);
      if (request.isClosed) await abandonReply(reply);
      else await sendReply(request, reply, this.#replyContext(), failed);
    } catch (error) {
      failed(error);
      if (!request.isClosed) void this.#sendError(request, error, failed);
    } finally {
      request.answered = true;
      if (request.isClosed) this.#settled(request, true);
    }
  }

  #handle(request: SocketRequest): HttpReply | Promise<HttpReply> {
    const { handler, ready } = this.#options;
    if (ready !== undefined) {
      const health = healthReply(request, () => !this.#stopping && ready());
      if (health !== undefined) {
        noteRequest(request, { operation: healthOperation });
        return health;
      }
    }
    return handler(request);
  }

  /** The handler broke its promise, or the stream of its reply failed before the first byte. */
  #sendError(
    request: SocketRequest,
    error: unknown,
    failed: (error: unknown) => void,
  ): Promise<void> | undefined {
    if (request.response.headersSent) {
      request.connection.socket.destroy();
      return undefined;
    }
    const busy = error instanceof Fault && (error.kind === 'busy' || error.kind === 'unavailable');
    const refusal = busy ? wireRefusals.busy : wireRefusals.internal;
    return sendReply(request, refusalReply(refusal, request.id), this.#replyContext(), failed);
  }

  #replyContext(): ReplyContext {
    const { drainBytesMax } = this.#limits;
    return { watch: this.watch, drainBytesMax, stopping: this.#stopping };
  }

  #finished(request: SocketRequest): void {
    const { connection } = request;
    connection.live.delete(request);
    request.lastWait?.stop();
    request.releaseBody();
    this.#settled(request, false);
    if (connection.live.size > 0) return;
    if (connection.closing) connection.linger();
    else if (this.#stopping) connection.socket.destroySoon();
  }

  #watchEnds(): void {
    for (const { live } of this.#connections.values()) {
      for (const request of live) {
        if (request instanceof SocketRequest && request.answered) watchEnd(request, this.watch);
      }
    }
  }

  #settled(request: SocketRequest, aborted: boolean): void {
    if (request.settled) return;
    request.settled = true;
    const { status, bytesIn, bytesOut, startedMs } = request;
    const milliseconds = performance.now() - startedMs;
    const { observer } = this.#options;
    observer.requestFinished({ request, status, milliseconds, bytesIn, bytesOut, aborted });
  }

  #refuse(connection: Connection, refusal: WireRefusal): void {
    if (connection.closing) return;
    this.#options.observer.malformedRequest(refusal.code, connection.peerAddress);
    connection.refuse(refusal);
  }

  #clientError(error: NodeJS.ErrnoException, socket: Socket): void {
    const connection = this.#connections.get(socket);
    if (connection === undefined || !socket.writable || isSocketError(error)) {
      socket.destroy();
    } else if (connection.live.size > 0) {
      connection.breakBody();
    } else {
      this.#refuse(connection, parserRefusals[error.code ?? ''] ?? wireRefusals.malformed);
    }
  }
}

/** The parser's errors that have an answer of their own; every other one is "malformed". */
const parserRefusals: Readonly<Record<string, WireRefusal>> = {
  HPE_HEADER_OVERFLOW: wireRefusals.headersTooLarge,
  ERR_HTTP_REQUEST_TIMEOUT: wireRefusals.timeout,
  HPE_INVALID_CONTENT_LENGTH: wireRefusals.length,
  HPE_UNEXPECTED_CONTENT_LENGTH: wireRefusals.length,
  HPE_INVALID_TRANSFER_ENCODING: wireRefusals.transferCoding,
};

/** Trouble of the socket itself (`ECONNRESET`, `EPIPE`, TLS alerts), not of what it carried. */
const isSocketError = ({ code }: NodeJS.ErrnoException): boolean =>
  code !== undefined && !code.startsWith('HPE_') && code !== 'ERR_HTTP_REQUEST_TIMEOUT';
