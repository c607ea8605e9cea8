/**
 * What every keeper promises (src/keys/keeper.ts), as tests that its own test file runs:
 *
 *     keeperContract('file', () => ({ keeper, otherKeeper, storeId }))
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { type Keeper, keyringBytesMax } from '../../src/keys/keeper.ts';

export interface KeeperUnderTest extends AsyncDisposable {
  readonly keeper: Keeper;
  /** The same keeper opened anew, as after a restart. */
  readonly reopened: Keeper;
  /** A keeper of the same kind over another root of trust. */
  readonly other: Keeper;
  /** The store that `keeper` belongs to. */
  readonly storeId: Uint8Array;
  /** The same kind of keeper, where it cannot be reached; a file is reached or is no keeper. */
  readonly unreachable?: Keeper;
  /** What may stand in no description and no message. */
  readonly secrets?: readonly string[];
}

const damage = { name: 'Fault', kind: 'damaged' };
const body = Buffer.from('{"current":1,"versions":["canary of a master key"]}');

export function keeperContract(name: string, make: () => Promise<KeeperUnderTest>): void {
  test(`${name}: what it seals opens, after a restart too`, async () => {
    await using given = await make();
    const context = { storeId: given.storeId, generation: 7 };
    for (const plaintext of [Buffer.alloc(0), body, Buffer.alloc(keyringBytesMax, 3)]) {
      const sealed = await given.keeper.seal(plaintext, context);
      assert.deepEqual(await given.keeper.open(sealed, context), plaintext);
      assert.deepEqual(await given.reopened.open(sealed, context), plaintext);
    }
  });

  test(`${name}: nothing of the plaintext shows, and no two seals are the same`, async () => {
    await using given = await make();
    const context = { storeId: given.storeId, generation: 1 };
    const sealed = Buffer.from(await given.keeper.seal(body, context));
    assert.ok(!sealed.includes('canary'));
    assert.notDeepEqual(sealed, Buffer.from(await given.keeper.seal(body, context)));
  });

  test(`${name}: another generation, store or root of trust is damage`, async () => {
    await using given = await make();
    const context = { storeId: given.storeId, generation: 7 };
    const sealed = await given.keeper.seal(body, context);
    const { keeper } = given;
    await assert.rejects(keeper.open(sealed, { ...context, generation: 6 }), damage);
    await assert.rejects(keeper.open(sealed, { ...context, generation: 8 }), damage);
    const elsewhere = { ...context, storeId: Buffer.alloc(16, 0xee) };
    await assert.rejects(keeper.open(sealed, elsewhere), damage);
    await assert.rejects(given.other.open(sealed, context), damage);
  });

  test(`${name}: changed, cut, lengthened and foreign bytes are damage`, async () => {
    await using given = await make();
    const context = { storeId: given.storeId, generation: 1 };
    const sealed = Buffer.from(await given.keeper.seal(body, context));
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      await assert.rejects(given.keeper.open(changed, context), damage, `byte ${at}`);
      await assert.rejects(given.keeper.open(sealed.subarray(0, at), context), damage, `cut ${at}`);
    }
    const longer = Buffer.concat([sealed, Buffer.alloc(1)]);
    await assert.rejects(given.keeper.open(longer, context), damage);
    await assert.rejects(given.keeper.open(body, context), damage);
  });

  test(`${name}: its description says where it is and holds no secret`, async () => {
    await using given = await make();
    const { kind, location } = given.keeper.description;
    assert.match(kind, /^[a-z0-9-]{1,20}$/);
    // What a keyring file can show of it (FORMAT.md §5.1).
    assert.match(location, /^[^"\\\p{Cc}]{0,300}$/u);
    assert.deepEqual(given.reopened.description, { kind, location });
    const shown =
      inspect(given.keeper, { showHidden: true, depth: 9 }) + JSON.stringify(given.keeper);
    for (const secret of given.secrets ?? []) assert.ok(!shown.includes(secret));
  });

  test(`${name}: what one instance seals, another opens, and the other way round`, async () => {
    await using given = await make();
    const context = { storeId: given.storeId, generation: 2 };
    const { keeper, reopened } = given;
    assert.deepEqual(await keeper.open(await reopened.seal(body, context), context), body);
    assert.deepEqual(await reopened.open(await keeper.seal(body, context), context), body);
  });

  test(`${name}: more than a keyring can be is refused`, async () => {
    await using given = await make();
    const context = { storeId: given.storeId, generation: 1 };
    await assert.rejects(given.keeper.seal(Buffer.alloc(keyringBytesMax + 1), context), {
      name: 'Fault',
    });
  });

  test(`${name}: out of reach, it says what cannot be reached and the mend`, async () => {
    await using given = await make();
    const { unreachable } = given;
    if (unreachable === undefined) return;
    const context = { storeId: given.storeId, generation: 1 };
    const sealed = await given.keeper.seal(body, context);
    for (const ask of [
      () => unreachable.seal(body, context),
      () => unreachable.open(sealed, context),
    ]) {
      await assert.rejects(ask, (error: Error & { kind?: string }) => {
        assert.equal(error.kind, 'unavailable', error.message);
        assert.match(error.message, /cannot be reached.*: .+\.$/s);
        for (const secret of given.secrets ?? []) assert.ok(!error.message.includes(secret));
        return true;
      });
    }
  });
}
