/** rclone: sync and check by its own hashes and by download, copies inside the server, multipart. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { changeTree, filesBelow, plantTree, sameFile, sameTree } from './bodies.ts';
import { writeBody, writeText } from './bodies.ts';
import { refused, run, virtualEnvironment } from './program.ts';
import { type Stage, type Suite, clientEnvironment, contains, same } from './suite.ts';

export const rclone: Suite = {
  name: 'rclone',
  run: async (stage) => {
    const { check } = stage.checks;
    const call = rcloneOf(stage);
    await check('is the version that is pinned', async () => {
      contains(await call('version'), 'rclone v1.75.2', 'version');
    });
    await check('mkdir, lsd', async () => {
      await call('mkdir', 'coffer:rclone-one');
      await call('mkdir', 'coffer:rclone-two');
      contains(await call('lsd', 'coffer:'), 'rclone-two', 'lsd');
    });
    await trees(stage, call);
    await large(stage, call);
    await check('purge', async () => {
      await call('purge', 'coffer:rclone-one');
      await call('purge', 'coffer:rclone-two');
      const left = await call('lsd', 'coffer:');
      if (left.includes('rclone-')) throw new Error(`buckets left: ${left}`);
    });
  },
};

type Call = (...args: string[]) => Promise<string>;

const program = join(virtualEnvironment, 'rclone');

function environment(stage: Stage): Record<string, string> {
  const { site } = stage;
  return {
    ...clientEnvironment(stage),
    RCLONE_CONFIG: join(stage.folder, 'rclone.conf'),
    RCLONE_CONFIG_COFFER_TYPE: 's3',
    RCLONE_CONFIG_COFFER_PROVIDER: 'Other',
    RCLONE_CONFIG_COFFER_ENDPOINT: site.url,
    RCLONE_CONFIG_COFFER_REGION: site.region,
    RCLONE_CONFIG_COFFER_ACCESS_KEY_ID: site.root.accessKeyId,
    RCLONE_CONFIG_COFFER_SECRET_ACCESS_KEY: site.root.secretAccessKey,
    RCLONE_CONFIG_COFFER_SERVER_SIDE_ENCRYPTION: 'AES256',
    RCLONE_LOG_LEVEL: 'NOTICE',
  };
}

function rcloneOf(stage: Stage): Call {
  return (...args) => run([program, ...args], { env: environment(stage) });
}

async function trees(stage: Stage, call: Call): Promise<void> {
  const { check } = stage.checks;
  const tree = plantTree(join(stage.folder, 'tree'), stage.canary);
  const back = join(stage.folder, 'back');
  await check('sync up, check --download', async () => {
    await call('sync', tree, 'coffer:rclone-one/tree');
    await call('check', '--download', tree, 'coffer:rclone-one/tree');
  });
  await check('check by MD5 (ETags of encrypted objects)', async () => {
    await call('check', tree, 'coffer:rclone-one/tree');
  });
  await check('sync down', async () => {
    await call('sync', 'coffer:rclone-one/tree', back);
    sameTree(tree, back);
  });
  await check(
    'sync up a changed tree, deletes too; check finds the difference before',
    async () => {
      for (const gone of changeTree(tree, stage.canary)) rmSync(join(tree, gone));
      const env = environment(stage);
      const told = await refused([program, 'check', tree, 'coffer:rclone-one/tree'], { env });
      contains(told, /differences found/, 'check of a changed tree');
      await call('sync', tree, 'coffer:rclone-one/tree');
      await call('check', '--download', tree, 'coffer:rclone-one/tree');
      const listed = (await call('lsf', '-R', '--files-only', 'coffer:rclone-one/tree')).trim();
      same(listed.split('\n').sort(), filesBelow(tree), 'lsf -R');
    },
  );
  await check('copy from bucket to bucket inside the server', async () => {
    await call('sync', 'coffer:rclone-one/tree', 'coffer:rclone-two/copy');
    await call('check', '--download', tree, 'coffer:rclone-two/copy');
  });
  await check('touch (a copy onto itself with other metadata) keeps the bytes', async () => {
    const remote = 'coffer:rclone-one/tree/plain.txt';
    await call('touch', '--no-create', '--timestamp', '2020-01-02T03:04:05', remote);
    const [row] = JSON.parse(await call('lsjson', remote)) as { ModTime: string }[];
    contains(row?.ModTime ?? '', '2020-01-02T03:04:05', 'time');
    await call('check', '--download', tree, 'coffer:rclone-one/tree');
  });
  await check('moveto, deletefile', async () => {
    await call('moveto', 'coffer:rclone-two/copy/plain.txt', 'coffer:rclone-two/moved +%.txt');
    const moved = join(stage.folder, 'moved');
    mkdirSync(moved);
    await call('copyto', 'coffer:rclone-two/moved +%.txt', join(moved, 'plain.txt'));
    sameFile(join(tree, 'plain.txt'), join(moved, 'plain.txt'));
    await call('deletefile', 'coffer:rclone-two/moved +%.txt');
  });
}

async function large(stage: Stage, call: Call): Promise<void> {
  const { check } = stage.checks;
  const file = writeBody(join(stage.folder, 'large.bin'), 33 * 1024 * 1024 + 7, stage.canary);
  const small = ['--s3-upload-cutoff', '5M', '--s3-chunk-size', '5M', '--s3-copy-cutoff', '5M'];
  await check('multipart upload of 33 MiB in parts of 5 MiB', async () => {
    const metadata = ['--metadata', '--metadata-set', `note=${stage.canary}`];
    await call('copyto', ...small, ...metadata, file, 'coffer:rclone-one/large.bin');
    await call('check', '--download', '--include', 'large.bin', stage.folder, 'coffer:rclone-one');
    const [seen] = JSON.parse(await call('lsjson', '-M', 'coffer:rclone-one/large.bin')) as {
      Metadata: Record<string, string>;
    }[];
    same(seen?.Metadata['note'], stage.canary, 'metadata');
  });
  await check('multipart copy inside the server (UploadPartCopy)', async () => {
    await call('copyto', ...small, 'coffer:rclone-one/large.bin', 'coffer:rclone-two/large.bin');
    await call('copyto', 'coffer:rclone-two/large.bin', join(stage.folder, 'large.back'));
    sameFile(file, join(stage.folder, 'large.back'));
  });
  await check('cat with offset and count', async () => {
    const text = Array.from({ length: 20_000 }, (_, n) => `${n} ${stage.canary}`).join('\n');
    const remote = 'coffer:rclone-one/text.txt';
    await call('copyto', ...small, writeText(join(stage.folder, 'text.txt'), text), remote);
    const piece = await call('cat', '--offset', '65530', '--count', '70000', remote);
    same(piece === text.slice(65_530, 135_530), true, 'bytes 65530 to 135530');
  });
  await check('no upload is left unfinished', async () => {
    const uploads = await call('backend', 'list-multipart-uploads', 'coffer:rclone-one');
    same(JSON.parse(uploads), { 'rclone-one': [] }, 'uploads');
  });
}
