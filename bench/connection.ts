/** One keep-alive connection that sends prepared bytes and counts what comes back. */
import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly bytes: number;
  /** The body, kept only when asked for. */
  readonly body: Buffer | undefined;
}

interface Waiting {
  readonly keep: boolean;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** Understands replies with Content-Length, chunked ones that end a read, and 204/304. */
export class Connection {
  readonly #socket: Socket;
  #waiting: Waiting | undefined;
  #head: Buffer = Buffer.alloc(0);
  #status = 0;
  #left = -1;
  #received = 0;
  #chunked = false;
  #kept: Buffer[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => this.#onData(bytes));
    socket.on('error', (error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(new Error('the server closed the connection')));
  }

  static open(host: string, port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, host, () => resolve(new Connection(socket)));
      socket.once('error', reject);
    });
  }

  send(head: Buffer, body?: Buffer, keep = false): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { keep, resolve, reject };
      this.#received = 0;
      this.#kept = [];
      if (body === undefined) this.#socket.write(head);
      else if (body.length < 65_536) this.#socket.write(Buffer.concat([head, body]));
      else {
        this.#socket.cork();
        this.#socket.write(head);
        this.#socket.write(body);
        this.#socket.uncork();
      }
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #onData(bytes: Buffer): void {
    let rest = bytes;
    if (this.#left < 0 && !this.#chunked) {
      this.#head = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes]);
      const end = this.#head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = this.#head.toString('latin1', 0, end);
      rest = this.#head.subarray(end + 4);
      this.#head = Buffer.alloc(0);
      this.#status = Number(head.slice(9, 12));
      const length = /\r\ncontent-length: (\d+)/i.exec(head);
      this.#chunked = /\r\ntransfer-encoding: chunked/i.test(head);
      this.#left = this.#chunked ? -1 : Number(length?.[1] ?? 0);
    }
    this.#received += rest.length;
    if (this.#waiting?.keep === true) this.#kept.push(rest);
    if (this.#chunked) {
      if (rest.subarray(-5).toString('latin1') === '0\r\n\r\n') this.#finish();
      return;
    }
    this.#left -= rest.length;
    if (this.#left === 0) this.#finish();
  }

  #finish(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#left = -1;
    this.#chunked = false;
    waiting?.resolve({
      status: this.#status,
      bytes: this.#received,
      body: waiting.keep ? Buffer.concat(this.#kept) : undefined,
    });
  }
}
