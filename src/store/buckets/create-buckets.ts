/** Buckets over rows: their settings, their configuration, their place in the directory. */
import { randomId } from '../../base/ids.ts';
import { Refusal } from '../../base/refusal.ts';
import { type BucketConfigKind, policyRow, taggingRow } from '../../rows/bucket-config-row.ts';
import { type BucketSettings, bucketIdBytes, bucketRow } from '../../rows/bucket-row.ts';
import { behind, behindAll, encodeKey, encodePrefix } from '../../rows/keyspace.ts';
import type { OpenBucket, RowTransaction } from '../../rows/rows.ts';
import type { Bucket, BucketChange, BucketEncryption, BucketPage, Buckets } from '../buckets.ts';
import type { StoreParts } from '../store-parts.ts';
import { noSuchBucket, publicPolicyBlocked } from '../refusals.ts';
import type { View } from '../store.ts';
import { deleteBucket } from './delete-bucket.ts';

export function createBuckets(parts: StoreParts): Buckets {
  const { rows, clock } = parts;
  const change = (name: string, apply: Change): Promise<void> =>
    rows.transact(async (transaction) => {
      const bucket = await transaction.bucket(name);
      if (bucket === undefined) throw noSuchBucket(name);
      apply(transaction, bucket);
    });
  const setConfig = <V>(name: string, kind: BucketConfigKind<V>, value: V | undefined) =>
    change(name, (transaction, bucket) => {
      // Removing what is not there writes nothing.
      if (value === undefined && !bucket.row.configs.includes(kind.config)) return;
      transaction.in(bucket).setConfig(kind, value);
    });
  return {
    create: async (input) => {
      await parts.sealedBlobs.room.check(1);
      return rows.transact(async (transaction) => {
        const existing = await transaction.bucket(input.name);
        if (existing !== undefined) throw alreadyThere(existing, input.account);
        // Its name is taken until what it held is removed.
        if (await transaction.get(bucketRow, input.name)) throw new Refusal('OperationAborted');
        const row = newRow(input, clock());
        const bucket = await transaction.createBucket(input.name, row);
        if (input.tags === undefined || input.tags.length === 0) return toBucket(bucket);
        return toBucket(transaction.in(bucket).setConfig(taggingRow, { tags: input.tags }));
      });
    },
    find: async (view, name) => {
      const bucket = await view.bucket(name);
      return bucket && toBucket(bucket);
    },
    get: async (view, name) => toBucket(await openBucket(view, name)),
    list: listBuckets,
    delete: (name) => deleteBucket(parts, name),
    change: (name, wanted) =>
      change(name, (transaction, bucket) => {
        transaction.changeBucket(bucket, changed(bucket.row, wanted));
      }),
    policy: async (view, name) => {
      const bucket = await openBucket(view, name);
      return (await view.in(bucket).config(policyRow))?.text;
    },
    setPolicy: (name, policy) => {
      if (policy === undefined) return setConfig(name, policyRow, undefined);
      return change(name, (transaction, bucket) => {
        const blocks = bucket.row.publicAccessBlock?.blockPublicPolicy === true;
        if (blocks && policy.isPublic) throw publicPolicyBlocked(name);
        const { text, users } = policy;
        transaction.in(bucket).setConfig(policyRow, { text, setAt: clock(), users });
      });
    },
    tags: async (view, name) => {
      const bucket = await openBucket(view, name);
      return (await view.in(bucket).config(taggingRow))?.tags;
    },
    setTags: (name, tags) => setConfig(name, taggingRow, tags && { tags }),
  };
}

type Change = (transaction: RowTransaction, bucket: OpenBucket) => void;

/** The bucket with its keys, or `NoSuchBucket`. */
export async function openBucket(view: Pick<View, 'bucket'>, name: string): Promise<OpenBucket> {
  const bucket = await view.bucket(name);
  if (bucket === undefined) throw noSuchBucket(name);
  return bucket;
}

const aes256: BucketEncryption = { algorithm: 'AES256', bucketKey: false };
const allBlocked = {
  blockPublicAcls: true,
  ignorePublicAcls: true,
  blockPublicPolicy: true,
  restrictPublicBuckets: true,
};

function newRow(input: Parameters<Buckets['create']>[0], createdAt: Date): BucketSettings {
  const modern = input.mode === 'modern';
  return {
    id: randomId(bucketIdBytes),
    account: input.account,
    createdAt,
    region: input.region,
    mode: input.mode,
    versioning: 'off',
    encryption: modern ? aes256 : undefined,
    publicAccessBlock: modern ? allBlocked : undefined,
    ownership: input.ownership ?? (modern ? 'BucketOwnerEnforced' : undefined),
    configs: [],
  };
}

function changed(row: BucketSettings, change: BucketChange): BucketSettings {
  const { versioning, encryption, publicAccessBlock, ownership } = change;
  return {
    ...row,
    ...(versioning && { versioning }),
    ...(publicAccessBlock !== undefined && { publicAccessBlock: publicAccessBlock ?? undefined }),
    ...(ownership !== undefined && { ownership: ownership ?? undefined }),
    ...(encryption !== undefined && {
      // A modern bucket is never without: what is removed falls back to AES256.
      encryption: encryption ?? (row.mode === 'modern' ? aes256 : undefined),
    }),
  };
}

function alreadyThere({ name, row }: OpenBucket, account: string): Refusal {
  const code = row.account === account ? 'BucketAlreadyOwnedByYou' : 'BucketAlreadyExists';
  return new Refusal(code, { fields: { BucketName: name } });
}

function toBucket({ name, row }: OpenBucket): Bucket {
  const { secret: _, shreddedAt: __, configs: ___, ...facts } = row;
  return { name, ...facts };
}

/** Rows read at a time while another account's buckets are passed over. */
const pageRows = 1_000;

async function listBuckets(view: View, query: Parameters<Buckets['list']>[1]): Promise<BucketPage> {
  const front = Buffer.concat([encodeKey(bucketRow.code), encodePrefix(query.prefix ?? '')]);
  const end = behindAll(front);
  let start: Uint8Array = front;
  if (query.after !== undefined) {
    const after = behind(bucketRow.encodeKey(query.after));
    if (Buffer.compare(after, start) > 0) start = after;
  }
  const buckets: { name: string; createdAt: Date; region: string }[] = [];
  for (;;) {
    if (Buffer.compare(start, end) >= 0) return { buckets, next: undefined };
    const found = await view.range(bucketRow, { start, end, limit: pageRows });
    for (const { key: name, value } of found) {
      if (value.account !== query.account || value.shreddedAt !== undefined) continue;
      if (buckets.length === query.limit) return { buckets, next: buckets.at(-1)?.name };
      buckets.push({ name, createdAt: value.createdAt, region: value.region });
    }
    const last = found.at(-1);
    if (last === undefined || found.length < pageRows) return { buckets, next: undefined };
    start = behind(bucketRow.encodeKey(last.key));
  }
}
