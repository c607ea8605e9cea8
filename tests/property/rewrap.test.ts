/**
 * After a rotation and a re-wrap every row stands under the new version and says what it said, to the
 * byte; payloads, manifests and blob files are not touched; and all of it opens. On both engines, for
 * whatever there is in a store.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { AccessKeys } from '../../src/access/access-keys.ts';
import { Accounts, defaultAccountName } from '../../src/access/accounts.ts';
import { Users } from '../../src/access/users.ts';
import { Refusal } from '../../src/base/refusal.ts';
import { toHex } from '../../src/base/bytes.ts';
import { systemClock as clock } from '../../src/base/time.ts';
import { countReferences } from '../../src/rows/count-references.ts';
import { RowInspector } from '../../src/rows/inspection.ts';
import { recordRow } from '../../src/rows/record-row.ts';
import { Verifier } from '../../src/store/verify.ts';
import { laidOpen, oldRows, rewrap, rotate } from '../rewrap-fixture.ts';
import {
  type TestStore,
  bodyOf,
  bucketName,
  diskStore,
  memoryStore,
  plainPut,
} from '../store-fixture.ts';
import { begin, listOf, partBytes, plainPart, plainUpload } from '../upload-fixture.ts';
import { createStore } from '../../src/store/create-store.ts';
import { assertWhole } from '../whole-store.ts';

const key = fc.constantFrom('a', 'b', 'folder/ü', 'nul\0', 'wrapped');
type Step =
  | { readonly do: 'put'; readonly key: string; readonly size: number }
  | { readonly do: 'delete' | 'begin' | 'part' | 'complete' | 'copy' | 'tag'; readonly key: string }
  | { readonly do: 'enable' | 'suspend' | 'policy' | 'rotate' | 'account' };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('put' as const), key, size: fc.constantFrom(0, 9, 20_000) }),
  fc.record({ do: fc.constantFrom('delete', 'begin', 'part', 'complete', 'copy', 'tag'), key }),
  fc.record({ do: fc.constantFrom('enable', 'suspend', 'policy', 'rotate', 'account') }),
);

class History {
  readonly house: TestStore;
  readonly #uploads: ReturnType<typeof createStore>['uploads'];
  readonly #begun = new Map<string, Awaited<ReturnType<typeof begin>>>();
  #count = 0;

  constructor(house: TestStore) {
    this.house = house;
    const { rows, blobs } = house;
    this.#uploads = createStore({ rows, blobs, clock }).uploads;
  }

  async take(one: Step): Promise<void> {
    const { store } = this.house;
    this.#count += 1;
    if (one.do === 'put') {
      const body = Buffer.alloc(one.size, this.#count);
      // A client may name its metadata as Coffer names a member.
      const facts = { meta: { wrapped: 'x'.repeat(96), secret: '"wrapped":"' } };
      await store.objects.put({ ...plainPut(one.key), body: bodyOf(body), facts });
    } else if (one.do === 'delete') {
      await store.objects.delete({ bucket: bucketName, key: one.key });
    } else if (one.do === 'enable' || one.do === 'suspend') {
      const versioning = one.do === 'enable' ? 'enabled' : 'suspended';
      await store.buckets.change(bucketName, { versioning });
    } else if (one.do === 'rotate') await rotate(this.house);
    else await this.#more(one);
  }

  async #more(one: Step): Promise<void> {
    const { store } = this.house;
    if (one.do === 'account') return this.#account();
    if (one.do === 'policy') {
      await store.buckets.setPolicy(bucketName, { text: '{"any":"text"}', isPublic: false });
      return;
    }
    if (!('key' in one)) return;
    if (one.do === 'copy' || one.do === 'tag') return this.#again(one.key, one.do);
    const upload = this.#begun.get(one.key);
    if (one.do === 'begin')
      this.#begun.set(one.key, await begin(this.#uploads, plainUpload(one.key)));
    if (one.do === 'part' && upload !== undefined) {
      await this.#uploads.putPart(plainPart(upload, 2, `part ${this.#count}`));
    }
    if (one.do === 'complete' && upload !== undefined) {
      const part = await this.#uploads.putPart(plainPart(upload, 1, Buffer.alloc(partBytes, 'p')));
      const last = await this.#uploads.putPart(plainPart(upload, 3, 'the last'));
      await this.#uploads.complete({ ...upload, parts: listOf(part, last) });
      this.#begun.delete(one.key);
    }
  }

  /** Where there is something under the key. */
  async #again(of: string, what: 'copy' | 'tag'): Promise<void> {
    const { store } = this.house;
    const source = { bucket: bucketName, key: of };
    const tags = [['count', String(this.#count)]] as const;
    const doing: Promise<unknown> =
      what === 'tag'
        ? store.objects.setTags({ ...source, tags })
        : store.objects.copy({ source, bucket: bucketName, key: `copy of ${of}`, sse: undefined });
    await doing.catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
    });
  }

  async #account(): Promise<void> {
    const { rows } = this.house;
    const accessKeys = new AccessKeys(rows, clock);
    const accounts = new Accounts(rows, clock, accessKeys);
    const { account } = await accounts.create({ name: `${defaultAccountName}-${this.#count}` });
    await new Users(rows, clock, accessKeys).create({ account: account.id, name: 'user' });
    const record = { text: '{"any":"record"}', signature: Buffer.alloc(64, 1) };
    await rows.transact(async (transaction) => {
      transaction.put(recordRow, { madeAt: clock(), id: Buffer.alloc(16, this.#count) }, record);
    });
  }
}

async function blobSizes({ blobs }: TestStore): Promise<ReadonlyMap<string, number | undefined>> {
  const found = new Map<string, number | undefined>();
  for await (const id of blobs.list()) found.set(toHex(id), await blobs.size(id));
  return found;
}

async function check(house: TestStore, steps: readonly Step[]): Promise<void> {
  const history = new History(house);
  for (const one of steps) await history.take(one);
  await rotate(house);
  const before = await laidOpen(house);
  const files = await blobSizes(house);
  const old = await oldRows(house);
  assert.ok(old > 0);
  const { moved, passed, unmoved, finished } = await rewrap(house);
  assert.deepEqual({ unmoved, finished }, { unmoved: 0, finished: true });
  const settled = moved + passed;
  // The process row may be written anew meanwhile, when its process counts what it wraps.
  assert.ok(settled === old || settled === old - 1, `${settled} rows of ${old}`);
  const { current } = house.keys.newest.keyring;
  const { references } = await countReferences({ ...house, clock });
  assert.deepEqual([...references.keys()], [current]);
  const now = await laidOpen(house);
  const changed = [...now].filter(([row, text]) => before.get(row) !== text);
  // The process row alone: its process counts there what it wraps.
  assert.deepEqual(
    changed.filter(([row]) => !row.startsWith('18')),
    [],
  );
  assert.equal(now.size, before.size);
  assert.deepEqual(await blobSizes(house), files);
  await assertWhole(house);
  const inspector = new RowInspector(house);
  const { findings } = await new Verifier({ ...house, inspector }).page({ deep: true });
  // The bucket of the fixture has an owner that no row tells of, and its record no true signature.
  const damage = findings.filter(({ problem }) => !/account is missing|signature/.test(problem));
  assert.deepEqual(damage, []);
  assert.equal((await rewrap(house)).moved, 0);
}

for (const [engine, open, numRuns] of [
  ['memory', memoryStore, 25],
  ['lmdb', diskStore, 4],
] as const) {
  test(`whatever is in a store comes through a re-wrap as it was, on ${engine}`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        await using house = await open();
        await check(house, steps);
      }),
      { numRuns },
    );
  });
}
