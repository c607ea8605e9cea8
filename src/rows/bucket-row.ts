/** Row 20: a bucket, its settings and its wrapped secret. */
import { Fault, assert } from '../base/refusal.ts';
import { wrappedKeyBytes } from '../crypto/data-key.ts';
import type { WrappedBucketSecret } from '../keys/key-schedule.ts';
import { KeyReader, encodeKey } from './keyspace.ts';
import { RowBody, b64, encodeBody } from './row-body.ts';
import type { StoreRowKind } from './row-kind.ts';

const modes = ['modern', 'classic'] as const;
const versionings = ['off', 'enabled', 'suspended'] as const;
const ownerships = ['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'] as const;
const algorithms = ['AES256'] as const;

export interface BucketRow {
  /** 16 bytes. */
  readonly id: Uint8Array;
  /** Undefined once the bucket was shredded: nothing inside it opens any more. */
  readonly secret: WrappedBucketSecret | undefined;
  /** When it was shredded; the row stays until all that was inside is removed. */
  readonly shreddedAt: Date | undefined;
  /** Account id of the owner. */
  readonly account: string;
  readonly createdAt: Date;
  readonly region: string;
  readonly mode: (typeof modes)[number];
  readonly versioning: (typeof versionings)[number];
  readonly encryption:
    | { readonly algorithm: (typeof algorithms)[number]; readonly bucketKey: boolean }
    | undefined;
  readonly publicAccessBlock:
    | {
        readonly blockPublicAcls: boolean;
        readonly ignorePublicAcls: boolean;
        readonly blockPublicPolicy: boolean;
        readonly restrictPublicBuckets: boolean;
      }
    | undefined;
  readonly ownership: (typeof ownerships)[number] | undefined;
  /** The names of the bucket-config rows that there are. */
  readonly configs: readonly string[];
}

/** A bucket as it is told to be: its secret is the rows' own affair. */
export type BucketSettings = Omit<BucketRow, 'secret' | 'shreddedAt'>;

export const bucketIdBytes = 16;
const code = 0x20;

/** By bucket name. */
export const bucketRow: StoreRowKind<string, BucketRow> = {
  code,
  name: 'bucket',
  scheme: 'store',
  cached: 'settings',
  directoryName: (name) => `bucket/${name}`,
  encodeKey: (name) => encodeKey(code, name),
  decodeKey: (key) => {
    const reader = new KeyReader(key, code);
    const name = reader.string();
    reader.end();
    return name;
  },
  encode: ({ id, secret, shreddedAt, createdAt, ...settings }, keyVersion) => {
    assert(
      secret === undefined || secret.version === keyVersion,
      'a bucket secret is wrapped under the version of its row',
    );
    assert((secret === undefined) !== (shreddedAt === undefined), 'a bucket is shredded or not');
    return {
      body: encodeBody({
        id: b64(id),
        secret: secret && b64(secret.wrapped),
        shredded: shreddedAt?.getTime(),
        createdAt: createdAt.getTime(),
        ...settings,
      }),
    };
  },
  decode: ({ body: bytes, keyVersion }) => {
    const body = RowBody.parse(bytes);
    const shreddedAt = body.timeIf('shredded');
    const wrapped = body.bytesIf('secret', wrappedKeyBytes);
    if ((wrapped === undefined) !== (shreddedAt !== undefined)) {
      throw new Fault('damaged', 'a bucket has a secret, or was shredded');
    }
    return {
      id: body.bytes('id', bucketIdBytes),
      secret: wrapped && { version: keyVersion, wrapped },
      shreddedAt,
      account: body.text('account'),
      createdAt: body.time('createdAt'),
      region: body.text('region'),
      mode: body.oneOf('mode', modes),
      versioning: body.oneOf('versioning', versionings),
      encryption: decodeEncryption(body.objectIf('encryption')),
      publicAccessBlock: decodeAccessBlock(body.objectIf('publicAccessBlock')),
      ownership: body.oneOfIf('ownership', ownerships),
      configs: body.texts('configs'),
    };
  },
};

function decodeEncryption(body: RowBody | undefined): BucketRow['encryption'] {
  return (
    body && { algorithm: body.oneOf('algorithm', algorithms), bucketKey: body.boolean('bucketKey') }
  );
}

function decodeAccessBlock(body: RowBody | undefined): BucketRow['publicAccessBlock'] {
  return (
    body && {
      blockPublicAcls: body.boolean('blockPublicAcls'),
      ignorePublicAcls: body.boolean('ignorePublicAcls'),
      blockPublicPolicy: body.boolean('blockPublicPolicy'),
      restrictPublicBuckets: body.boolean('restrictPublicBuckets'),
    }
  );
}
