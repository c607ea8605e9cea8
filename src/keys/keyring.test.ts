import assert from 'node:assert/strict';
import { hkdfSync } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { lengthPrefixed } from '../base/bytes.ts';
import {
  activatePrepared,
  addVersion,
  decodeKeyringBody,
  destroyVersion,
  encodeKeyringBody,
  mintFirstKeyring,
} from './keyring.ts';
import { deserializeKeyring, serializeKeyring } from './keyring-transfer.ts';

const storeId = Buffer.alloc(16, 1);
const now = new Date('2026-11-24T08:00:00.123Z');
const key = Buffer.alloc(32, 7).toString('base64url');
const version = (number: number, state: string, more: object = { key }): object => ({
  version: number,
  state,
  createdAt: 5,
  ...more,
});

function decode(body: unknown): ReturnType<typeof decodeKeyringBody> {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return decodeKeyringBody(bytes, { storeId, generation: 3 });
}

test('the first keyring has one version, current, with its own random key', () => {
  const keyring = mintFirstKeyring(storeId, now);
  assert.equal(keyring.generation, 1);
  assert.equal(keyring.current, 1);
  const first = keyring.versions.get(1);
  assert.equal(first?.state, 'current');
  assert.deepEqual(first?.createdAt, now);
  const info = lengthPrefixed('coffer/1/key-id', storeId);
  const expected = hkdfSync('sha256', first?.key?.exportForKeyring() ?? '', '', info, 32);
  assert.deepEqual(Buffer.from(first?.keyId ?? []), Buffer.from(expected).subarray(0, 8));
  assert.ok(
    !first?.key?.equals(mintFirstKeyring(storeId, now).versions.get(1)?.key ?? assert.fail()),
  );
});

test('a body reads back, through the pipe too; an added version is prepared, not current', () => {
  const second = activatePrepared(addVersion(mintFirstKeyring(storeId, now), now));
  const keyring = addVersion(second, new Date(9));
  assert.equal(keyring.generation, 4);
  assert.deepEqual([...keyring.versions.keys()], [1, 2, 3]);
  assert.equal(keyring.current, 2);
  const body = encodeKeyringBody(keyring);
  const context = { storeId, generation: 4 };
  for (const again of [
    decodeKeyringBody(body, context),
    deserializeKeyring(serializeKeyring(keyring)),
  ]) {
    assert.equal(again.generation, 4);
    assert.equal(again.current, 2);
    assert.ok(again.signing?.equals(keyring.signing ?? assert.fail()));
    assert.deepEqual(Buffer.from(again.storeId), storeId);
    assert.deepEqual(encodeKeyringBody(again), body);
    assert.deepEqual(
      [...again.versions.values()].map(({ state, createdAt }) => [state, createdAt.getTime()]),
      [
        ['retained', now.getTime()],
        ['current', now.getTime()],
        ['prepared', 9],
      ],
    );
    for (const { version: number, keyId } of again.versions.values()) {
      assert.deepEqual(keyId, keyring.versions.get(number)?.keyId);
    }
  }
});

test('the body is the JSON of FORMAT.md §5.1; unknown members are ignored', () => {
  const keyring = decode({
    current: 3,
    later: true,
    versions: [
      version(1, 'destroyed', {}),
      version(2, 'retained', { key, note: 'x' }),
      version(3, 'current'),
      version(4, 'prepared'),
    ],
  });
  assert.equal(keyring.versions.get(1)?.key, undefined);
  assert.deepEqual(JSON.parse(encodeKeyringBody(keyring).toString()), {
    current: 3,
    versions: [
      { version: 1, state: 'destroyed', createdAt: 5 },
      { version: 2, state: 'retained', createdAt: 5, key },
      { version: 3, state: 'current', createdAt: 5, key },
      { version: 4, state: 'prepared', createdAt: 5, key },
    ],
  });
});

test('a body that breaks a rule is damage that says which, never what stood there', () => {
  const one = version(1, 'current');
  const cases: [unknown, RegExp][] = [
    [`{"current":1,"versions":[{"key":"${key}"`, /not JSON/],
    ['[]', /versions/],
    ['null', /not an object/],
    ['7', /not an object/],
    [{}, /1 to 4000 versions/],
    [{ current: 1, versions: [] }, /1 to 4000 versions/],
    [{ current: 1, versions: Array.from({ length: 4001 }, () => one) }, /1 to 4000 versions/],
    [{ current: 1, versions: [null] }, /must be an object/],
    [{ current: 1, versions: [{}] }, /must have a number/],
    [{ current: 2, versions: [version(2, 'current')] }, /numbered from 1/],
    [{ current: 1, versions: [one, one] }, /numbered from 1/],
    [{ current: 1, versions: [one, version(2, 'current')] }, /exactly one/],
    [{ current: 1, versions: [version(1, 'retained')] }, /exactly one/],
    [{ current: 2, versions: [one, version(2, 'retained')] }, /exactly one/],
    [{ versions: [one] }, /exactly one/],
    [{ current: 1, versions: [version(1, 'active')] }, /unknown state/],
    [{ current: 1, versions: [version(1, 'current', {})] }, /no 32-byte key/],
    [{ current: 1, versions: [version(1, 'current', { key: 'AAAA' })] }, /no 32-byte key/],
    [{ current: 1, versions: [version(1, 'current', { key: 5 })] }, /no 32-byte key/],
    [{ current: 1, versions: [one, version(2, 'destroyed')] }, /destroyed and yet has a key/],
    [{ current: 1, versions: [{ ...one, createdAt: 'x' }] }, /no creation time/],
  ];
  for (const [body, rule] of cases) {
    assert.throws(
      () => decode(body),
      (error: Error & { kind?: string }) => {
        assert.equal(error.kind, 'damaged');
        assert.match(error.message, rule);
        assert.ok(!inspect(error, { depth: 9 }).includes(key.slice(0, 8)));
        return true;
      },
    );
  }
  assert.throws(() => deserializeKeyring(Buffer.alloc(23)), { kind: 'damaged' });
});

test('only a retained version is destroyed, and its number stays', () => {
  const first = mintFirstKeyring(storeId, now);
  const second = activatePrepared(addVersion(first, now));
  assert.throws(() => destroyVersion(second, 2), { name: 'Defect' });
  const gone = destroyVersion(second, 1);
  assert.equal(gone.generation, 4);
  assert.equal(gone.versions.get(1)?.state, 'destroyed');
  assert.equal(gone.versions.get(1)?.key, undefined);
  assert.throws(() => destroyVersion(gone, 1), { name: 'Defect' });
  assert.equal(addVersion(gone, now).versions.get(3)?.state, 'prepared');
});

test('a keyring can be logged by accident without showing a key', () => {
  const keyring = decode({ current: 1, versions: [version(1, 'current')] });
  const shown =
    inspect(keyring, { depth: 9, showHidden: true }) + JSON.stringify([...keyring.versions]);
  assert.ok(!shown.includes(key.slice(0, 8)) && !shown.includes('07 07') && !shown.includes('7,7'));
  assert.match(shown, /redacted/);
});
