/** Listening, with errors that name the address and the mend. */
import type { Server } from 'node:net';
import { StartError } from '../base/start-error.ts';

/** A TCP address, with the setting that chose it for messages; or the path of a Unix socket. */
export type ListenAddress =
  | { readonly host: string; readonly port: number; readonly setting: string }
  | { readonly path: string };

/** The TCP address that is listened on; port 0 of a Unix socket. */
export interface Listening {
  readonly host: string;
  readonly port: number;
}

/** Resolves when connections are accepted; throws a `StartError` otherwise. */
export async function listen(server: Server, address: ListenAddress): Promise<Listening> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.once('listening', resolve);
  // Whoever may enter the folder may connect: DATA is 0700, and the socket itself is closed too.
  const before = 'path' in address ? process.umask(0o177) : undefined;
  server.listen('path' in address ? { path: address.path } : { ...tcp(address), backlog });
  if (before !== undefined) process.umask(before);
  try {
    await promise;
  } catch (error) {
    throw new StartError(sentence(error as NodeJS.ErrnoException, address), { cause: error });
  } finally {
    server.removeListener('error', reject);
  }
  const actual = server.address();
  if (actual === null || typeof actual === 'string') return { host: '', port: 0 };
  const { address: host, port } = actual;
  return { host, port };
}

const backlog = 1024;

const tcp = ({ host, port }: { host: string; port: number }): { host: string; port: number } => ({
  host,
  port,
});

function sentence(error: NodeJS.ErrnoException, address: ListenAddress): string {
  if ('path' in address) return `The socket ${address.path} cannot be opened (${error.code}).`;
  const { host, setting } = address;
  const shown = `${host.includes(':') ? `[${host}]` : host}:${address.port}`;
  switch (error.code ?? '') {
    case 'EADDRINUSE':
      return `${shown} is in use by another program. Stop it, or choose another address with ${setting}.`;
    case 'EACCES':
      return `${shown} may not be listened on by this user: ports below 1024 need the right to. Choose another port with ${setting}.`;
    case 'EADDRNOTAVAIL':
      return `${host} is not an address of this machine. Choose one that is, or 0.0.0.0, with ${setting}.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The host name ${host} is not known. Give an IP address with ${setting}.`;
    default:
      return `${shown} cannot be listened on (${error.code ?? error.message}). Choose another address with ${setting}.`;
  }
}
