/** Every kind of row: keys and bodies come back, and bodies of another shape are damage. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Fault } from '../base/refusal.ts';
import { accessKeyRow } from './access-key-row.ts';
import { accountRow } from './account-row.ts';
import { policyRow, taggingRow } from './bucket-config-row.ts';
import { bucketRow } from './bucket-row.ts';
import { checksumAlgorithms, checksumTypes, protections } from './checksum-body.ts';
import { directoryRow } from './directory-row.ts';
import { headRow } from './head-row.ts';
import { keyringRow } from './keyring-row.ts';
import { decodeManifest, encodeManifest } from './manifest-row.ts';
import { partRow } from './part-row.ts';
import { processRow } from './process-row.ts';
import { recordRow } from './record-row.ts';
import { reservationRow } from './reservation-row.ts';
import type { BucketRowKind, Kind, StoreRowKind } from './row-kind.ts';
import { storeRow } from './store-row.ts';
import { tombstoneRow } from './tombstone-row.ts';
import { trashRow } from './trash-row.ts';
import { uploadRow } from './upload-row.ts';
import { userRow } from './user-row.ts';
import { versionRow } from './version-row.ts';

// What JSON gives has a prototype, so what is expected has one too.
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true });
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 10 }));
const bytes = (length: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array));
const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const ordinal = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const time = fc.nat({ max: 4_000_000_000_000 }).map((ms) => new Date(ms));
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });
const texts = fc.array(text, { maxLength: 4 });
// "__proto__" as a name is a member like any other.
const textMap = fc.dictionary(fc.oneof(text, fc.constant('__proto__')), text, { maxKeys: 4 });
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const tags = fc.array(fc.tuple(text, text), { maxLength: 4 });
const hex32 = bytes(16).map((md5) => md5.toString('hex'));
const blob = record({ id: bytes(16), file: fc.boolean() });
const algorithm = fc.constantFrom(...checksumAlgorithms);
const type = fc.constantFrom(...checksumTypes);
const protection = fc.constantFrom(...protections);
const checksum = record({ algorithm, type, value: text });
const keyVersion = 7;
const dataKey = record({
  version: fc.constant(keyVersion),
  wrapped: bytes(72),
  commitment: bytes(32),
});
const facts = {
  contentType: maybe(text),
  headers: maybe(textMap.map(plain)),
  meta: maybe(textMap.map(plain)),
  tags: maybe(tags),
};

function comesBack<V>(kind: Kind<V>, values: fc.Arbitrary<V>): void {
  fc.assert(
    fc.property(values, (value) => {
      const { clear = Buffer.alloc(0), body } = kind.encode(value, keyVersion);
      const row = { clear: Buffer.from(clear), body: Buffer.from(body), keyVersion };
      assert.deepEqual(kind.decode(row), value, kind.name);
    }),
    { numRuns: 40 },
  );
}

function storeKind<K, V>(
  kind: StoreRowKind<K, V>,
  keys: fc.Arbitrary<K>,
  values: fc.Arbitrary<V>,
): void {
  test(`${kind.name} rows come back`, () => {
    comesBack(kind, values);
    fc.assert(
      fc.property(keys, (key) => {
        const encoded = kind.encodeKey(key);
        assert.equal(encoded[0], kind.code);
        assert.deepEqual(kind.decodeKey(encoded), key);
        assert.throws(() => kind.decodeKey(Buffer.concat([encoded, Buffer.of(0)])), Fault);
      }),
      { numRuns: 40 },
    );
  });
}

function bucketKind<K, V>(
  kind: BucketRowKind<K, V>,
  keys: fc.Arbitrary<K>,
  values: fc.Arbitrary<V>,
): void {
  test(`${kind.name} rows come back`, () => {
    comesBack(kind, values);
    fc.assert(
      fc.property(keys, bytes(16), (key, bucketId) => {
        const encoded = kind.encodeKey(bucketId, key);
        assert.equal(encoded[0], kind.code);
        assert.deepEqual(encoded.subarray(1, 17), bucketId);
        assert.deepEqual(kind.decodeKey(encoded), key);
        assert.throws(() => kind.decodeKey(Buffer.concat([encoded, Buffer.of(0)])), Fault);
      }),
      { numRuns: 40 },
    );
  });
}

const none = fc.constant(undefined);
storeKind(keyringRow, none, record({ generation: ordinal, digest: bytes(32) }));
storeKind(
  storeRow,
  none,
  record({
    createdAt: time,
    region: text,
    canaries: fc
      .array(fc.tuple(fc.integer({ min: 1, max: 400 }), bytes(40)))
      .map((list) => new Map(list)),
  }),
);
storeKind(
  directoryRow,
  fc.nat({ max: 255 }),
  texts.map((names) => new Set(names)),
);
storeKind(
  accountRow,
  text,
  record({ name: text, canonicalId: text, createdAt: time, users: count, accessKeys: texts }),
);
storeKind(
  userRow,
  record({ account: text, name: text }),
  record({ id: text, createdAt: time, policy: maybe(text), accessKeys: texts }),
);
storeKind(
  accessKeyRow,
  text,
  record({
    account: text,
    user: maybe(text),
    secret: text,
    enabled: fc.boolean(),
    createdAt: time,
  }),
);
storeKind(
  processRow,
  bytes(16),
  record({
    startedAt: time,
    wraps: fc.dictionary(fc.constantFrom('1', '2', '30'), count).map(plain),
    generation: fc.option(count, { nil: undefined }),
    leaseUntil: fc.option(time, { nil: undefined }),
  }),
);
storeKind(reservationRow, bytes(12), record({ process: bytes(16), createdAt: time }));
storeKind(trashRow, bytes(16), record({ since: time }));
storeKind(
  recordRow,
  record({ madeAt: time, id: bytes(16) }),
  record({ text: fc.string(), signature: bytes(64) }),
);
const secretOrShredded = fc.oneof(
  record({
    secret: record({ version: fc.constant(keyVersion), wrapped: bytes(72) }),
    shreddedAt: fc.constant(undefined),
  }),
  record({ secret: fc.constant(undefined), shreddedAt: time }),
);
const bucketSettings = record({
  id: bytes(16),
  account: text,
  createdAt: time,
  region: text,
  mode: fc.constantFrom('modern' as const, 'classic' as const),
  versioning: fc.constantFrom('off' as const, 'enabled' as const, 'suspended' as const),
  encryption: maybe(record({ algorithm: fc.constant('AES256' as const), bucketKey: fc.boolean() })),
  publicAccessBlock: maybe(
    record({
      blockPublicAcls: fc.boolean(),
      ignorePublicAcls: fc.boolean(),
      blockPublicPolicy: fc.boolean(),
      restrictPublicBuckets: fc.boolean(),
    }),
  ),
  ownership: maybe(fc.constantFrom('BucketOwnerEnforced' as const, 'ObjectWriter' as const)),
  configs: texts,
});
storeKind(
  bucketRow,
  text,
  fc
    .tuple(bucketSettings, secretOrShredded)
    .map(([settings, state]) => ({ ...settings, ...state })),
);
bucketKind(policyRow, none, record({ text, setAt: time, users: maybe(textMap.map(plain)) }));
bucketKind(taggingRow, none, record({ tags }));
bucketKind(
  headRow,
  text,
  record({
    top: ordinal,
    nulls: maybe(ordinal),
    ordinal,
    id: bytes(16),
    size: count,
    etag: text,
    modified: time,
    marker: fc.boolean(),
    null: fc.boolean(),
    checksumAlgorithm: maybe(algorithm),
    checksumType: maybe(type),
  }),
);
bucketKind(
  versionRow,
  record({ key: text, ordinal }),
  record({
    id: bytes(16),
    null: fc.boolean(),
    marker: fc.boolean(),
    modified: time,
    size: count,
    etag: text,
    dataKey,
    blob: maybe(blob),
    parts: maybe(count),
    pages: maybe(count),
    ...facts,
    checksum: maybe(checksum),
    protection,
  }),
);
bucketKind(
  uploadRow,
  record({ key: text, created: count, uploadId: bytes(16) }),
  record({
    account: text,
    initiator: maybe(record({ id: text, displayName: text })),
    dataKey,
    ...facts,
    checksum: maybe(record({ algorithm, type })),
    protection,
    requestHeaders: textMap.map(plain),
  }),
);
bucketKind(
  partRow,
  record({ uploadId: bytes(16), number: fc.integer({ min: 1, max: 10_000 }) }),
  record({
    blob,
    size: count,
    md5: hex32,
    modified: time,
    checksums: fc.dictionary(algorithm, text).map(plain),
    etag: text,
  }),
);
bucketKind(
  tombstoneRow,
  bytes(16),
  record({
    key: text,
    version: maybe(text),
    etag: text,
    completedAt: time,
    checksum: maybe(checksum),
    protection,
    null: fc.boolean(),
    requestHeaders: textMap.map(plain),
    request: bytes(32),
  }),
);

test('manifest pages come back', () => {
  const part = record({ number: count, blob, size: count, md5: hex32, checksum: maybe(text) });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      assert.deepEqual(decodeManifest(encodeManifest(parts)), parts);
    }),
  );
  for (const parts of ['[[1,"AAAA",true,5,"x"]]', '[7]', '{}', '[[1]]']) {
    assert.throws(() => decodeManifest(Buffer.from(`{"parts":${parts}}`)), Fault);
  }
});

test('a body of another shape is damage and says nothing of what stood there', () => {
  const kinds: Kind<unknown>[] = [storeRow, directoryRow, accountRow, userRow, accessKeyRow];
  kinds.push(
    processRow,
    reservationRow,
    trashRow,
    recordRow,
    bucketRow,
    policyRow,
    headRow,
    versionRow,
  );
  kinds.push(uploadRow, partRow, tombstoneRow);
  for (const kind of kinds) {
    for (const body of ['', 'canary', '[]', 'null', '"canary"', '{"canary":1}', '{"id":{}}']) {
      const row = { clear: Buffer.alloc(0), body: Buffer.from(body), keyVersion };
      assert.throws(
        () => kind.decode(row),
        (error) =>
          error instanceof Fault && error.kind === 'damaged' && !error.message.includes('canary'),
        `${kind.name} ${body}`,
      );
    }
  }
});

test('a wrap of another version than its row is a defect', () => {
  const secret = { version: keyVersion + 1, wrapped: Buffer.alloc(72) };
  const row = {
    id: Buffer.alloc(16),
    secret,
    shreddedAt: undefined,
    account: '',
    createdAt: new Date(0),
    region: '',
    mode: 'modern',
    versioning: 'off',
    encryption: undefined,
    publicAccessBlock: undefined,
    ownership: undefined,
    configs: [],
  } as const;
  assert.throws(() => bucketRow.encode(row, keyVersion), { name: 'Defect' });
  const neither = { ...row, secret: undefined };
  assert.throws(() => bucketRow.encode(neither, keyVersion), { name: 'Defect' });
});
