/**
 * Where the admin API's Unix socket is. It lies in the data folder; where that path is longer than
 * a socket's may be, it lies in the user's runtime folder and DATA/admin.sock is a link to it.
 */
import { createHash } from 'node:crypto';
import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from './settings.ts';

/** `sun_path` less its NUL: 108 bytes on Linux, 104 on macOS. */
const socketPathBytesMax = process.platform === 'darwin' ? 103 : 107;

/** DATA/admin.sock: the socket itself, or the link to it. */
export const adminSocketName = (data: string): string => join(data, 'admin.sock');

/** Where a server puts the socket of `data`. */
export function adminSocketPlace(data: string, env: Environment): string {
  const name = adminSocketName(data);
  if (Buffer.byteLength(name) <= socketPathBytesMax) return name;
  const runtime = env['XDG_RUNTIME_DIR'];
  const uid = process.getuid?.() ?? 0;
  const folder = runtime === undefined || runtime === '' ? `/tmp/coffer-${uid}` : runtime;
  const id = createHash('sha256').update(data).digest('hex').slice(0, 16);
  return join(folder, `coffer-${id}.sock`);
}

/** Where a command finds the socket of `data`; whether anything answers there is another matter. */
export async function findAdminSocket(data: string): Promise<string> {
  const name = adminSocketName(data);
  return readlink(name).catch(() => name);
}
