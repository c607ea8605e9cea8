import assert from 'node:assert/strict';
import { argon2Sync, hkdfSync } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { keeperContract } from '../../../tests/contracts/keeper.ts';
import { lengthPrefixed, u64 } from '../../base/bytes.ts';
import { SecretKey } from '../../crypto/secret-key.ts';
import { xaesOpen } from '../../crypto/xaes-gcm.ts';
import { PassphraseKeeper } from './passphrase-keeper.ts';
import { Passphrase } from './passphrase.ts';

const text = 'orbit lantern velvet quarry';
const storeId = Buffer.alloc(16, 0x5a);
const context = { storeId, generation: 3 };
/** Weak, so that a test is quick. */
const costs = { memoryKiB: 1_024, passes: 1, lanes: 2 };
const of = (words: string): PassphraseKeeper =>
  new PassphraseKeeper({ passphrase: Passphrase.of(words, 'of a test'), path: '/run/pass', costs });

keeperContract('passphrase', async () => ({
  keeper: of(text),
  reopened: of(text),
  other: of(`${text}s`),
  storeId,
  secrets: [text],
  [Symbol.asyncDispose]: async () => undefined,
}));

test('the sealed bytes are as FORMAT.md §5.4 says, at the cost that RFC 9106 recommends', async () => {
  const passphrase = Passphrase.of(text, 'of a test');
  const keeper = new PassphraseKeeper({ passphrase, path: undefined });
  assert.deepEqual(keeper.description, { kind: 'passphrase', location: '' });
  const sealed = Buffer.from(await keeper.seal(Buffer.from('keyring'), context));
  assert.equal(sealed.toString('latin1', 0, 3), 'PP1');
  assert.deepEqual([sealed.readUInt32BE(3), sealed.readUInt32BE(7), sealed[11]], [65_536, 3, 4]);
  const stretched = argon2Sync('argon2id', {
    message: Buffer.from(text),
    nonce: sealed.subarray(12, 28),
    memory: 65_536,
    passes: 3,
    parallelism: 4,
    tagLength: 32,
  });
  const info = lengthPrefixed('coffer/1/passphrase-keeper', storeId);
  const key = SecretKey.from(Buffer.from(hkdfSync('sha256', stretched, '', info, 32)));
  const aad = lengthPrefixed('coffer/1/keyring', storeId, u64(3), sealed.subarray(0, 28));
  assert.equal(xaesOpen(key, aad, sealed.subarray(28)).toString(), 'keyring');
});

test('a blob asks for no more work than a limit, whoever wrote it', async () => {
  const keeper = of(text);
  const sealed = Buffer.from(await keeper.seal(Buffer.from('keyring'), context));
  for (const [offset, bytes] of [
    [3, [0xff, 0xff, 0xff, 0xff]],
    [3, [0, 0, 0, 1]],
    [7, [0, 0, 1, 0]],
    [7, [0, 0, 0, 0]],
    [11, [0]],
    [11, [200]],
  ] as const) {
    const asking = Buffer.from(sealed);
    asking.set(bytes, offset);
    await assert.rejects(keeper.open(asking, context), { name: 'Fault', kind: 'damaged' });
  }
});

test('a passphrase is one line of at least 12 characters, the same however it is typed', () => {
  const said = (words: string): string => {
    try {
      Passphrase.of(words, 'in /run/pass');
    } catch (error) {
      return (error as Error).message;
    }
    return 'accepted';
  };
  assert.equal(said('twelve chars'), 'accepted');
  assert.match(said('eleven char'), /^The passphrase in \/run\/pass has 11 characters: choose/);
  assert.match(said(''), /has 0 characters/);
  assert.match(said('😀😀😀😀😀😀'), /has 6 characters/);
  assert.match(said('two lines are\nnot one line'), /must be one line/);
  assert.match(said('a'.repeat(1_025)), /longer than 1024 bytes/);
  const same = (a: string, b: string): boolean => Passphrase.of(a, '').equals(Passphrase.of(b, ''));
  assert.ok(same('correct horses\n', 'correct horses'));
  assert.ok(same('correct horses\r\n', 'correct horses'));
  assert.ok(same('caf\u00e9 au lait noir', 'cafe\u0301 au lait noir'));
  assert.ok(!same('correct horses ', 'correct horses'));
  const passphrase = Passphrase.of(text, '');
  const shown =
    inspect(passphrase, { showHidden: true }) + JSON.stringify(passphrase) + String(passphrase);
  assert.ok(!shown.includes('orbit'));
});
