/**
 * s3cmd: put, get, sync, multipart, server-side encryption, policies and what `info` reads. Its
 * `signurl` knows only Signature Version 2, which S3 refuses and so does Coffer.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { changeTree, filesBelow, plantTree, sameFile, sameTree } from './bodies.ts';
import { writeBody, writeText } from './bodies.ts';
import { denyPolicy, policyFile } from './deny-policy.ts';
import { attempt, refused, run, virtualEnvironment } from './program.ts';
import { type Stage, type Suite, clientEnvironment, contains, same } from './suite.ts';

export const s3cmd: Suite = {
  name: 's3cmd',
  run: async (stage) => {
    const { check } = stage.checks;
    const call = s3cmdOf(stage);
    await check('is the version that is pinned', async () => {
      contains(await call('--version'), 's3cmd version 2.4.0', 'version');
    });
    await check('mb, ls', async () => {
      await call('mb', bucket);
      contains(await call('ls'), bucket, 'ls');
    });
    await files(stage, call);
    await trees(stage, call);
    await policies(stage, call);
    await check('del --recursive, rb', async () => {
      await call('del', '--recursive', '--force', bucket);
      await call('rb', bucket);
      same((await call('ls')).includes(bucket), false, 'bucket listed after rb');
    });
  },
};

interface Call {
  (...args: string[]): Promise<string>;
  refused(...args: string[]): Promise<string>;
}

const bucket = 's3://s3cmd-bucket';
const program = join(virtualEnvironment, 's3cmd');

function s3cmdOf(stage: Stage): Call {
  const { site } = stage;
  const config = writeText(
    join(stage.folder, 's3cmd.conf'),
    [
      '[default]',
      `access_key = ${site.root.accessKeyId}`,
      `secret_key = ${site.root.secretAccessKey}`,
      `host_base = ${site.host}:${site.port}`,
      `host_bucket = ${site.host}:${site.port}`,
      // The default of a new configuration: s3cmd signs with it until it is told the region.
      'bucket_location = US',
      'use_https = False',
      'signurl_use_https = False',
      'progress_meter = False',
      'multipart_chunk_size_mb = 5',
      // A second try hides what went wrong in the first.
      'max_retries = 1',
    ].join('\n'),
  );
  const command = (args: readonly string[]): string[] => [program, '-c', config, ...args];
  const env = clientEnvironment(stage);
  const call = (...args: string[]): Promise<string> => run(command(args), { env });
  return Object.assign(call, {
    refused: (...args: string[]) => refused(command(args), { env }),
  });
}

async function files(stage: Stage, call: Call): Promise<void> {
  const { check } = stage.checks;
  const file = writeBody(join(stage.folder, 'one.bin'), 200_003, stage.canary);
  const back = join(stage.folder, 'one.back');
  await check('put --server-side-encryption with metadata, get, info', async () => {
    const header = ['--add-header', `x-amz-meta-note:${stage.canary}`];
    await call('put', '--server-side-encryption', ...header, file, `${bucket}/one +%.bin`);
    await call('get', '--force', `${bucket}/one +%.bin`, back);
    sameFile(file, back);
    const info = await call('info', `${bucket}/one +%.bin`);
    contains(info, /SSE:\s+AES256/, 'info');
    contains(info, stage.canary, 'info');
  });
  await check('put of 23 MiB in parts, with --server-side-encryption', async () => {
    const large = writeBody(join(stage.folder, 'large.bin'), 23 * 1024 * 1024 + 1, stage.canary);
    await call('put', '--server-side-encryption', large, `${bucket}/large.bin`);
    await call('get', '--force', `${bucket}/large.bin`, join(stage.folder, 'large.back'));
    sameFile(large, join(stage.folder, 'large.back'));
    contains(await call('info', `${bucket}/large.bin`), /SSE:\s+AES256/, 'info');
    same((await call('multipart', bucket)).trim().split('\n').length, 2, 'lines of multipart');
  });
  await check('cp and mv inside the server', async () => {
    await call('cp', `${bucket}/large.bin`, `${bucket}/copied.bin`);
    await call('mv', `${bucket}/copied.bin`, `${bucket}/moved.bin`);
    await call('get', '--force', `${bucket}/moved.bin`, join(stage.folder, 'moved.bin'));
    sameFile(join(stage.folder, 'large.bin'), join(stage.folder, 'moved.bin'));
  });
  await check('get --continue of a file half there', async () => {
    const partial = writeText(join(stage.folder, 'half.bin'), '');
    await run(['cp', join(stage.folder, 'large.bin'), partial]);
    await run(['truncate', '-s', '11000001', partial]);
    await call('get', '--continue', `${bucket}/large.bin`, partial);
    sameFile(join(stage.folder, 'large.bin'), partial);
  });
  await check('signurl (Signature Version 2) is refused', async () => {
    const link = (await call('signurl', `${bucket}/large.bin`, '+600')).trim();
    contains(link, 'Signature=', 'link');
    const { stdout } = await attempt(['curl', '-sS', '-w', ' %{http_code}', link]);
    contains(stdout, / 400$/, 'answer');
    contains(stdout, '<Code>InvalidRequest</Code>', 'answer');
  });
}

async function trees(stage: Stage, call: Call): Promise<void> {
  const { check } = stage.checks;
  const tree = plantTree(join(stage.folder, 'tree'), stage.canary);
  const back = join(stage.folder, 'back');
  mkdirSync(back);
  await check('sync up and down', async () => {
    await call('sync', `${tree}/`, `${bucket}/tree/`);
    await call('sync', `${bucket}/tree/`, `${back}/`);
    sameTree(tree, back);
  });
  await check('sync --delete-removed up and down', async () => {
    for (const gone of changeTree(tree, stage.canary)) rmSync(join(tree, gone));
    await call('sync', '--delete-removed', `${tree}/`, `${bucket}/tree/`);
    const listed = (await call('ls', '--recursive', `${bucket}/tree/`)).trim().split('\n');
    same(listed.length, filesBelow(tree).length, 'objects');
    await call('sync', '--delete-removed', `${bucket}/tree/`, `${back}/`);
    sameTree(tree, back);
  });
}

async function policies(stage: Stage, call: Call): Promise<void> {
  const { check } = stage.checks;
  await check('setpolicy, info, put with and without encryption, delpolicy', async () => {
    const file = join(stage.folder, 'one.bin');
    const name = bucket.replace('s3://', '');
    await call('setpolicy', policyFile(stage.folder, name), bucket);
    contains(await call('info', bucket), denyPolicy(name), 'info');
    contains(await call.refused('put', file, `${bucket}/denied`), 'AccessDenied', 'put');
    await call('put', '--server-side-encryption', file, `${bucket}/let-in`);
    await call('delpolicy', bucket);
    await call('put', file, `${bucket}/free`);
  });
}
