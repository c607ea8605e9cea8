/**
 * The end of a server: nothing new is accepted, idle connections close at once, requests in flight
 * finish within a grace time, whatever is left then is cut off.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Connection } from './connection.ts';

export interface EndingServer {
  readonly server: Server;
  readonly connections: ReadonlyMap<Socket, Connection>;
  /** Every accepted socket, those still in their TLS handshake too. */
  readonly sockets: ReadonlySet<Socket>;
  readonly graceMs: number;
}

/** Resolves when every socket is closed, with the number of requests that were cut off. */
export async function endServer(ending: EndingServer): Promise<number> {
  const { server, connections, sockets, graceMs } = ending;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const { socket, live, closing } of connections.values()) {
    if (live.size === 0 && !closing) socket.destroySoon();
  }
  const served = Promise.all([...connections.keys()].map(closing));
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, graceMs);
  await Promise.race([served, late.promise]);
  clearTimeout(timer);
  let cutOff = 0;
  for (const { live } of connections.values()) cutOff += live.size;
  const gone = Promise.all([...sockets].map(closing));
  for (const socket of sockets) socket.destroy();
  await gone;
  await closed;
  return cutOff;
}

const closing = (socket: Socket): Promise<void> =>
  socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once('close', resolve));
