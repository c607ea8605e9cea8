/** Recovery kits of format 1 open for ever: those here were made once, and are never made again. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { argon2idKey } from '../../src/crypto/argon2id.ts';
import { opensCanary } from '../../src/keys/canary.ts';
import { openKit, readKit } from '../../src/keys/kits/kit.ts';
import { combineShares, readShare } from '../../src/keys/kits/share.ts';
import type { Keyring } from '../../src/keys/keyring.ts';

const vectors = JSON.parse(
  readFileSync(new URL('coffer-1-recovery-kits.json', import.meta.url), 'utf8'),
) as {
  readonly storeId: string;
  readonly generation: number;
  readonly current: number;
  readonly masterKeys: Readonly<Record<string, string>>;
  readonly signing: string;
  readonly canaries: Readonly<Record<string, string>>;
  readonly passphrase: { readonly passphrase: string; readonly key: string; readonly kit: string };
  readonly shares: {
    readonly key: string;
    readonly kit: string;
    readonly shares: readonly string[];
  };
};

function assertKeyring(keyring: Keyring | undefined): void {
  assert.ok(keyring);
  const { storeId, generation, current, versions, signing } = keyring;
  assert.equal(Buffer.from(storeId).toString('hex'), vectors.storeId);
  assert.deepEqual([generation, current], [vectors.generation, vectors.current]);
  assert.equal(signing?.exportForKeyring().toString('hex'), vectors.signing);
  const held = [...versions.values()].flatMap((key) =>
    key.state === 'destroyed' ? [] : [[key.version, key.key.exportForKeyring().toString('hex')]],
  );
  assert.deepEqual(Object.fromEntries(held), vectors.masterKeys);
  for (const key of versions.values()) {
    const canary = vectors.canaries[key.version];
    assert.equal(key.state === 'destroyed', canary === undefined);
    if (key.state === 'destroyed' || canary === undefined) continue;
    assert.ok(opensCanary(key, Buffer.from(canary, 'hex'), storeId));
  }
}

test('the kit with a passphrase', async () => {
  const { passphrase, key, kit: text } = vectors.passphrase;
  const kit = readKit(Buffer.from(text), 'kit');
  assert.ok(kit.lock.kind === 'passphrase');
  const derived = await argon2idKey(passphrase, kit.lock);
  assert.equal(derived.toString('hex'), key);
  assertKeyring(openKit(kit, derived));
});

test('the kit with shares, by any three of five', async () => {
  const kit = readKit(Buffer.from(vectors.shares.kit), 'kit');
  assert.ok(kit.lock.kind === 'shares');
  const shares = vectors.shares.shares.map((text, index) => readShare(Buffer.from(text), `${index}`));
  for (const [a, b, c] of [
    [0, 1, 2],
    [4, 2, 0],
    [3, 4, 1],
  ] as const) {
    const chosen = [a, b, c].flatMap((index) => shares[index] ?? []);
    const key = await combineShares({ ...kit, lock: kit.lock }, chosen);
    assert.equal(Buffer.from(key).toString('hex'), vectors.shares.key);
    assertKeyring(openKit(kit, key));
  }
});
