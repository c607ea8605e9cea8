/** Everything an object can be: stored by a real client, in every kind of bucket. */
import { randomBytes } from 'node:crypto';

import {
  CreateBucketCommand,
  DeleteBucketCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';

import { Ledger, type StoredVersion } from './ledger.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** Sizes around every border of the format: inline limit, segment, and several of them. */
const sizes = [
  0,
  1,
  15,
  16 * KiB - 1,
  16 * KiB,
  16 * KiB + 1,
  64 * KiB - 1,
  64 * KiB,
  64 * KiB + 1,
  3 * 64 * KiB,
  MiB + 17,
];

/** Keys that a restore must bring back under a name that is only a name. */
const hostileKeys = [
  'Grüße/ñandú.bin',
  '日本語/ファイル 🙂.bin',
  '../../../outside',
  'a/../../b',
  './dot',
  '/leading',
  'trailing/',
  'double//slash',
  'path',
  'path/below',
  'path/below/it',
  'CON',
  'nul.txt',
  'ends with dot.',
  'ends with space ',
  'percent%2Fslash%00',
  'back\\slash:colon*question?',
  'quote"and\'tick',
  'tab\tand\nnewline',
  'control\u0001\u007f',
  '-dash',
  '%object',
  'Case',
  'case',
  'é (composed)',
  'e\u0301 (decomposed)',
  `long/${'x'.repeat(300)}`,
  '語'.repeat(341),
  'deep/'.repeat(200),
];

const facts = {
  ContentType: 'text/plain; charset=utf-8',
  CacheControl: 'max-age=60, private',
  ContentDisposition: 'attachment; filename="a b.txt"',
  ContentLanguage: 'de, en',
  Metadata: { note: 'a canary of no meaning', 'second-name': 'x=1; y=2' },
  Tagging: 'colour=deep%20blue&empty=',
};

export interface Shapes {
  readonly s3: S3Client;
  /** Parts of the largest multipart object, of 5 MiB each but the last. */
  readonly parts: number;
}

/** Stores them; the ledger knows what must come back. */
export async function storeAllShapes({ s3, parts }: Shapes): Promise<Ledger> {
  const ledger = new Ledger(s3);
  for (const Bucket of ['plain', 'versioned', 'suspended', 'empty', 'gone']) {
    await s3.send(new CreateBucketCommand({ Bucket }));
  }
  await s3.send(new DeleteBucketCommand({ Bucket: 'gone' }));
  await plainObjects(ledger);
  await multipartObjects(ledger, parts);
  await versions(s3, ledger);
  await suspended(s3, ledger);
  await configure(s3);
  return ledger;
}

async function plainObjects(ledger: Ledger): Promise<void> {
  const bucket = 'plain';
  for (const size of sizes) await ledger.put(bucket, `size/${size}`, randomBytes(size), facts);
  for (const key of hostileKeys) await ledger.put(bucket, key, randomBytes(100));
  for (const algorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const) {
    const checksum = { ChecksumAlgorithm: algorithm };
    await ledger.put(bucket, `checksum/${algorithm}`, randomBytes(40_000), checksum);
  }
  await ledger.put(bucket, 'sse', randomBytes(20_000), { ServerSideEncryption: 'AES256' });
  for (const [first, second] of [
    [100, 70_000],
    [70_000, 100],
    [70_000, 80_000],
    [10, 0],
  ] as const) {
    const key = `overwritten/${first}-${second}`;
    await ledger.put(bucket, key, randomBytes(first));
    await ledger.put(bucket, key, randomBytes(second));
  }
  for (const size of [100, 70_000]) {
    await ledger.put(bucket, `deleted/${size}`, randomBytes(size));
    await ledger.delete(bucket, `deleted/${size}`);
  }
  const source = named(ledger, 'size/1048593');
  await ledger.copy(bucket, 'copies/same', source);
  await ledger.copy(bucket, 'copies/other-metadata', source, {
    MetadataDirective: 'REPLACE',
    Metadata: { note: 'of the copy' },
  });
}

async function multipartObjects(ledger: Ledger, count: number): Promise<void> {
  const bucket = 'plain';
  const whole = randomBytes(5 * MiB);
  const last = randomBytes(1_000);
  const many = Array.from({ length: count }, (_, index) => (index === count - 1 ? last : whole));
  await ledger.multipart(bucket, 'multipart/large', many, { facts });
  await ledger.multipart(bucket, 'multipart/one small part', [randomBytes(10)]);
  await ledger.multipart(bucket, 'multipart/again and left out', [whole, last, last], {
    again: [1],
    leaveOut: [2],
  });
  const checksum = { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' } as const;
  await ledger.multipart(bucket, 'multipart/full', [whole, last], { facts: checksum });
  const open = await ledger.begin(bucket, 'multipart/open', []);
  await open.part(1, randomBytes(100));
  await open.part(7, randomBytes(70_000));
  const aborted = await ledger.begin(bucket, 'multipart/aborted', []);
  await aborted.part(1, randomBytes(70_000));
  await aborted.abort();
}

async function versions(s3: S3Client, ledger: Ledger): Promise<void> {
  const Bucket = 'versioned';
  // Null versions of before versioning, then others above them.
  await ledger.put(Bucket, 'from before', randomBytes(500));
  await setVersioning(s3, Bucket, 'Enabled');
  await ledger.put(Bucket, 'from before', randomBytes(90_000));
  for (const size of [0, 50, 70_000, 20]) {
    await ledger.put(Bucket, 'history', randomBytes(size), { Metadata: { size: `${size}` } });
  }
  const victim = ledger.versions.findLast(({ size }) => size === 70_000);
  await ledger.put(Bucket, 'hidden', randomBytes(100));
  await ledger.delete(Bucket, 'hidden');
  await ledger.put(Bucket, 'marked and back', randomBytes(100));
  await ledger.delete(Bucket, 'marked and back');
  await ledger.put(Bucket, 'marked and back', randomBytes(200));
  await ledger.delete(Bucket, 'only a marker');
  await ledger.multipart(Bucket, 'parts', [randomBytes(5 * MiB), randomBytes(9)]);
  await ledger.put(Bucket, 'parts', randomBytes(9));
  if (victim !== undefined) await ledger.deleteVersion(victim);
  for (const key of hostileKeys.slice(0, 8)) {
    await ledger.put(Bucket, key, randomBytes(30));
    await ledger.put(Bucket, key, randomBytes(40));
  }
}

async function suspended(s3: S3Client, ledger: Ledger): Promise<void> {
  const Bucket = 'suspended';
  await setVersioning(s3, Bucket, 'Enabled');
  await ledger.put(Bucket, 'key', randomBytes(100));
  await ledger.put(Bucket, 'other', randomBytes(100));
  await setVersioning(s3, Bucket, 'Suspended');
  await ledger.put(Bucket, 'key', randomBytes(70_000));
  await ledger.put(Bucket, 'key', randomBytes(80_000));
  await ledger.delete(Bucket, 'other');
  await setVersioning(s3, Bucket, 'Enabled');
  await ledger.put(Bucket, 'key', randomBytes(300));
}

async function configure(s3: S3Client): Promise<void> {
  const tags = { TagSet: [{ Key: 'cost', Value: 'Ünit 7' }] };
  await s3.send(new PutBucketTaggingCommand({ Bucket: 'plain', Tagging: tags }));
  const Tagging = { TagSet: [{ Key: 'later', Value: 'yes' }] };
  await s3.send(new PutObjectTaggingCommand({ Bucket: 'plain', Key: 'size/1', Tagging }));
  const statement = {
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:DeleteObject',
    Resource: 'arn:aws:s3:::versioned/never*',
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await s3.send(new PutBucketPolicyCommand({ Bucket: 'versioned', Policy }));
}

async function setVersioning(
  s3: S3Client,
  Bucket: string,
  Status: 'Enabled' | 'Suspended',
): Promise<void> {
  const VersioningConfiguration = { Status };
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
}

function named(ledger: Ledger, key: string): StoredVersion {
  const found = ledger.versions.find((version) => version.key === key);
  if (found === undefined) throw new Error(`nothing is called ${key}`);
  return found;
}
