/**
 * Any history of puts, copies, deletes, tags and versioning states leaves what a plain model says,
 * and the rows below stay whole.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Refusal } from '../../src/base/refusal.ts';
import type { Store } from '../../src/store/store.ts';
import { bucketName, memoryStore, plainPut, readObject } from '../store-fixture.ts';
import { assertWhole } from '../whole-store.ts';

interface Version {
  /** As the store told it. */
  readonly id: string | undefined;
  readonly null: boolean;
  /** undefined: a delete marker. */
  readonly body: string | undefined;
  readonly tags: string;
}

/** What S3 says happens, in arrays: newest first. */
class Model {
  versioning: 'off' | 'enabled' | 'suspended' = 'off';
  readonly keys = new Map<string, Version[]>();

  versions(key: string): Version[] {
    return this.keys.get(key) ?? [];
  }

  add(key: string, version: Omit<Version, 'null'>): void {
    const isNull = this.versioning !== 'enabled';
    const others = this.versions(key).filter((other) => !(isNull && other.null));
    this.keys.set(key, [{ ...version, null: isNull }, ...others]);
  }

  remove(key: string, version: Version | undefined): void {
    this.keys.set(
      key,
      this.versions(key).filter((other) => other !== version),
    );
  }

  name(version: Version): string | undefined {
    return version.null ? 'null' : version.id;
  }
}

type Step =
  | { readonly kind: 'put'; readonly key: string; readonly body: string }
  | { readonly kind: 'delete'; readonly key: string }
  | { readonly kind: 'remove'; readonly key: string; readonly which: number }
  | { readonly kind: 'copy'; readonly key: string; readonly from: string }
  | { readonly kind: 'tag'; readonly key: string; readonly which: number; readonly value: string }
  | { readonly kind: 'versioning'; readonly state: 'enabled' | 'suspended' };

const key = fc.constantFrom('a', 'a\0b', 'é');
const body = fc.oneof(
  fc.string({ maxLength: 5 }),
  fc.string({ minLength: 1, maxLength: 1 }).map((char) => char.repeat(17_000)),
);
const which = fc.nat({ max: 5 });
const constant = <const T>(value: T) => fc.constant(value);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: constant('put'), key, body }) },
  { weight: 2, arbitrary: fc.record({ kind: constant('delete'), key }) },
  { weight: 2, arbitrary: fc.record({ kind: constant('remove'), key, which }) },
  { weight: 1, arbitrary: fc.record({ kind: constant('copy'), key, from: key }) },
  { weight: 1, arbitrary: fc.record({ kind: constant('tag'), key, which, value: fc.string() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: constant('versioning'),
      state: fc.constantFrom('enabled' as const, 'suspended' as const),
    }),
  },
);

async function take(store: Store, model: Model, action: Step): Promise<void> {
  switch (action.kind) {
    case 'put': {
      const { versionId } = await store.objects.put(plainPut(action.key, action.body));
      model.add(action.key, { id: versionId, body: action.body, tags: '' });
      return;
    }
    case 'delete': {
      const deleted = await store.objects.delete({ bucket: bucketName, key: action.key });
      if (model.versioning === 'off') model.remove(action.key, model.versions(action.key)[0]);
      else model.add(action.key, { id: deleted.versionId, body: undefined, tags: '' });
      assert.equal(deleted.deleteMarker, model.versioning !== 'off');
      return;
    }
    case 'remove': {
      const version = model.versions(action.key)[action.which];
      const versionId = version === undefined ? 'null' : (model.name(version) ?? '');
      const named = model.versions(action.key).find((other) => model.name(other) === versionId);
      const deleted = await store.objects.delete({
        bucket: bucketName,
        key: action.key,
        versionId,
      });
      assert.equal(deleted.deleteMarker, named !== undefined && named.body === undefined);
      model.remove(action.key, named);
      return;
    }
    case 'copy': {
      const [source] = model.versions(action.from);
      const copying = store.objects.copy({
        source: { bucket: bucketName, key: action.from },
        bucket: bucketName,
        key: action.key,
        sse: undefined,
      });
      if (source?.body === undefined) {
        await assert.rejects(copying, { code: 'NoSuchKey' });
        return;
      }
      const { versionId } = await copying;
      model.add(action.key, { id: versionId, body: source.body, tags: source.tags });
      return;
    }
    case 'tag': {
      const versions = model.versions(action.key);
      const version = versions[action.which];
      if (version?.body === undefined) return;
      const versionId = model.name(version) ?? '';
      const tags = [['name', action.value]] as const;
      await store.objects.setTags({ bucket: bucketName, key: action.key, versionId, tags });
      versions[action.which] = { ...version, tags: action.value };
      return;
    }
    case 'versioning':
      await store.buckets.change(bucketName, { versioning: action.state });
      model.versioning = action.state;
  }
}

async function compare(store: Store, model: Model): Promise<void> {
  for (const [name, versions] of model.keys) {
    const [latest] = versions;
    if (latest?.body === undefined) {
      await assert.rejects(readObject(store, name), (error) => {
        assert.ok(error instanceof Refusal && error.code === 'NoSuchKey');
        const marked = error.detail.headers?.['x-amz-delete-marker'];
        return marked === (latest === undefined ? undefined : 'true');
      });
    } else {
      assert.equal((await readObject(store, name)).toString(), latest.body);
    }
    for (const version of versions) {
      const versionId = model.name(version);
      assert.ok(versionId);
      const read = readObject(store, name, { versionId });
      if (version.body === undefined) await assert.rejects(read, { code: 'MethodNotAllowed' });
      else assert.equal((await read).toString(), version.body);
      if (version.body === undefined) continue;
      using view = store.view();
      const { tags } = await store.objects.tags(view, { bucket: bucketName, key: name, versionId });
      assert.equal(tags[0]?.[1] ?? '', version.tags);
    }
  }
}

test('any history leaves what the model says', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      await using opened = await memoryStore();
      const model = new Model();
      for (const action of steps) await take(opened.store, model, action);
      await compare(opened.store, model);
      const { versions } = await assertWhole(opened);
      assert.equal(versions, [...model.keys.values()].flat().length);
    }),
    { numRuns: 60 },
  );
});
