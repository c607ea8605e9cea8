/** The program, put together: what `main.ts` starts with argv and the environment in hand. */
import { readFileSync } from 'node:fs';
import { asking, programHost } from './cli-host.ts';
import { run } from './cli/run.ts';
import type { Environment } from './config/settings.ts';
import { runPrimary } from './primary.ts';
import { isWorker } from './process/worker.ts';
import { runWorker } from './worker.ts';

export interface ProgramInput {
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly cwd: string;
  /** The file that a worker is started with. */
  readonly main: string;
}

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string };

/** Runs the command; resolves with the exit code. A worker's 0 means that it goes on serving. */
export function runProgram({ argv, env, cwd, main }: ProgramInput): Promise<number> {
  const write = (text: string): unknown => process.stdout.write(text);
  return run(
    programHost({
      argv,
      env,
      cwd,
      version,
      serve: (settings) =>
        isWorker()
          ? runWorker(settings, version)
          : runPrimary({
              settings,
              env,
              version,
              program: main,
              args: argv,
              write,
              askSecret: asking(),
            }),
    }),
  );
}
