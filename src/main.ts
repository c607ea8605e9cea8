/** The program: the only file that reads argv and the environment. */
import { readFileSync } from 'node:fs';
import { programHost } from './cli-host.ts';
import { run } from './cli/run.ts';
import { runPrimary } from './primary.ts';
import { isWorker } from './process/worker.ts';
import { runWorker } from './worker.ts';

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string };
const argv = process.argv.slice(2);
const { env } = process;

const code = await run(
  programHost({
    argv,
    env,
    cwd: process.cwd(),
    version,
    serve: (settings) =>
      isWorker()
        ? runWorker(settings, version)
        : runPrimary({
            settings,
            env,
            version,
            program: import.meta.filename,
            args: argv,
            write: (text) => process.stdout.write(text),
          }),
  }),
);
// A worker goes on serving: the primary ends it.
if (code !== 0 || !isWorker()) process.exit(code);
