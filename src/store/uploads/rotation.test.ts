/** A master key that is rotated while an upload is in progress hinders it nowhere. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadedKeys } from '../../../tests/rows-fixture.ts';
import { bucketName, readObject } from '../../../tests/store-fixture.ts';
import {
  begin,
  listOf,
  partBytes,
  plainPart,
  plainUpload,
  uploadsOf,
} from '../../../tests/upload-fixture.ts';
import { assertWhole } from '../../../tests/whole-store.ts';
import { randomId } from '../../base/ids.ts';
import { systemClock as clock } from '../../base/time.ts';
import { openMemoryBlobs } from '../../engines/memory/blobs.ts';
import { openMemoryMetadata } from '../../engines/memory/metadata.ts';
import { activatePrepared, addVersion, mintFirstKeyring } from '../../keys/keyring.ts';
import { KeysInForce } from '../../keys/keys-in-force.ts';
import { openRows } from '../../rows/rows.ts';
import { versionRow } from '../../rows/version-row.ts';
import { createStore } from '../create-store.ts';

test('parts under one version of the master key are completed under the next', async () => {
  const metadata = openMemoryMetadata();
  const blobs = openMemoryBlobs();
  let keyring = mintFirstKeyring(randomId(), clock());
  const keys = new KeysInForce(loadedKeys(keyring));
  const rows = openRows({ metadata, keys, clock });
  await rows.initialise('us-east-1', async () => undefined);
  const rotate = async () => {
    for (const change of [addVersion, activatePrepared]) {
      keyring = change(keyring, clock());
      assert.equal(await rows.changeKeyring(loadedKeys(keyring)), 'changed');
    }
  };
  const store = createStore({ rows, blobs, clock });
  const account = '111122223333';
  await store.buckets.create({ name: bucketName, account, region: 'us-east-1', mode: 'modern' });
  const uploads = uploadsOf({ rows, blobs });
  const name = await begin(uploads, plainUpload('key'));
  const one = await uploads.putPart(plainPart(name, 1, Buffer.alloc(partBytes, '1')));
  async function* rotatedMidway() {
    yield Buffer.alloc(20_000, '2');
    await rotate();
    yield Buffer.alloc(50_000, '3');
  }
  const two = await uploads.putPart({ ...plainPart(name, 2), body: rotatedMidway() });
  await rotate();
  await uploads.complete({ ...name, parts: listOf(one, two) });
  const range = { start: partBytes - 1, end: partBytes + 20_001 };
  const read = (await readObject(store, 'key', { range })).toString();
  assert.equal(read, `1${'2'.repeat(20_000)}3`);
  using view = rows.view();
  const bucket = await view.bucket(bucketName);
  assert.ok(bucket);
  const version = await view.in(bucket).get(versionRow, { key: 'key', ordinal: 1 });
  assert.equal(version?.dataKey.version, 3);
  await assertWhole({ rows, metadata, blobs });
});
