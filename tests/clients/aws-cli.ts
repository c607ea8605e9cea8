/**
 * `aws s3` as people use it, by two builds: PyPI's of today and Debian's of 2023. Its lower half,
 * `aws s3api`, is in aws-s3api.ts.
 */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { type Aws, type AwsBuild, awsCli, debianBuild, pypiBuild } from './aws.ts';
import { awsS3api } from './aws-s3api.ts';
import { changeTree, filesBelow, plantTree, sameFile, sameTree, writeBody } from './bodies.ts';
import { policyFile } from './deny-policy.ts';
import { run } from './program.ts';
import { type Stage, type Suite, contains, same } from './suite.ts';

export const awsCliSuites: readonly Suite[] = [pypiBuild, debianBuild].map((build) => ({
  name: build.name,
  run: async (stage) => {
    await highLevel(build, stage);
    await awsS3api(build, stage);
  },
}));

/** Parts are 8 MiB by default: this makes 14, the last one short. */
const largeBytes = 104 * 1024 * 1024 + 12_345;

async function highLevel(build: AwsBuild, stage: Stage): Promise<void> {
  const { check } = stage.checks;
  const aws = awsCli(build, stage);
  const bucket = `${build.name}-s3`;
  await check('is the build that is pinned', async () => {
    contains(await run([build.program, '--version']), build.version, 'version');
  });
  await check('s3 mb and s3 ls', async () => {
    await aws('s3', 'mb', `s3://${bucket}`);
    contains(await aws('s3', 'ls'), bucket, 'ls');
  });
  await oneFile(stage, aws, bucket);
  await trees(stage, aws, bucket);
  await check('s3 cp --sse AES256 of 104 MiB in parts, under the deny policy', () =>
    largeFile(stage, aws, bucket),
  );
  await check('s3 rb --force', async () => {
    await aws('s3', 'rb', '--force', `s3://${bucket}`);
    contains(await aws.refused('s3', 'ls', `s3://${bucket}`), 'NoSuchBucket', 'ls');
  });
}

async function oneFile(stage: Stage, aws: Aws, bucket: string): Promise<void> {
  const { check } = stage.checks;
  const file = writeBody(join(stage.folder, 'one.bin'), 300_001, stage.canary);
  await check('s3 cp up and down with metadata', async () => {
    await aws('s3', 'cp', file, `s3://${bucket}/one.bin`, '--metadata', `note=${stage.canary}`);
    await aws('s3', 'cp', `s3://${bucket}/one.bin`, join(stage.folder, 'one.back'));
    sameFile(file, join(stage.folder, 'one.back'));
  });
  await check('s3 presign, fetched by curl', async () => {
    const link = (await aws('s3', 'presign', `s3://${bucket}/one.bin`)).trim();
    contains(link, 'X-Amz-Signature=', 'link');
    await run(['curl', '-sSf', '-o', join(stage.folder, 'one.curl'), link]);
    sameFile(file, join(stage.folder, 'one.curl'));
    const status = ['-sS', '-o', '/dev/null', '-w', '%{http_code}'];
    same(await run(['curl', ...status, link.replace('one.bin', 'two.bin')]), '403', 'other key');
    same(await run(['curl', ...status, link.replace(/\?.*/, '')]), '403', 'no signature');
  });
  await check('s3 cp within the server, s3 mv, s3 rm', async () => {
    await aws('s3', 'cp', `s3://${bucket}/one.bin`, `s3://${bucket}/copy one+.bin`);
    await aws('s3', 'mv', `s3://${bucket}/copy one+.bin`, join(stage.folder, 'one.moved'));
    sameFile(file, join(stage.folder, 'one.moved'));
    await aws('s3', 'rm', `s3://${bucket}/one.bin`);
    same((await aws('s3', 'ls', `s3://${bucket}`)).trim(), '', 'ls');
  });
}

async function trees(stage: Stage, aws: Aws, bucket: string): Promise<void> {
  const { check } = stage.checks;
  const tree = plantTree(join(stage.folder, 'tree'), stage.canary);
  const remote = `s3://${bucket}/tree`;
  const back = join(stage.folder, 'tree-back');
  await check('s3 cp --recursive up and down', async () => {
    await aws('s3', 'cp', '--recursive', tree, remote);
    await aws('s3', 'cp', '--recursive', remote, back);
    sameTree(tree, back);
  });
  await check('s3 sync up with --delete', async () => {
    for (const gone of changeTree(tree, stage.canary)) rmSync(join(tree, gone));
    await aws('s3', 'sync', '--delete', tree, remote);
    const listed = await aws.json('s3api', 'list-objects-v2', '--bucket', bucket);
    same((listed['Contents'] as unknown[]).length, filesBelow(tree).length, 'objects');
  });
  await check('s3 sync down with --delete', async () => {
    await aws('s3', 'sync', '--delete', remote, back);
    sameTree(tree, back);
  });
  await check('s3 sync again finds nothing to do', async () => {
    same((await aws('s3', 'sync', '--delete', tree, remote)).trim(), '', 'second sync');
  });
}

async function largeFile(stage: Stage, aws: Aws, bucket: string): Promise<void> {
  const large = writeBody(join(stage.folder, 'large.bin'), largeBytes, stage.canary);
  const policy = policyFile(stage.folder, bucket);
  const remote = `s3://${bucket}/large.bin`;
  await aws('s3api', 'put-bucket-policy', '--bucket', bucket, '--policy', `file://${policy}`);
  contains(
    await aws.refused('s3', 'cp', '--no-progress', large, remote),
    'AccessDenied',
    'without --sse',
  );
  await aws('s3', 'cp', '--no-progress', '--sse', 'AES256', large, remote);
  const head = await aws.json('s3api', 'head-object', '--bucket', bucket, '--key', 'large.bin');
  same(head['ServerSideEncryption'], 'AES256', 'ServerSideEncryption');
  same(head['ContentLength'], statSync(large).size, 'ContentLength');
  contains(String(head['ETag']), /^"[0-9a-f]{32}-14"$/, 'ETag');
  const back = join(stage.folder, 'large');
  mkdirSync(back);
  await aws('s3', 'cp', '--no-progress', remote, back);
  sameFile(large, join(back, 'large.bin'));
  await aws('s3api', 'delete-bucket-policy', '--bucket', bucket);
  rmSync(back, { recursive: true });
}
