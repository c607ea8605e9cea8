/** The commands' host when the program is a real one: its streams, its files, its terminal. */
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { openAdminClient } from './admin/client.ts';
import { askSecret } from './ask-secret.ts';
import type { CliHost } from './cli/host.ts';
import { openOutput, showProgress } from './cli-output.ts';
import { openStoreOffline } from './offline-store.ts';
import { recoveryKits } from './recovery-kits.ts';

/** `given` is what only `main` may read, and how it serves. */
export function programHost(
  given: Pick<CliHost, 'argv' | 'env' | 'cwd' | 'serve'> & { readonly version: string },
): CliHost {
  const { version, ...rest } = given;
  const { stdin, stdout, stderr } = process;
  // A reader that has seen enough (`| head`) is not an error.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    ...rest,
    stdout: (text) => void stdout.write(text),
    stderr: (text) => void stderr.write(text),
    prompt: stdin.isTTY && stderr.isTTY ? ask : undefined,
    askSecret: asking(),
    readFile: async (path) => {
      // A file that is not UTF-8 must not become another text without a word.
      return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
    },
    openOutput,
    progress: stderr.isTTY ? showProgress : undefined,
    client: openAdminClient,
    openStoreOffline: (settings) => openStoreOffline(settings, asking()),
    kits: recoveryKits(asking()),
    version: { version, node: process.version },
  };
}

/** Asks for secrets on this program's terminal; undefined where there is none. */
export function asking(): ((question: string) => Promise<string>) | undefined {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) return undefined;
  return (question) => askSecret(question, { input: stdin, output: stderr });
}

async function ask(question: string): Promise<string> {
  // On standard error: the result alone goes to standard output.
  using lines = createInterface({ input: process.stdin, output: process.stderr });
  return await lines.question(question);
}
