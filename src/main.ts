/** The program: the only file that reads argv and the environment. */
import { readFileSync } from 'node:fs';
import { UsageError } from './config/usage-error.ts';
import { parseSettings } from './config/settings.ts';
import { StartError } from './base/start-error.ts';
import { runPrimary } from './primary.ts';
import { isWorker } from './process/worker.ts';
import { runWorker } from './worker.ts';

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string };
const [command, ...rest] = process.argv.slice(2);

async function serve(): Promise<void> {
  const settings = parseSettings(rest, process.env, process.cwd());
  if (isWorker()) return runWorker(settings, version);
  await runPrimary({
    settings,
    env: process.env,
    version,
    program: import.meta.filename,
    args: process.argv.slice(2),
    write: (text) => process.stdout.write(text),
  });
  process.exit(0);
}

try {
  if (command === 'serve') await serve();
  else throw new UsageError(`There is no command ${command ?? '(none)'}: try "coffer serve".`);
} catch (error) {
  if (!(error instanceof StartError || error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(error instanceof StartError ? error.exitCode : 2);
}
