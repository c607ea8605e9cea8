/** s3fs (Debian's): a bucket mounted as a folder. Skipped, with the reason, where FUSE is missing. */
import { spawn } from 'node:child_process';
import { accessSync, appendFileSync, constants, cpSync, mkdirSync, readFileSync } from 'node:fs';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { awsCli, pypiBuild } from './aws.ts';
import { plantTree, sameFile, sameTree, writeBody, writeText } from './bodies.ts';
import { attempt, find, run } from './program.ts';
import { type Stage, type Suite, clientEnvironment, same } from './suite.ts';

export const s3fs: Suite = {
  name: 's3fs',
  run: async (stage) => {
    const { check, skip } = readyStage(stage);
    const missing = reasonToSkip();
    if (missing !== undefined) {
      skip('everything', missing);
      return;
    }
    await check('bucket for the mount', async () => {
      await awsCli(pypiBuild, stage)('s3', 'mb', `s3://${bucket}`);
    });
    const tree = plantTree(join(stage.folder, 'tree'), stage.canary);
    const large = writeBody(join(stage.folder, 'large.bin'), 31 * 1024 * 1024 + 5, stage.canary);
    await check('mount, copy a tree in, write, append, rename, unlink', () =>
      mounted(stage, (mount) => {
        cpSync(tree, join(mount, 'tree'), { recursive: true });
        sameTree(tree, join(mount, 'tree'));
        writeFileSync(join(mount, 'note.txt'), 'first\n');
        appendFileSync(join(mount, 'note.txt'), 'second\n');
        renameSync(join(mount, 'note.txt'), join(mount, 'renamed.txt'));
        writeFileSync(join(mount, 'gone.txt'), 'gone');
        rmSync(join(mount, 'gone.txt'));
      }),
    );
    await check('mounted again it holds the same', () =>
      mounted(stage, (mount) => {
        sameTree(tree, join(mount, 'tree'));
        same(readFileSync(join(mount, 'renamed.txt'), 'utf8'), 'first\nsecond\n', 'appended file');
        same(existsSync(join(mount, 'gone.txt')), false, 'unlinked file is there');
      }),
    );
    await check('a file of 31 MiB in parts', async () => {
      await mounted(stage, (mount) => cpSync(large, join(mount, 'large.bin')));
      await mounted(stage, (mount) => sameFile(large, join(mount, 'large.bin')));
    });
  },
};

const bucket = 's3fs-bucket';

function readyStage({ checks }: Stage): {
  check: Stage['checks']['check'];
  skip: (name: string, reason: string) => void;
} {
  return { check: checks.check, skip: (name, reason) => checks.skip(name, reason) };
}

/** Containers often have no FUSE; a missing program is a failure, not a reason. */
function reasonToSkip(): string | undefined {
  if (find('s3fs') === undefined) throw new Error('s3fs is not installed: tests/clients/install');
  if (!existsSync('/dev/fuse')) return 'this machine has no /dev/fuse';
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK);
  } catch {
    return '/dev/fuse may not be opened here';
  }
  return undefined;
}

/** Mounts, works, unmounts, and waits until s3fs has written everything and ended. */
async function mounted(stage: Stage, work: (mount: string) => void): Promise<void> {
  const { site } = stage;
  const mount = join(stage.folder, 'mount');
  mkdirSync(mount, { recursive: true });
  const { accessKeyId, secretAccessKey } = site.root;
  const keys = writeText(join(stage.folder, 's3fs-keys'), `${accessKeyId}:${secretAccessKey}\n`);
  await run(['chmod', '600', keys]);
  const options = [
    `passwd_file=${keys}`,
    `url=${site.url}`,
    `endpoint=${site.region}`,
    'use_path_request_style',
    'use_sse',
    'multipart_size=10',
    'enable_noobj_cache',
  ];
  const log: string[] = [];
  const child = spawn('s3fs', [bucket, mount, '-f', '-o', options.join(',')], {
    env: { PATH: process.env['PATH'] ?? '', ...clientEnvironment(stage) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (text: string) => void log.push(text));
  }
  const ended = new Promise((done) => child.once('close', done));
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`s3fs ended:\n${log.join('').slice(-1500)}`);
      return (await attempt(['mountpoint', '-q', mount])).code === 0;
    });
    work(mount);
  } catch (error) {
    throw new Error(`${String(error)}\n${log.join('').slice(-1500)}`, { cause: error });
  } finally {
    await attempt(['fusermount', '-u', mount]);
    const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
    await ended;
    clearTimeout(timer);
  }
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('s3fs did not mount within 30 s');
    await new Promise((done) => setTimeout(done, 100));
  }
}
