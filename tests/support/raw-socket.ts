/** A client that sends exactly the bytes it is told to, for tests of what clients must not send. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';

export interface RawReply {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

export class RawClient implements Disposable {
  readonly socket: Socket;
  /** Everything received so far, as latin1. */
  received = '';
  /** Resolves when the socket is closed, by whomever and however. */
  readonly closed: Promise<void>;
  #changed: () => void = () => undefined;
  #isClosed = false;

  constructor(port: number, host = '127.0.0.1') {
    this.socket = connect({ port, host, noDelay: true });
    this.socket.on('error', () => undefined);
    this.socket.on('data', (data) => {
      this.received += data.toString('latin1');
      this.#changed();
    });
    this.closed = new Promise((resolve) => {
      this.socket.once('close', () => {
        this.#isClosed = true;
        this.#changed();
        resolve();
      });
    });
  }

  send(text: string | Buffer): this {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
    return this;
  }

  /** Waits until `seen` says so; throws when the socket closes first. */
  async until(seen: (received: string) => boolean): Promise<string> {
    while (!seen(this.received)) {
      if (this.#isClosed) throw new Error(`closed after ${JSON.stringify(this.received)}`);
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
    return this.received;
  }

  /** Takes the next whole reply (by its Content-Length) out of what was received. */
  async reply(): Promise<RawReply> {
    const lengthOf = (head: string): number =>
      Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    await this.until((text) => {
      const end = text.indexOf('\r\n\r\n');
      return end >= 0 && text.length >= end + 4 + lengthOf(text.slice(0, end));
    });
    const end = this.received.indexOf('\r\n\r\n');
    const head = this.received.slice(0, end);
    const length = lengthOf(head);
    const body = this.received.slice(end + 4, end + 4 + length);
    this.received = this.received.slice(end + 4 + length);
    return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), head, body };
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}
