/** `aws s3api`: one operation a command, and what it prints. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Aws, type AwsBuild, awsCli } from './aws.ts';
import { etagOf, sameFile, writeBody, writeText } from './bodies.ts';
import { denyPolicy, policyFile } from './deny-policy.ts';
import { type Stage, contains, same } from './suite.ts';

interface Bench {
  readonly stage: Stage;
  readonly aws: Aws;
  readonly bucket: string;
  /** `--bucket NAME --key KEY` */
  readonly at: (key: string) => string[];
}

const versioned = 'versioned.bin';

/** Every check of the lower half, with one build. */
export async function awsS3api(build: AwsBuild, stage: Stage): Promise<void> {
  const { check } = stage.checks;
  const aws = awsCli(build, stage);
  const bucket = `${build.name}-api`;
  const at = (key: string): string[] => ['--bucket', bucket, '--key', key];
  const bench = { stage, aws, bucket, at };
  await check('s3api create-bucket', async () => {
    await aws('s3api', 'create-bucket', '--bucket', bucket);
  });
  await check('put-object AES256 with metadata and tags; head, get, attributes', () =>
    encryptedObject(bench),
  );
  await check('bucket encryption: put, get, delete', () => bucketEncryption(bench));
  await check('bucket policy: put, get byte for byte, status, delete', () => bucketPolicy(bench));
  await check('tagging of buckets and objects', () => tagging(bench));
  await check('versioning, list-object-versions, delete markers', () => versions(bench));
  await check('delete-objects by version leaves an empty bucket', () => deleteObjects(bench));
  if (build.recent) {
    await check('put-object --if-none-match "*" the second time', async () => {
      await aws('s3api', 'put-object', ...at('once'), '--if-none-match', '*');
      const said = await aws.refused('s3api', 'put-object', ...at('once'), '--if-none-match', '*');
      contains(said, 'PreconditionFailed', 'second put');
    });
  }
}

async function encryptedObject({ stage, aws, at }: Bench): Promise<void> {
  const file = writeBody(join(stage.folder, 'api.bin'), 123_457, stage.canary);
  const etag = etagOf(readFileSync(file));
  const options = ['--server-side-encryption', 'AES256', '--metadata', `note=${stage.canary}`];
  const tags = ['--tagging', `note=${stage.canary}`];
  const put = await aws.json(
    's3api',
    'put-object',
    ...at('api.bin'),
    '--body',
    file,
    ...options,
    ...tags,
  );
  same(put['ServerSideEncryption'], 'AES256', 'put: ServerSideEncryption');
  same(put['ETag'], etag, 'put: ETag');
  const head = await aws.json('s3api', 'head-object', ...at('api.bin'));
  same(head['ServerSideEncryption'], 'AES256', 'head: ServerSideEncryption');
  same(head['ETag'], etag, 'head: ETag');
  same(head['Metadata'], { note: stage.canary }, 'head: Metadata');
  const back = join(stage.folder, 'api.back');
  const get = await aws.json('s3api', 'get-object', ...at('api.bin'), back);
  same([get['ServerSideEncryption'], get['TagCount']], ['AES256', 1], 'get');
  sameFile(file, back);
  const range = ['--range', 'bytes=65530-65545'];
  const ranged = await aws.json('s3api', 'get-object', ...at('api.bin'), ...range, back);
  same(ranged['ContentRange'], 'bytes 65530-65545/123457', 'ContentRange');
  if (!readFileSync(file).subarray(65_530, 65_546).equals(readFileSync(back))) {
    throw new Error('the range holds other bytes');
  }
  const asked = ['--object-attributes', 'ETag', 'ObjectSize', 'StorageClass', 'Checksum'];
  const attributes = await aws.json('s3api', 'get-object-attributes', ...at('api.bin'), ...asked);
  same(attributes['ETag'], etag.replaceAll('"', ''), 'attributes: ETag');
  same(attributes['ObjectSize'], 123_457, 'attributes: ObjectSize');
}

async function bucketEncryption({ aws, bucket }: Bench): Promise<void> {
  const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } };
  const configuration = JSON.stringify({ Rules: [{ ...rule, BucketKeyEnabled: true }] });
  const here = ['--bucket', bucket];
  const put = ['--server-side-encryption-configuration', configuration];
  await aws('s3api', 'put-bucket-encryption', ...here, ...put);
  const got = await aws.json('s3api', 'get-bucket-encryption', ...here);
  same(
    got['ServerSideEncryptionConfiguration'],
    { Rules: [{ ...rule, BucketKeyEnabled: true }] },
    'encryption',
  );
  await aws('s3api', 'delete-bucket-encryption', ...here);
  contains(await aws('s3api', 'get-bucket-encryption', ...here), 'AES256', 'modern default');
}

