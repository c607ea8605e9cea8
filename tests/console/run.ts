/**
 * `npm run test:console`: people's work in the console, done in Debian's Chromium against a real
 * server. `--only NAME` (repeatable) runs some suites; `--screenshots` writes docs/images instead.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Checks } from '../clients/checks.ts';
import { buckets } from './buckets.ts';
import { hostile } from './hostile.ts';
import { startHouse } from './house.ts';
import { objects } from './objects.ts';
import { operating } from './operating.ts';
import { pages } from './pages.ts';
import { postForm } from './post-form.ts';
import { takeScreenshots } from './screenshots.ts';
import { signIn } from './sign-in.ts';
import type { Stage, Suite } from './suite.ts';
import { uploads } from './uploads.ts';

const suites: readonly Suite[] = [
  signIn,
  buckets,
  uploads,
  objects,
  pages,
  hostile,
  postForm,
  operating,
];

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    screenshots: { type: 'boolean', default: false },
  },
});
process.exitCode = options.screenshots ? await pictures() : await main();

async function pictures(): Promise<number> {
  await using house = await startHouse();
  await takeScreenshots(house);
  return 0;
}

async function main(): Promise<number> {
  const unknown = options.only.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    console.error(`There is no suite ${unknown.join(', ')}; there are:`);
    console.error(suites.map(({ name }) => name).join(', '));
    return 2;
  }
  const started = performance.now();
  const checks = new Checks();
  const folder = mkdtempSync(join(tmpdir(), 'coffer-console-files-'));
  try {
    await using house = await startHouse();
    const stage: Stage = {
      house,
      folder,
      check: checks.check,
      figure: (what, value) => console.log(`      ${what}: ${value}`),
    };
    for (const suite of suites) {
      if (options.only.length > 0 && !options.only.includes(suite.name)) continue;
      checks.begin(suite.name);
      await checks.check('begins and ends', () => suite.run(stage));
      checks.end();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`time  console: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  console.log(`${checks.passed} passed, ${checks.failed} failed`);
  return checks.failed === 0 && checks.passed > 0 ? 0 : 1;
}
