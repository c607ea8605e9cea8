/** Format 1 opens for ever: what coffer-1.json holds was sealed once and is never sealed again. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { lengthPrefixed, toHex } from '../../src/base/bytes.ts';
import { openBlobFile } from '../../src/crypto/blob-file.ts';
import { unwrapBucketSecret } from '../../src/crypto/bucket-secret.ts';
import { DataKey } from '../../src/crypto/data-key.ts';
import { type Scheme, openRow, readHeader, underMasterKey } from '../../src/crypto/envelope.ts';
import { deriveBytes } from '../../src/crypto/hkdf.ts';
import { SecretKey } from '../../src/crypto/secret-key.ts';
import { openFileKeeper } from '../../src/keys/file/file-keeper.ts';
import { KeySchedule } from '../../src/keys/key-schedule.ts';
import { decodeKeyringBody, encodeKeyringBody } from '../../src/keys/keyring.ts';
import { readKeyringFile } from '../../src/keys/keyring-file.ts';
import { temporaryFolder } from '../temporary-folder.ts';

interface Wrapped {
  readonly keyVersion: number;
  readonly bytes: string;
}

interface Frozen {
  readonly ids: Record<
    'storeId' | 'bucketId' | 'versionId' | 'uploadId' | 'blobId' | 'objectKey',
    string
  >;
  readonly secrets: { rootKey: string; masterKeys: Record<string, string> } & Record<
    'bucketSecret' | 'dataKey',
    string
  >;
  readonly derived: {
    readonly keyIds: Record<string, string>;
    readonly storeKeys: Record<string, Record<'row' | 'bucket-secret', string>>;
    readonly bucketKeys: Record<string, Record<'row' | 'wrap', string>>;
  } & Record<'commitment' | 'manifestKey' | 'twinKey' | 'payloadKey', string>;
  readonly wrapped: Record<'bucketSecret' | 'dataKeyOfVersion' | 'dataKeyOfUpload', Wrapped>;
  readonly rows: readonly {
    readonly name: string;
    readonly scheme: Scheme;
    readonly inBucket: boolean;
    readonly rowKey: string;
    readonly keyVersion: number;
    readonly clear: string;
    readonly body: string;
    readonly value: string;
    readonly blobId?: string;
  }[];
  readonly blobFiles: readonly {
    readonly blobId: string;
    readonly plainSize: number;
    readonly sha256: string;
    readonly bytes: string;
  }[];
  readonly rootKeyFile: string;
  readonly keyring: {
    readonly generation: number;
    readonly digest: string;
    readonly fileName: string;
    readonly bytes: string;
    readonly body: object;
  };
}

const url = new URL('coffer-1.json', import.meta.url);
const frozen = JSON.parse(await readFile(url, 'utf8')) as Frozen;
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const shown = (key: SecretKey): string => toHex(key.exportForKeyring());

const storeId = hex(frozen.ids.storeId);
const bucketId = hex(frozen.ids.bucketId);
const body = Buffer.from(JSON.stringify(frozen.keyring.body));
const context = { storeId, generation: frozen.keyring.generation };
const schedule = new KeySchedule(decodeKeyringBody(body, context));
const bucketSecret = SecretKey.from(hex(frozen.secrets.bucketSecret));

/** The frozen data key, as it comes out of the frozen wrap of a version or an upload. */
function dataKey(purpose: 'version' | 'upload'): DataKey {
  const { keyVersion, bytes } =
    purpose === 'version' ? frozen.wrapped.dataKeyOfVersion : frozen.wrapped.dataKeyOfUpload;
  const id = hex(purpose === 'version' ? frozen.ids.versionId : frozen.ids.uploadId);
  const { wrap } = schedule.bucketKeys(keyVersion, bucketId, bucketSecret);
  const place = { purpose, storeId, bucketId, objectKey: frozen.ids.objectKey, id } as const;
  const commitment = hex(frozen.derived.commitment);
  return DataKey.unwrap(wrap, place, { wrapped: hex(bytes), commitment });
}

test('keys derive as they did', () => {
  const { derived, secrets } = frozen;
  for (const version of [1, 2]) {
    assert.equal(toHex(schedule.keyId(version)), derived.keyIds[version]);
    for (const purpose of ['row', 'bucket-secret'] as const) {
      const expected = derived.storeKeys[version]?.[purpose];
      assert.equal(shown(schedule.storeKey(version, purpose)), expected);
    }
    const keys = schedule.bucketKeys(version, bucketId, bucketSecret);
    assert.equal(shown(keys.row), derived.bucketKeys[version]?.row);
    assert.equal(shown(keys.wrap), derived.bucketKeys[version]?.wrap);
  }
  const raw = SecretKey.from(hex(secrets.dataKey));
  const commitment = deriveBytes(raw, lengthPrefixed('coffer/1/data', 'commit'));
  assert.equal(toHex(commitment), derived.commitment);
  assert.equal(schedule.current, 2);
  assert.throws(() => schedule.storeKey(3, 'row'), /version 3 was destroyed/);
});

