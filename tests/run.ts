/**
 * `npm test`: every test file under src/ and tests/, in node's test runner, but for tests/keys/: real
 * servers whose keys are rotated, moved and lost take minutes, and are `npm run test:keys`. Test
 * files are found here because a shell's globs differ; suites that need installed clients, hours or
 * root have commands of their own and other endings than `.test.ts`.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const wanted = process.argv.slice(2);
const files = globSync(['src/**/*.test.ts', 'tests/**/*.test.ts'], { cwd: root })
  .filter((file) =>
    wanted.length === 0
      ? !file.startsWith('tests/keys/')
      : wanted.some((part) => file.includes(part)),
  )
  .sort();
const started = performance.now();
const { status } = spawnSync(
  process.execPath,
  ['--test', '--test-concurrency=2', '--disable-warning=ExperimentalWarning', ...files],
  { cwd: root, stdio: 'inherit', env: { ...process.env, UV_THREADPOOL_SIZE: '16' } },
);
console.log(
  `${['npm test', ...wanted].join(' ')}: ${files.length} files in ${Math.round((performance.now() - started) / 1000)} s`,
);
process.exitCode = status ?? 1;
