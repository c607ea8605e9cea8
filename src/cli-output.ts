/** Where commands write long results: standard output or a file, no faster than it is taken. */
import { open } from 'node:fs/promises';
import type { Output } from './cli/host.ts';

/** The standard output, or a file that is made anew with mode 0600. */
export async function openOutput(path: string | undefined): Promise<Output> {
  if (path === undefined) return standardOutput();
  const file = await open(path, 'w', 0o600);
  let closed = false;
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    await file.close();
  };
  return {
    write: async (text) => {
      await file.appendFile(text);
      return true;
    },
    end: async () => {
      await file.sync().catch((error: NodeJS.ErrnoException) => {
        // A pipe or a terminal that was named by its path.
        if (error.code !== 'EINVAL') throw error;
      });
      await close();
    },
    [Symbol.asyncDispose]: close,
  };
}

function standardOutput(): Output {
  const { stdout } = process;
  return {
    // A reader that has seen enough (`| head`) is not an error.
    write: (text) =>
      new Promise((resolve, reject) => {
        stdout.write(text, (error: (Error & { code?: string }) | null | undefined) => {
          if (error === null || error === undefined) resolve(true);
          else if (error.code === 'EPIPE') resolve(false);
          else reject(error);
        });
      }),
    end: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** Shows a line on the terminal in place of the one before; an empty one takes it away. */
export function showProgress(line: string): void {
  process.stderr.write(`\r\x1b[K${line}`);
}
