/** A keyring of as many versions as there may be: every place that takes a keyring takes it. */
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { freshRows, loadedKeys } from '../rows-fixture.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { randomId } from '../../src/base/ids.ts';
import { KeysInForce, openedKeys } from '../../src/keys/keys-in-force.ts';
import { createFileKeeper } from '../../src/keys/file/file-keeper.ts';
import { keyringBytesMax } from '../../src/keys/keeper.ts';
import { readKeyringFile, writeKeyringFile } from '../../src/keys/keyring-file.ts';
import { deserializeKeyring, serializeKeyring } from '../../src/keys/keyring-transfer.ts';
import {
  type Keyring,
  type MasterKey,
  activatePrepared,
  addVersion,
  encodeKeyringBody,
  keyringVersionsMax,
  mintFirstKeyring,
} from '../../src/keys/keyring.ts';
import { kitBytesMax, openKit, readKit, sealKit } from '../../src/keys/kits/kit.ts';
import { PassphraseKeeper } from '../../src/keys/passphrase/passphrase-keeper.ts';
import { Passphrase } from '../../src/keys/passphrase/passphrase.ts';
import { frameOf, readFrames } from '../../src/process/frames.ts';

const now = new Date('2026-11-24T08:00:00Z');

/** Version 1 to the last but one of the greatest keyring, all of them still held. */
function almostFull(storeId: Uint8Array): Keyring {
  const versions = new Map<number, MasterKey>();
  const current = keyringVersionsMax - 1;
  for (let version = 1; version <= current; version += 1) {
    const [key] = mintFirstKeyring(storeId, now).versions.values();
    assert.ok(key && key.state !== 'destroyed');
    versions.set(version, { ...key, version, state: version === current ? 'current' : 'retained' });
  }
  return { ...mintFirstKeyring(storeId, now), generation: 2 * current, current, versions };
}

const same = (a: Keyring | undefined, b: Keyring): boolean =>
  a !== undefined && encodeKeyringBody(a).equals(encodeKeyringBody(b));

test('keyrings of 4,000 versions: files of two keepers, the pipe, a kit, and the row of canaries', async () => {
  await using temporary = await temporaryFolder();
  const file = await createFileKeeper(`${temporary.path}/root-key`);
  const { storeId } = file;
  const before = almostFull(storeId);
  const full = activatePrepared(addVersion(before, now));
  assert.equal(full.versions.size, 4_000);
  assert.ok(encodeKeyringBody(full).length < keyringBytesMax);
  assert.throws(() => addVersion(full, now), { message: /at most 4000 master key versions/ });

  const costs = { memoryKiB: 64, passes: 1, lanes: 1 };
  const passphrase = Passphrase.of('correct horse battery', 'given');
  const byPassphrase = new PassphraseKeeper({ passphrase, path: undefined, costs });
  for (const keeper of [file, byPassphrase]) {
    const folder = `${temporary.path}/${keeper.description.kind}`;
    const reference = await writeKeyringFile(folder, full, keeper);
    assert.ok(same(await readKeyringFile({ folder, keeper, storeId }, reference), full));
  }

  const [pipe, received] = [new PassThrough(), Promise.withResolvers<Buffer>()];
  readFrames(pipe, received.resolve);
  pipe.end(frameOf(serializeKeyring(full)));
  assert.ok(same(deserializeKeyring(await received.promise), full));

  const key = randomId(32);
  const lock = { kind: 'shares', shares: 3, threshold: 2 } as const;
  const text = Buffer.from(sealKit(full, { kitId: randomId(), madeAt: now, lock }, key));
  assert.ok(text.length < kitBytesMax);
  assert.ok(same(openKit(readKit(text, 'kit'), key), full));

  // A row holds at most 512 KiB, and the store row has a canary of each.
  const keys = new KeysInForce(loadedKeys({ ...before, generation: full.generation - 1 }));
  const rows = await freshRows({ keysInForce: keys });
  const digest = randomId(32);
  const opened = openedKeys(full, { generation: full.generation, digest });
  assert.equal(await rows.changeKeyring(opened), 'changed');
});
