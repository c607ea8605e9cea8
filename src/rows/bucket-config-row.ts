/**
 * Rows 21: a bucket's policy and tags. The bucket row names which of them there are: one that is
 * named and missing is damage, never "no policy".
 */
import { Fault } from '../base/refusal.ts';
import { KeyReader, encodeKey } from './keyspace.ts';
import { bucketIdBytes } from './bucket-row.ts';
import { RowBody, type TagPairs, encodeBody } from './row-body.ts';
import type { BucketRowKind, OpenedRow } from './row-kind.ts';

export interface PolicyConfig {
  /** Byte for byte as it was put. */
  readonly text: string;
  readonly setAt: Date;
  /**
   * The unique ids, by ARN, of the users whom the text names by ARN: who they were when it was put.
   * Undefined where it names none.
   */
  readonly users?: Readonly<Record<string, string>> | undefined;
}

export interface TaggingConfig {
  readonly tags: TagPairs;
}

const code = 0x21;

/** A kind whose rows a bucket has at most one of. */
export interface BucketConfigKind<V> extends BucketRowKind<undefined, V> {
  /** The name in the bucket row's `configs`. */
  readonly config: string;
}

export const policyRow: BucketConfigKind<PolicyConfig> = {
  ...configKind('policy'),
  encode: ({ text, setAt, users }) => ({
    body: encodeBody({ text, setAt: setAt.getTime(), users }),
  }),
  decode: (row: OpenedRow) => {
    const body = RowBody.parse(row.body);
    return {
      text: body.text('text'),
      setAt: body.time('setAt'),
      users: body.textMapIf('users'),
    };
  },
};

export const taggingRow: BucketConfigKind<TaggingConfig> = {
  ...configKind('tagging'),
  encode: ({ tags }) => ({ body: encodeBody({ tags }) }),
  decode: (row: OpenedRow) => ({ tags: RowBody.parse(row.body).tagsIf('tags') ?? [] }),
};

function configKind(config: string) {
  return {
    code,
    name: `bucket-config ${config}`,
    scheme: 'bucket',
    cached: 'settings',
    config,
    encodeKey: (bucketId: Uint8Array) => encodeKey(code, bucketId, config),
    decodeKey: (key: Uint8Array): undefined => {
      const reader = new KeyReader(key, code);
      reader.bytes(bucketIdBytes);
      if (reader.string() !== config) throw new Fault('damaged', 'a row is another configuration');
      reader.end();
    },
  } as const;
}
