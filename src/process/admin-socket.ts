/**
 * Makes room for the admin API's Unix socket. Only the process that holds the data folder's lock
 * calls this, so a socket found there is what a killed process left; one that still answers means
 * that locks do not work on this file system, and start is refused.
 */
import { lstat, mkdir, rm, symlink } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { dirname } from 'node:path';
import { StartError } from '../base/start-error.ts';
import { adminSocketName, adminSocketPlace, findAdminSocket } from '../config/admin-socket.ts';
import type { Environment } from '../config/settings.ts';

/** The socket's path, free to listen on, and its removal at the end. */
export interface AdminSocket extends AsyncDisposable {
  readonly path: string;
}

/** Prepares the socket of `data`. `http/` listens on it with mode 0600. */
export async function prepareAdminSocket(data: string, env: Environment): Promise<AdminSocket> {
  const name = adminSocketName(data);
  const path = adminSocketPlace(data, env);
  for (const old of new Set([await findAdminSocket(data), path])) await removeStale(old, data);
  await rm(name, { force: true });
  if (path !== name) {
    await ownFolder(dirname(path));
    await symlink(path, name);
  }
  return {
    path,
    async [Symbol.asyncDispose]() {
      for (const used of new Set([path, name])) await rm(used, { force: true });
    },
  };
}

async function removeStale(path: string, data: string): Promise<void> {
  if (await answers(path)) {
    throw new StartError(
      `Another Coffer serves the data folder ${data}: its socket ${path} answers. Stop it, or give this one another folder with --data.`,
    );
  }
  const found = await lstat(path).catch(() => undefined);
  if (found?.isSocket() === true) await rm(path, { force: true });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createConnection({ path });
    const done = (live: boolean) => (): void => {
      probe.destroy();
      resolve(live);
    };
    probe.once('connect', done(true));
    probe.once('error', done(false));
  });
}

/** A folder in a place that others may write must be ours alone before a socket is put in it. */
async function ownFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = await lstat(folder);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) {
    throw new StartError(
      `The folder ${folder} for the admin socket is not this user's alone. Set XDG_RUNTIME_DIR to one that is, or choose a data folder with a shorter path.`,
    );
  }
}
