/**
 * Whatever runs at the same time on one upload and one key ends as if it had run one after the
 * other: for each schedule of the engines' calls there is an order of the operations in which a
 * plain model gives every answer that was given, and ends in what the store holds.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { Refusal } from '../../src/base/refusal.ts';
import type { UploadName, Uploads } from '../../src/store/uploads.ts';
import { scheduledEngines } from '../scheduled-engines.ts';
import { type TestStore, bucketName, memoryStore, plainPut, readObject } from '../store-fixture.ts';
import {
  begin,
  etagOfParts,
  listOf,
  md5Of,
  plainPart,
  plainUpload,
  uploadsOf,
} from '../upload-fixture.ts';
import { assertWhole } from '../whole-store.ts';

type Operation =
  | { readonly kind: 'part'; readonly number: number; readonly body: string }
  | { readonly kind: 'complete'; readonly number: number; readonly body: string; fresh: boolean }
  | { readonly kind: 'abort' }
  | { readonly kind: 'put'; readonly body: string }
  | { readonly kind: 'delete' };

/** What an operation answered: an ETag, nothing, or a refusal's code. */
type Answer = string | undefined;

/** The upload and the key, as S3's words make one expect. */
interface Model {
  /** Bodies of parts by number; undefined once there is no upload. */
  parts: ReadonlyMap<number, string> | undefined;
  /** The list that was completed, and its answer. */
  completed: { readonly list: string; readonly etag: string } | undefined;
  object: string | undefined;
}

function step(model: Model, operation: Operation): Answer {
  switch (operation.kind) {
    case 'part': {
      if (model.parts === undefined) return 'NoSuchUpload';
      model.parts = new Map(model.parts).set(operation.number, operation.body);
      return md5Of(operation.body);
    }
    case 'abort': {
      const there = model.parts !== undefined;
      model.parts = undefined;
      return there ? undefined : 'NoSuchUpload';
    }
    case 'put': {
      model.object = operation.body;
      return md5Of(operation.body);
    }
    case 'delete': {
      model.object = undefined;
      return undefined;
    }
    case 'complete':
      return complete(model, operation);
  }
}

function complete(model: Model, { number, body, fresh }: Operation & { kind: 'complete' }): Answer {
  const list = `${number} ${body}`;
  if (model.parts === undefined) {
    return model.completed?.list === list ? model.completed.etag : 'NoSuchUpload';
  }
  if (model.parts.get(number) !== body) return 'InvalidPart';
  if (fresh && model.object !== undefined) return 'PreconditionFailed';
  const etag = etagOfParts(body);
  model.parts = undefined;
  model.completed = { list, etag };
  model.object = body;
  return etag;
}

/** Small ones travel in the transaction, the long one in a file. */
const long = 'long '.repeat(5_000);
const body = fc.constantFrom('a', 'b', long);
const number = fc.constantFrom(1, 2);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('part' as const), number, body }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('complete' as const),
      number,
      body,
      fresh: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'abort' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('put' as const), body }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'delete' as const }) },
);

function run({ store }: TestStore, uploads: Uploads, name: UploadName) {
  return async (what: Operation): Promise<Answer> => {
    switch (what.kind) {
      case 'part':
        return (await uploads.putPart(plainPart(name, what.number, what.body))).etag;
      case 'abort':
        return uploads.abort(name) as Promise<undefined>;
      case 'put':
        return (await store.objects.put(plainPut('key', what.body))).etag;
      case 'delete':
        await store.objects.delete({ bucket: bucketName, key: 'key' });
        return undefined;
      case 'complete': {
        const parts = [{ number: what.number, etag: md5Of(what.body) }];
        const conditions = what.fresh ? ({ ifNoneMatch: '*' } as const) : {};
        return (await uploads.complete({ ...name, parts, conditions })).etag;
      }
    }
  };
}

function* permutations<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length <= 1) yield items;
  for (const [index, item] of items.entries()) {
    for (const rest of permutations(items.toSpliced(index, 1))) yield [item, ...rest];
  }
}

interface Outcome {
  readonly operations: readonly Operation[];
  readonly answers: readonly Answer[];
  readonly object: string | undefined;
  /** ETags of parts by number; undefined without an upload. */
  readonly parts: ReadonlyMap<number, string> | undefined;
}

/** Whether some order of the operations, one after the other, explains it. */
function isSerial({ operations, answers, object, parts }: Outcome, first: Model): boolean {
  const indexes = operations.map((_, index) => index);
  for (const order of permutations(indexes)) {
    const model = { ...first };
    const same = order.every((index) => {
      const what = operations[index];
      return what !== undefined && step(model, what) === answers[index];
    });
    const left =
      model.parts && new Map([...model.parts].map(([placed, bytes]) => [placed, md5Of(bytes)]));
    if (same && model.object === object && isDeepStrictEqual(left, parts)) return true;
  }
  return false;
}

async function stateOf({ store }: TestStore, uploads: Uploads, name: UploadName) {
  const object = await readObject(store, 'key').then(String, (error: unknown) => {
    assert.ok(error instanceof Refusal && error.code === 'NoSuchKey');
    return undefined;
  });
  using view = store.view();
  const parts = await uploads.listParts(view, { ...name, marker: 0, limit: 10 }).then(
    (page) => new Map(page.parts.map(({ number: placed, etag }) => [placed, etag])),
    () => undefined,
  );
  return { object, parts };
}

test('operations at the same time are operations in some order', async () => {
  const property = fc.asyncProperty(
    fc.scheduler(),
    fc.array(operation, { minLength: 2, maxLength: 5 }),
    async (scheduler, operations) => {
      let turn: () => Promise<void> = async () => undefined;
      await using opened = await memoryStore({
        wrap: (engines) => scheduledEngines(engines, () => turn()),
      });
      const uploads = uploadsOf(opened);
      const name = await begin(uploads, plainUpload('key'));
      await uploads.putPart(plainPart(name, 1, 'a'));
      turn = () => scheduler.schedule(Promise.resolve());
      const runOne = run(opened, uploads, name);
      const all = operations.map((what) =>
        runOne(what).catch((error: unknown) => {
          if (error instanceof Refusal) return error.code;
          throw error;
        }),
      );
      const answers = await scheduler.waitFor(Promise.all(all));
      turn = async () => undefined;
      const outcome = { operations, answers, ...(await stateOf(opened, uploads, name)) };
      const first = { parts: new Map([[1, 'a']]), completed: undefined, object: undefined };
      assert.ok(isSerial(outcome, first), JSON.stringify(outcome));
      await assertWhole(opened);
    },
  );
  await fc.assert(property, { numRuns: 150 });
});

test('of many completions of one upload one makes the object, and all are answered the same', async () => {
  await using opened = await memoryStore();
  await opened.store.buckets.change(bucketName, { versioning: 'enabled' });
  const uploads = uploadsOf(opened);
  const name = await begin(uploads, plainUpload('key'));
  const part = await uploads.putPart(plainPart(name, 1, 'the body'));
  const input = { ...name, parts: listOf(part) };
  const [first, ...others] = await Promise.all(
    Array.from({ length: 20 }, () => uploads.complete(input)),
  );
  for (const other of others) assert.deepEqual(other, first);
  assert.equal((await assertWhole(opened)).versions, 1);
});
