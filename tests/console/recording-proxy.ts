/**
 * Stands before the S3 port as a reverse proxy would: what the browser sent is kept as it came over
 * the wire, and the connection can be cut in the middle.
 */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface RecordingProxy extends AsyncDisposable {
  readonly url: string;
  readonly sent: readonly Sent[];
  /** Where requests go on to; none is answered before. */
  serve(target: string): void;
  /** Bytes that have gone through to the server. */
  bytesIn(): number;
  /** Cuts every connection, and each new one until `join`. */
  cut(): void;
  join(): void;
}

export async function startRecordingProxy(): Promise<RecordingProxy> {
  const sent: Sent[] = [];
  const sockets = new Set<Socket>();
  const state = { target: '', down: false, bytesIn: 0 };
  const server = createServer((incoming, outgoing) => {
    const { method = '', url: path = '', headers } = incoming;
    sent.push({ method, path, headers });
    incoming.on('data', (bytes: Buffer) => void (state.bytesIn += bytes.length));
    forward(state.target, incoming, outgoing);
  });
  server.on('connection', (socket: Socket) => {
    if (state.down) {
      socket.resetAndDestroy();
      return;
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    sent,
    serve: (target) => void (state.target = target),
    bytesIn: () => state.bytesIn,
    cut: () => {
      state.down = true;
      for (const socket of sockets) socket.resetAndDestroy();
    },
    join: () => void (state.down = false),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function forward(target: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { hostname, port } = new URL(target);
  const { method, url: path, rawHeaders: headers } = incoming;
  const onward = request({ hostname, port, method, path, headers }, (reply) => {
    outgoing.writeHead(reply.statusCode ?? 502, reply.rawHeaders);
    reply.pipe(outgoing);
    reply.once('error', () => outgoing.destroy());
  });
  onward.once('error', () => outgoing.destroy());
  incoming.once('error', () => onward.destroy());
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) onward.destroy();
  });
  incoming.pipe(onward);
}
