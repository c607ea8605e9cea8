/** A healthy store has no finding, however it is paged; a damaged one tells what is damaged by name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketName, diskStore, memoryStore } from '../../tests/store-fixture.ts';
import { allRows, fullStore, overwrite, shown, verified } from '../../tests/verify-fixture.ts';
import { Refusal } from '../base/refusal.ts';

for (const [engine, make] of [
  ['memory', memoryStore],
  ['lmdb and files', diskStore],
] as const) {
  test(`a store with every kind of row in it is whole, on ${engine}`, async () => {
    await using made = await fullStore(make);
    const rows = (await allRows(made.metadata)).length;
    const shallow = await verified(made);
    assert.deepEqual(shown(shallow), []);
    assert.equal(shallow.checked, rows);
    const deep = await verified(made, { deep: true });
    assert.deepEqual(shown(deep), []);
    assert.equal(deep.checked, rows);
    // The files of large, other, multi, pending and trashed are read too.
    assert.ok(deep.bytes > shallow.bytes + 450_000, `${deep.bytes} ${shallow.bytes}`);
  });
}

test('any size of page looks at the same', async () => {
  await using made = await fullStore();
  const rows = await allRows(made.metadata);
  const broken = rows.filter(({ key }) => [0x12, 0x30, 0x31, 0x33].includes(key[0] ?? 0));
  await overwrite(
    made.metadata,
    broken.map(({ key, value }) => ({ key, value: value.subarray(0, -1) })),
  );
  const whole = await verified(made, { limit: 100_000 });
  // A payload whose version does not open is not told of: it cannot be said whose it is.
  assert.ok(whole.findings.length > 15);
  for (const limit of [1, 2, 3, 7, 64, 65]) {
    const paged = await verified(made, { limit });
    assert.deepEqual(paged.findings, whole.findings, `pages of ${limit}`);
    assert.equal(paged.checked, whole.checked);
    assert.ok(paged.pages >= whole.checked / limit);
  }
});

test('one bucket alone is looked at, and a bucket or token that is not there is refused', async () => {
  await using made = await fullStore();
  const { store } = made;
  await store.buckets.create({
    name: 'second',
    account: '111122223333',
    region: 'r',
    mode: 'modern',
  });
  const own = await verified(made, { bucket: 'second' });
  assert.deepEqual({ ...own, bytes: 0 }, { checked: 1, bytes: 0, findings: [], pages: 1 });
  const all = await verified(made);
  const first = await verified(made, { bucket: bucketName, limit: 5 });
  assert.deepEqual(shown(first), []);
  assert.ok(first.checked > 20 && first.checked < all.checked);
  const refused = (code: string) => (error: unknown) =>
    error instanceof Refusal && error.code === code;
  await assert.rejects(verified(made, { bucket: 'nowhere' }), refused('NotFound'));
  for (const after of ['', 'v1.', 'v1.=', 'v1._w', 'x', `v1.${'A'.repeat(5_000)}`]) {
    await assert.rejects(verified(made, { after, limit: 1 }), refused('InvalidArgument'), after);
  }
});
