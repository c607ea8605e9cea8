/**
 * One client connection: its peer, the requests being answered on it, and how it ends. A connection
 * that is closing serves nothing more, whatever else its client has sent.
 */
import type { Socket } from 'node:net';
import { Refusal } from '../base/refusal.ts';
import { refusalBytes } from './wire-refusal.ts';
import type { WireRefusal } from './wire-refusal.ts';

export interface LingerLimits {
  readonly lingerBytesMax: number;
  readonly lingerMsMax: number;
}

/** A request that is being answered, as its connection sees it. */
export interface LiveRequest {
  /** No more of the body will come. */
  bodyFailed(failure: Refusal): void;
  /** The connection is gone. */
  closed(): void;
}

export class Connection {
  readonly socket: Socket;
  /** The peer's IP address, IPv4 in its own form; empty on a Unix socket. */
  readonly peerAddress: string;
  readonly tls: boolean;
  readonly live = new Set<LiveRequest>();
  closing = false;
  #lingering = false;
  readonly #limits: LingerLimits;

  constructor(socket: Socket, limits: LingerLimits) {
    this.socket = socket;
    this.tls = 'encrypted' in socket;
    this.peerAddress = (socket.remoteAddress ?? '').replace(mappedIPv4, '');
    this.#limits = limits;
    socket.once('close', () => this.#closed());
    // node takes its own listener off a socket that sent CONNECT: a reset must not end the process.
    socket.on('error', () => undefined);
  }

  /** Refuses what the client sent as a whole, and ends. */
  refuse(refusal: WireRefusal): void {
    if (this.closing) return;
    this.closing = true;
    // Replies to earlier requests come first; their clients see the end instead of this refusal.
    if (this.live.size > 0) return;
    this.socket.write(refusalBytes(refusal), 'latin1');
    this.linger();
  }

  /** The framing broke, or the client sent its FIN, in the middle of a body. */
  breakBody(): void {
    this.closing = true;
    for (const request of this.live) request.bodyFailed(new Refusal('IncompleteBody'));
  }

  /**
   * After the reply in progress the connection ends. The client may still be sending: closing at
   * once would answer its bytes with a reset that can swallow the reply (RFC 9112 §9.6).
   */
  closeAfterReply(): void {
    this.closing = true;
    // node calls this when a reply with "Connection: close" is out.
    this.socket.destroySoon = () => this.linger();
  }

  /** True when no later request of this connection is being answered. */
  isLast(request: LiveRequest): boolean {
    return [...this.live].at(-1) === request;
  }

  /** Sends FIN, takes what still comes for a short while, and closes. */
  linger(): void {
    if (this.#lingering) return;
    this.#lingering = true;
    const { socket } = this;
    const { lingerBytesMax, lingerMsMax } = this.#limits;
    const started = performance.now();
    const bytesBefore = socket.bytesRead;
    socket.end();
    socket.resume();
    const timer = setInterval(() => {
      const late = performance.now() - started >= lingerMsMax;
      if (late || socket.bytesRead - bytesBefore > lingerBytesMax) socket.destroy();
    }, lingerMsMax / 20);
    timer.unref();
    socket.once('close', () => clearInterval(timer));
  }

  #closed(): void {
    this.closing = true;
    for (const request of this.live) request.closed();
    this.live.clear();
  }
}

const mappedIPv4 = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;
