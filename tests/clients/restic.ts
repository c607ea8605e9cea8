/** restic (Debian's): a repository in a bucket, a real folder tree backed up, checked, restored. */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { changeTree, plantTree, sameTree, writeBody } from './bodies.ts';
import { run } from './program.ts';
import { type Stage, type Suite, clientEnvironment, contains, same } from './suite.ts';

export const restic: Suite = {
  name: 'restic',
  run: async (stage) => {
    const { check } = stage.checks;
    const call = resticOf(stage);
    const tree = plantRealTree(stage);
    await check('is Debian’s', async () => {
      contains(await call('version'), /^restic 0\.14\./, 'version');
    });
    await check('init', async () => {
      await call('init');
    });
    await check('backup of a real folder tree', async () => {
      await call('backup', '--tag', 'first', '.');
    });
    await check('check --read-data', async () => {
      contains(await call('check', '--read-data'), 'no errors were found', 'check');
    });
    await check('restore, the same bytes', () => restored(stage, call, tree));
    await check('second backup, forget --prune, check --read-data', async () => {
      for (const gone of changeTree(join(tree, 'planted'), stage.canary)) {
        rmSync(join(tree, 'planted', gone));
      }
      await call('backup', '--tag', 'second', '.');
      await call('forget', '--keep-last', '1', '--group-by', '', '--prune');
      const kept = JSON.parse(await call('snapshots', '--json')) as { tags: string[] }[];
      same(
        kept.map(({ tags }) => tags),
        [['second']],
        'snapshots',
      );
      contains(await call('check', '--read-data'), 'no errors were found', 'check');
    });
    await check('restore after prune, the same bytes', () => restored(stage, call, tree));
  },
};

type Call = (...args: string[]) => Promise<string>;

/** The sources of this checkout and the planted tree: real files, thousands of small blobs. */
function plantRealTree(stage: Stage): string {
  const tree = join(stage.folder, 'tree');
  const checkout = resolve(import.meta.dirname, '../..');
  mkdirSync(tree);
  for (const name of ['src', 'tests', 'docs']) {
    cpSync(join(checkout, name), join(tree, name), { recursive: true });
  }
  plantTree(join(tree, 'planted'), stage.canary);
  writeBody(join(tree, 'large.bin'), 40 * 1024 * 1024, stage.canary);
  return tree;
}

function resticOf(stage: Stage): Call {
  const env = {
    ...clientEnvironment(stage),
    RESTIC_REPOSITORY: `s3:${stage.site.url}/restic-bucket/repository`,
    RESTIC_PASSWORD: 'a password of the repository’s own',
    RESTIC_CACHE_DIR: join(stage.folder, 'cache'),
  };
  return (...args) => run(['restic', ...args], { env, cwd: join(stage.folder, 'tree') });
}

async function restored(stage: Stage, call: Call, tree: string): Promise<void> {
  const target = join(stage.folder, 'restored');
  // Without its cache every index and tree comes from the server again.
  await call('--no-cache', 'restore', 'latest', '--target', target);
  sameTree(tree, target);
  rmSync(target, { recursive: true });
}