async function bucketPolicy({ stage, aws, bucket }: Bench): Promise<void> {
  const here = ['--bucket', bucket];
  const file = policyFile(stage.folder, bucket);
  await aws('s3api', 'put-bucket-policy', ...here, '--policy', `file://${file}`);
  const got = await aws.json('s3api', 'get-bucket-policy', ...here);
  same(got['Policy'], denyPolicy(bucket), 'policy text');
  const status = await aws.json('s3api', 'get-bucket-policy-status', ...here);
  same(status['PolicyStatus'], { IsPublic: false }, 'PolicyStatus');
  await aws('s3api', 'delete-bucket-policy', ...here);
  contains(
    await aws.refused('s3api', 'get-bucket-policy', ...here),
    '(NoSuchBucketPolicy)',
    'policy after delete',
  );
  const bad = writeText(join(stage.folder, 'bad.json'), denyPolicy('another-bucket'));
  contains(
    await aws.refused('s3api', 'put-bucket-policy', ...here, '--policy', `file://${bad}`),
    '(MalformedPolicy)',
    'policy of another bucket',
  );
}

async function tagging({ stage, aws, bucket, at }: Bench): Promise<void> {
  const set = { TagSet: [{ Key: 'note', Value: stage.canary }] };
  const tags = ['--tagging', JSON.stringify(set)];
  await aws('s3api', 'put-bucket-tagging', '--bucket', bucket, ...tags);
  same(await aws.json('s3api', 'get-bucket-tagging', '--bucket', bucket), set, 'bucket tags');
  await aws('s3api', 'put-object', ...at('tagged'));
  await aws('s3api', 'put-object-tagging', ...at('tagged'), ...tags);
  same(await aws.json('s3api', 'get-object-tagging', ...at('tagged')), set, 'object tags');
  await aws('s3api', 'delete-object-tagging', ...at('tagged'));
  const none = await aws.json('s3api', 'get-object-tagging', ...at('tagged'));
  same(none['TagSet'], [], 'object tags after delete');
}

async function versions({ stage, aws, bucket, at }: Bench): Promise<void> {
  const enable = ['--versioning-configuration', 'Status=Enabled'];
  await aws('s3api', 'put-bucket-versioning', '--bucket', bucket, ...enable);
  const status = await aws.json('s3api', 'get-bucket-versioning', '--bucket', bucket);
  same(status['Status'], 'Enabled', 'versioning');
  const files = [1, 2].map((n) =>
    writeBody(join(stage.folder, `version-${n}`), 70_000 * n, stage.canary),
  );
  const ids: string[] = [];
  for (const file of files) {
    const put = await aws.json('s3api', 'put-object', ...at(versioned), '--body', file);
    ids.push(String(put['VersionId']));
  }
  const marker = await aws.json('s3api', 'delete-object', ...at(versioned));
  same(marker['DeleteMarker'], true, 'delete marker');
  contains(await aws.refused('s3api', 'head-object', ...at(versioned)), '404', 'head');
  const listed = await aws.json(
    's3api',
    'list-object-versions',
    '--bucket',
    bucket,
    '--prefix',
    versioned,
  );
  const rows = listed['Versions'] as readonly { VersionId: string }[];
  same(
    rows.map((row) => row.VersionId),
    ids.toReversed(),
    'versions, newest first',
  );
  same((listed['DeleteMarkers'] as unknown[]).length, 1, 'delete markers');
  for (const [index, file] of files.entries()) {
    const back = join(stage.folder, 'version.back');
    const version = ['--version-id', ids[index] ?? ''];
    await aws('s3api', 'get-object', ...at(versioned), ...version, back);
    sameFile(file, back);
  }
  const undo = ['--version-id', String(marker['VersionId'])];
  await aws('s3api', 'delete-object', ...at(versioned), ...undo);
  const head = await aws.json('s3api', 'head-object', ...at(versioned));
  same(head['VersionId'], ids[1], 'current version after the marker went');
}

async function deleteObjects({ aws, bucket }: Bench): Promise<void> {
  const listed = await aws.json('s3api', 'list-object-versions', '--bucket', bucket);
  const kinds = [listed['Versions'], listed['DeleteMarkers']] as readonly (
    | readonly { Key: string; VersionId: string }[]
    | undefined
  )[];
  const all = kinds.flatMap((rows) => rows ?? []);
  const targets = all.map(({ Key, VersionId }) => ({ Key, VersionId }));
  const request = ['--delete', JSON.stringify({ Objects: targets })];
  const gone = await aws.json('s3api', 'delete-objects', '--bucket', bucket, ...request);
  same((gone['Deleted'] as unknown[]).length, targets.length, 'deleted');
  const after = await aws.json('s3api', 'list-object-versions', '--bucket', bucket);
  same(after['Versions'], undefined, 'versions left');
}
