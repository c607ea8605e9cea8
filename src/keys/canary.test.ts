/** A key that is not the one of a version's rows is found out by that version's canary. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomId } from '../base/ids.ts';
import { SecretKey } from '../crypto/secret-key.ts';
import { assertCanaries, canariesFor, canaryBytes } from './canary.ts';
import {
  type Keyring,
  activatePrepared,
  addVersion,
  destroyVersion,
  mintFirstKeyring,
} from './keyring.ts';

const now = new Date(1_795_000_000_000);
const none = new Map<number, Uint8Array>();

function withKey(keyring: Keyring, version: number, key: SecretKey): Keyring {
  const held = keyring.versions.get(version);
  assert.ok(held && held.state !== 'destroyed');
  return { ...keyring, versions: new Map(keyring.versions).set(version, { ...held, key }) };
}

test('canaries are made once and carried, and go with a destroyed version', () => {
  const first = mintFirstKeyring(randomId(), now);
  const one = canariesFor(first, none);
  assert.deepEqual(
    [...one].map(([version, { length }]) => [version, length]),
    [[1, canaryBytes]],
  );
  const second = activatePrepared(addVersion(first, now));
  const two = canariesFor(second, one);
  assert.equal(two.get(1), one.get(1));
  assert.deepEqual([...two.keys()], [1, 2]);
  assertCanaries(second, two);
  const destroyed = destroyVersion(second, 1);
  assert.deepEqual([...canariesFor(destroyed, two).keys()], [2]);
  // What a store of before canaries has.
  assertCanaries(second, none);
});

test('another key, version or store does not open a canary, and the version is named', () => {
  const keyring = activatePrepared(addVersion(mintFirstKeyring(randomId(), now), now));
  const canaries = canariesFor(keyring, none);
  const refused = (
    other: Keyring,
    given: ReadonlyMap<number, Uint8Array>,
    version: number,
  ): void => {
    const expected = {
      kind: 'damaged',
      message: new RegExp(`^Master key version ${version} of .* canary of version ${version} `),
    };
    assert.throws(() => assertCanaries(other, given), expected);
    assert.throws(() => canariesFor(other, given), expected);
  };
  for (const version of [1, 2]) {
    refused(withKey(keyring, version, SecretKey.generate()), canaries, version);
  }
  const swapped = new Map([
    [1, canaries.get(2) ?? new Uint8Array()],
    [2, canaries.get(1) ?? new Uint8Array()],
  ]);
  refused(keyring, swapped, 1);
  refused({ ...keyring, storeId: randomId() }, canaries, 1);
  for (let bit = 0; bit < canaryBytes * 8; bit += 7) {
    const flipped = Buffer.from(canaries.get(2) ?? []);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    refused(keyring, new Map(canaries).set(2, flipped), 2);
  }
});
