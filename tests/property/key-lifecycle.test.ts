/**
 * Any history of puts, rotations, re-wraps, destructions, shreddings and restarts leaves every object
 * readable that was not shredded, exactly one version current, and a record of all that is gone.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Refusal } from '../../src/base/refusal.ts';
import { systemClock as clock } from '../../src/base/time.ts';
import { removeShredded } from '../../src/jobs/remove-shredded.ts';
import { shredBucket } from '../../src/jobs/shred-bucket.ts';
import { bucketContents } from '../../src/rows/bucket-contents.ts';
import { type KeyringHouse, keyringHouse } from '../keyring-house.ts';
import { bodyOf } from '../store-fixture.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const buckets = ['alpha', 'beta'] as const;
type Bucket = (typeof buckets)[number];

type Step =
  | { readonly do: 'put'; readonly bucket: Bucket; readonly size: number }
  | { readonly do: 'shred'; readonly bucket: Bucket }
  | { readonly do: 'destroy'; readonly version: number }
  | { readonly do: 'rotate' | 'rewrap' | 'remove' | 'restart' };

const bucket = fc.constantFrom(...buckets);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('put' as const), bucket, size: fc.constantFrom(0, 100, 40_000) }),
  fc.record({ do: fc.constant('shred' as const), bucket }),
  fc.record({ do: fc.constant('destroy' as const), version: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constantFrom('rotate' as const, 'rewrap' as const, 'remove' as const) }),
  fc.record({ do: fc.constantFrom('rotate' as const, 'rewrap' as const, 'restart' as const) }),
);

/** What must be so, in plain maps. */
interface Model {
  readonly objects: Map<Bucket, Map<string, Buffer>>;
  readonly shredded: Set<Bucket>;
  readonly destroyed: Set<number>;
}

async function put(house: KeyringHouse, model: Model, one: Step & { do: 'put' }): Promise<void> {
  const objects = model.objects.get(one.bucket);
  const key = `key ${objects?.size ?? 0}`;
  const body = Buffer.alloc(one.size, key);
  const input = { bucket: one.bucket, key, facts: {}, length: undefined, digests: {} };
  const putting = house.store.objects.put({ ...input, body: bodyOf(body), sse: undefined });
  if (objects === undefined) {
    await assert.rejects(putting, { code: 'NoSuchBucket' });
  } else {
    await putting;
    objects.set(key, body);
  }
}

/** Refused exactly where the version is not retained, or something is still under it. */
async function destroy(house: KeyringHouse, model: Model, version: number): Promise<void> {
  const state = house.changes.keys.newest.keyring.versions.get(version)?.state;
  const outcome = await house.destruction.destroy(version).then(
    () => 'destroyed',
    (error: unknown) => {
      assert.ok(error instanceof Refusal);
      return error.code;
    },
  );
  if (state !== 'retained') assert.equal(outcome, 'InvalidArgument');
  else assert.ok(outcome === 'destroyed' || outcome === 'StillReferenced', outcome);
  if (outcome === 'destroyed') model.destroyed.add(version);
}

async function shred(house: KeyringHouse, model: Model, name: Bucket): Promise<void> {
  const { changes, rows, start } = house;
  const count = (id: Uint8Array) => bucketContents(start.store.metadata, id);
  const shredding = shredBucket({ changes, rows, clock, count }, name);
  if (model.objects.delete(name)) {
    await shredding;
    model.shredded.add(name);
  } else {
    await assert.rejects(shredding, { code: 'NotFound' });
  }
}

async function assertSo(house: KeyringHouse, model: Model): Promise<void> {
  const { keyring } = house.changes.keys.newest;
  const states = [...keyring.versions.values()];
  assert.equal(states.filter(({ state }) => state === 'current').length, 1);
  const destroyed = states.filter(({ state }) => state === 'destroyed');
  assert.deepEqual(new Set(destroyed.map(({ version }) => version)), model.destroyed);
  for (const [name, objects] of model.objects) {
    for (const [key, body] of objects) {
      using view = house.store.view();
      const opened = await house.store.objects.open(view, { bucket: name, key });
      const pieces: Uint8Array[] = [];
      for await (const piece of opened.read()) pieces.push(piece);
      assert.ok(Buffer.concat(pieces).equals(body), `${name} ${key}`);
    }
  }
  for (const name of model.shredded) {
    using view = house.store.view();
    assert.equal(await house.store.buckets.find(view, name), undefined);
  }
  const records = await house.records();
  const of = (kind: string) => records.filter(({ facts }) => facts['record'] === kind);
  assert.ok(records.every(({ verified }) => verified));
  const told = new Set(of('master-key-destroyed').map(({ facts }) => facts['version']));
  assert.deepEqual(told, model.destroyed);
  assert.equal(of('master-key-destruction-completed').length, model.destroyed.size);
  assert.deepEqual(
    new Set(of('bucket-shredded').map(({ facts }) => facts['bucket'])),
    model.shredded,
  );
}

async function holds(steps: readonly Step[]): Promise<void> {
  await using folder = await temporaryFolder();
  const data = `${folder.path}/data`;
  let house = await keyringHouse(data);
  try {
    const account = '111122223333';
    const model: Model = {
      objects: new Map(buckets.map((name) => [name, new Map()])),
      shredded: new Set(),
      destroyed: new Set(),
    };
    for (const name of buckets) {
      const input = { name, account, region: 'us-east-1', mode: 'modern' } as const;
      await house.store.buckets.create(input);
    }
    for (const one of steps) {
      if (one.do === 'put') await put(house, model, one);
      else if (one.do === 'destroy') await destroy(house, model, one.version);
      else if (one.do === 'shred') await shred(house, model, one.bucket);
      else if (one.do === 'rotate') await house.rotate();
      else if (one.do === 'rewrap') await house.rewrap();
      else if (one.do === 'remove') {
        const { signal } = new AbortController();
        await removeShredded({ rows: house.rows, clock, signal }).run();
      } else {
        await house[Symbol.asyncDispose]();
        house = await keyringHouse(data);
      }
    }
    await assertSo(house, model);
  } finally {
    await house[Symbol.asyncDispose]();
  }
}

test('whatever is rotated, re-wrapped, destroyed and shredded, the rest stays readable', async () => {
  const steps = fc.array(step, { minLength: 4, maxLength: 14 });
  const thorough: Step[] = [
    { do: 'put', bucket: 'alpha', size: 100 },
    { do: 'rotate' },
    { do: 'rewrap' },
    { do: 'destroy', version: 1 },
    { do: 'shred', bucket: 'beta' },
    { do: 'rotate' },
    { do: 'remove' },
    { do: 'rewrap' },
    { do: 'destroy', version: 2 },
    { do: 'restart' },
  ];
  await fc.assert(fc.asyncProperty(steps, holds), { numRuns: 15, examples: [[thorough]] });
});