test('wrapped keys open, and give the keys they held', () => {
  const { keyVersion, bytes } = frozen.wrapped.bucketSecret;
  const storeKey = schedule.storeKey(keyVersion, 'bucket-secret');
  const secret = unwrapBucketSecret(hex(bytes), storeKey, { storeId, bucketId });
  assert.ok(secret.equals(bucketSecret));
  for (const purpose of ['version', 'upload'] as const) {
    const key = dataKey(purpose);
    const blobId = hex(frozen.ids.blobId);
    assert.equal(toHex(key.commitment()), frozen.derived.commitment);
    assert.equal(shown(key.manifestKey()), frozen.derived.manifestKey);
    assert.equal(shown(key.twinKey(blobId)), frozen.derived.twinKey);
    assert.equal(shown(key.payloadKey(blobId)), frozen.derived.payloadKey);
  }
});

function rowKeyOf({ scheme, keyVersion, blobId = '' }: Frozen['rows'][number]): SecretKey {
  switch (scheme) {
    case 'store':
      return schedule.storeKey(keyVersion, 'row');
    case 'bucket':
      return schedule.bucketKeys(keyVersion, bucketId, bucketSecret).row;
    case 'manifest':
      return dataKey('version').manifestKey();
    case 'twin':
      return dataKey('version').twinKey(hex(blobId));
    case 'inline':
      return dataKey('version').payloadKey(hex(blobId));
  }
}

test('rows of every scheme open', () => {
  const schemes = new Set(frozen.rows.map(({ scheme }) => scheme));
  assert.deepEqual([...schemes].sort(), ['bucket', 'inline', 'manifest', 'store', 'twin']);
  for (const row of frozen.rows) {
    const value = hex(row.value);
    const header = readHeader(value);
    if (row.blobId !== undefined) assert.ok(row.rowKey.endsWith(row.blobId), row.name);
    assert.equal(header.kind, hex(row.rowKey)[0], row.name);
    assert.equal(header.scheme, row.scheme, row.name);
    assert.equal(header.keyVersion, row.keyVersion, row.name);
    assert.equal(toHex(header.clear), row.clear, row.name);
    if (underMasterKey(header.scheme)) {
      assert.deepEqual(header.keyId, schedule.keyId(header.keyVersion), row.name);
    }
    const where = {
      storeId,
      bucketId: row.inBucket ? bucketId : undefined,
      rowKey: hex(row.rowKey),
    };
    const opened = openRow({ value, header, context: where }, rowKeyOf(row));
    assert.equal(toHex(opened), row.body, row.name);
  }
});

test('blob files open', async () => {
  for (const { blobId, plainSize, sha256, bytes } of frozen.blobFiles) {
    const file = Buffer.from(bytes, 'base64');
    const id = hex(blobId);
    assert.equal(toHex(file.subarray(0, 32)), `434f46464552423100010000${'00'.repeat(4)}${blobId}`);
    const hash = createHash('sha256');
    const where = { blobId: id, storeId, bucketId };
    const payloadKey = dataKey('version').payloadKey(id);
    const sealed = [file.subarray(32)];
    for await (const chunk of openBlobFile(payloadKey, where, { plainSize }, sealed)) {
      hash.update(chunk);
    }
    assert.equal(hash.digest('hex'), sha256);
  }
});

test('the root key file and the keyring file open', async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/coffer-data.root-key`;
  await writeFile(path, frozen.rootKeyFile, { mode: 0o600 });
  const keeper = await openFileKeeper(path);
  assert.ok(keeper);
  assert.deepEqual(Buffer.from(keeper.storeId), storeId);
  assert.equal(keeper.state, 'initialised');
  await mkdir(`${folder.path}/keys`);
  const { generation, digest, fileName, bytes } = frozen.keyring;
  await writeFile(`${folder.path}/keys/${fileName}`, hex(bytes));
  const place = { folder: `${folder.path}/keys`, keeper, storeId };
  const keyring = await readKeyringFile(place, { generation, digest: hex(digest) });
  assert.deepEqual(encodeKeyringBody(keyring), body);
  for (const [version, key] of Object.entries(frozen.secrets.masterKeys)) {
    const held = keyring.versions.get(Number(version))?.key;
    assert.ok(held?.equals(SecretKey.from(hex(key))));
  }
});
