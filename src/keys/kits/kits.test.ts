/** Recovery kits and their shares: what opens, what does not, and what is said of a damaged file. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { randomId } from '../../base/ids.ts';
import { argon2idKey, newArgon2Parameters } from '../../crypto/argon2id.ts';
import {
  type Keyring,
  activatePrepared,
  addVersion,
  encodeKeyringBody,
  mintFirstKeyring,
} from '../keyring.ts';
import { type KitLock, openKit, readKit, sealKit } from './kit.ts';
import { combineShares, readShare, splitKitKey } from './share.ts';

const madeAt = new Date(1_795_000_000_000);
const keyring = activatePrepared(addVersion(mintFirstKeyring(randomId(), madeAt), madeAt));
type SharesLock = Extract<KitLock, { kind: 'shares' }>;

async function splitKit(lock: SharesLock, of: Keyring = keyring) {
  const key = randomId(32);
  const kitId = randomId();
  const text = sealKit(of, { kitId, madeAt, lock }, key);
  const shares = await splitKitKey(key, { storeId: of.storeId, kitId, madeAt }, lock);
  return { text, shares, kit: readKit(Buffer.from(text), 'kit') };
}

const read = (texts: readonly string[]) =>
  texts.map((text, index) => readShare(Buffer.from(text), `share-${index + 1}`));

const sameKeys = (a: Keyring | undefined, b: Keyring): boolean =>
  a !== undefined && encodeKeyringBody(a).equals(encodeKeyringBody(b));

test('any k of n shares open a kit, and one fewer do not, in any order', async () => {
  const split = fc
    .integer({ min: 2, max: 12 })
    .chain((n) => fc.record({ shares: fc.constant(n), threshold: fc.integer({ min: 2, max: n }) }))
    .chain((lock) =>
      fc.record({
        lock: fc.constant(lock),
        chosen: fc.shuffledSubarray(
          Array.from({ length: lock.shares }, (_, index) => index),
          { minLength: lock.threshold, maxLength: lock.shares },
        ),
      }),
    );
  await fc.assert(
    fc.asyncProperty(split, async ({ lock, chosen }) => {
      const made = await splitKit({ kind: 'shares', ...lock });
      assert.ok(made.kit.lock.kind === 'shares');
      const kit = { ...made.kit, lock: made.kit.lock };
      const given = read(chosen.map((index) => made.shares[index] ?? ''));
      assert.ok(sameKeys(openKit(kit, await combineShares(kit, given)), keyring));
      const few = given.slice(0, lock.threshold - 1);
      await assert.rejects(combineShares(kit, few), {
        kind: 'damaged',
        message: new RegExp(
          `kit opens with ${lock.threshold} different shares, and ${few.length} `,
        ),
      });
      // Whoever only says that fewer do gets a key that opens nothing.
      if (few.length < 2) return;
      const lowered = { ...kit, lock: { ...kit.lock, threshold: few.length } };
      assert.equal(openKit(kit, await combineShares(lowered, few)), undefined);
    }),
    { numRuns: 40 },
  );
});

test('a passphrase opens a kit, however its letters were composed; another does not', async () => {
  const lock = {
    kind: 'passphrase',
    ...newArgon2Parameters({ memoryKiB: 64, passes: 1, lanes: 2 }),
  } as const;
  const key = await argon2idKey('Grüße, und ein Schlüssel', lock);
  const kit = readKit(
    Buffer.from(sealKit(keyring, { kitId: randomId(), madeAt, lock }, key)),
    'kit',
  );
  assert.ok(kit.lock.kind === 'passphrase');
  assert.deepEqual(
    { ...kit.lock, salt: Buffer.from(kit.lock.salt) },
    { ...lock, salt: Buffer.from(lock.salt) },
  );
  const typed = 'Gru\u0308ße, und ein Schlu\u0308ssel';
  assert.ok(sameKeys(openKit(kit, await argon2idKey(typed, kit.lock)), keyring));
  assert.equal(openKit(kit, await argon2idKey(`${typed} `, kit.lock)), undefined);
});

test('a kit or share that is cut, or has one byte changed, is refused by its name or says the same', async () => {
  const { text, shares } = await splitKit({ kind: 'shares', shares: 3, threshold: 2 });
  const whole = readKit(Buffer.from(text), 'kit');
  const share = shares[0] ?? '';
  const one = readShare(Buffer.from(share), 'share');
  const files = [
    { text, path: 'kit', same: () => whole, read: (bytes: Buffer) => readKit(bytes, 'kit') },
    {
      text: share,
      path: 'share',
      same: () => one,
      read: (bytes: Buffer) => readShare(bytes, 'share'),
    },
  ];
  for (const file of files) {
    const refused = (bytes: Buffer): void => {
      const outcome = attempt(() => file.read(bytes));
      if (outcome instanceof Error)
        assert.match(outcome.message, new RegExp(`^The .* ${file.path} `));
      else assert.deepEqual(outcome, file.same());
    };
    const bytes = Buffer.from(file.text);
    for (let length = 0; length < bytes.length - 1; length += 3) {
      assert.ok(attempt(() => file.read(bytes.subarray(0, length))) instanceof Error);
    }
    for (let at = 0; at < bytes.length; at += 1) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      refused(flipped);
    }
  }
});

function attempt<T>(action: () => T): T | Error {
  try {
    return action();
  } catch (error) {
    return error as Error;
  }
}

test('what is changed with its check is caught by the seal', async () => {
  const key = randomId(32);
  const lock = { kind: 'shares', shares: 3, threshold: 2 } as const;
  const kitId = randomId();
  const kit = readKit(Buffer.from(sealKit(keyring, { kitId, madeAt, lock }, key)), 'kit');
  assert.ok(sameKeys(openKit(kit, key), keyring));
  const other = sealKit(keyring, { kitId, madeAt: new Date(0), lock }, randomId(32));
  const { head } = readKit(Buffer.from(other), 'other');
  assert.equal(openKit({ ...kit, head }, key), undefined);
  assert.equal(openKit({ ...kit, storeId: randomId() }, key), undefined);
  assert.equal(openKit({ ...kit, kitId: randomId() }, key), undefined);
});

test('a text that is no kit, or asks for too much, is refused before anything is computed', async () => {
  const { text, shares } = await splitKit({ kind: 'shares', shares: 3, threshold: 2 });
  const refused = (changed: string, pattern: RegExp): void => {
    assert.throws(() => readKit(Buffer.from(changed), '/k'), { kind: 'damaged', message: pattern });
  };
  refused('', /kit \/k is empty/);
  refused('hello world\n', /line 1 that does not belong there/);
  refused(shares[0] ?? '', /does not belong there/);
  refused(text.replace('coffer-recovery-kit 1', 'coffer-recovery-kit 2'), /newer format/);
  refused(text.replace(/^check .*\n/m, ''), /no line "check": it is cut short/);
  refused(text.replace('threshold 2', 'threshold 1'), /split in a way/);
  refused(text.replace('shares 3', 'shares 256'), /split in a way/);
  refused(text.replace('shares 3', 'shares 4'), /does not match its own check/);
  refused(text.replace('made 2', 'salt 2\nmade 2'), /line "salt" that it cannot have/);
  refused(text.replace(/^kit /m, 'kit 1\nkit '), /repeats another/);
  const costs =
    'lock passphrase\nsalt 00112233445566778899aabbccddeeff\nmemory 9999999\npasses 1\nlanes 1';
  refused(text.replace(/^lock [\s\S]*threshold 2$/m, costs), /more work than any kit/);
});

test('shares of another kit, or given twice, are refused by the name of their file', async () => {
  const { kit, shares } = await splitKit({ kind: 'shares', shares: 5, threshold: 2 });
  const other = await splitKit({ kind: 'shares', shares: 5, threshold: 2 });
  assert.ok(kit.lock.kind === 'shares');
  const opening = { ...kit, lock: kit.lock };
  const [one, two] = [
    ...read(shares.slice(0, 1)),
    readShare(Buffer.from(other.shares[0] ?? ''), '/two'),
  ];
  assert.ok(one && two);
  await assert.rejects(combineShares(opening, [one, two]), {
    message: /^The share \/two belongs to/,
  });
  const again = { ...one, path: '/again' };
  await assert.rejects(combineShares(opening, [one, again]), {
    message: /^The share \/again is the same/,
  });
});

test('neither a kit nor fewer shares than needed show a key', async () => {
  const { text, shares } = await splitKit({ kind: 'shares', shares: 3, threshold: 3 });
  const written = text + shares.join('');
  for (const { key } of keyring.versions.values()) {
    const bytes = key?.exportForKeyring();
    assert.ok(bytes);
    for (const form of ['hex', 'base64url', 'base64'] as const) {
      assert.ok(!written.includes(bytes.toString(form)));
    }
  }
  assert.match(shares[1] ?? '', /^# Share 2 of 3 .*\n# Any 3 of the 3 shares/);
});
