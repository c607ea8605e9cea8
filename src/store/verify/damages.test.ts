/** Each damage is told of by the name of what was damaged, and nothing else is. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { diskStoreIn } from '../../../tests/store-fixture.ts';
import { temporaryFolder } from '../../../tests/temporary-folder.ts';
import {
  allRows,
  fullStore,
  overwrite,
  removeRow,
  shown,
  verified,
} from '../../../tests/verify-fixture.ts';
import type { Entry } from '../../engines/metadata.ts';

const kinds: Readonly<Record<number, string>> = {
  0x01: 'keyring',
  0x02: 'store',
  0x03: 'directory',
  0x10: 'account',
  0x12: 'user',
  0x13: 'access-key',
  0x18: 'process',
  0x19: 'reservation',
  0x1a: 'trash',
  0x1b: 'record',
  0x20: 'bucket',
  0x21: 'bucket-config',
  0x30: 'head',
  0x31: 'version',
  0x32: 'manifest',
  0x33: 'payload',
  0x34: 'upload',
  0x35: 'part',
  0x36: 'tombstone',
};

const insideBucket = ['bucket-config', 'head', 'version', 'manifest', 'payload', 'upload', 'part'];
const bucketGone = [...insideBucket, 'tombstone'].map(
  (kind) => `${kind} -: no bucket that opens has the id ID of this and all such rows`,
);

const changed = (bytes: Uint8Array, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  const index = at < 0 ? copy.length + at : at;
  copy[index] = (copy[index] ?? 0) ^ 1;
  return copy;
};

const kindOf = ({ key }: Entry): string => kinds[key[0] ?? 0] ?? 'unknown';

/** Of a row that does not open: itself and, of a manifest page, the version that names it. */
function assertTold(row: Entry, lines: readonly string[], what: string): void {
  const kind = kindOf(row);
  const own = kind === 'manifest' ? 'version' : kind;
  const [first, ...rest] = lines;
  assert.match(first ?? 'nothing', new RegExp(`^${own} [^]+ does not open: `), what);
  assert.deepEqual(rest, kind === 'bucket' ? bucketGone : [], what);
}

test('a bit flipped in any row, or a row cut short, is told of as that row', async () => {
  await using made = await fullStore();
  const { metadata } = made;
  const rows = await allRows(metadata);
  assert.deepEqual(new Set(rows.map(kindOf)), new Set(Object.values(kinds)));
  for (const row of rows) {
    const { key, value } = row;
    for (const [what, damaged] of [
      ['a flipped tag', changed(value, -1)],
      ['another key version', changed(value, 7)],
      ['cut by a byte', value.subarray(0, -1)],
    ] as const) {
      await overwrite(metadata, [{ key, value: damaged }]);
      assertTold(row, shown(await verified(made)), `${what} in ${kindOf(row)}`);
    }
    await overwrite(metadata, [row]);
  }
  assert.deepEqual(shown(await verified(made)), []);
});

test('a row in another’s place is told of at both places', async () => {
  await using made = await fullStore();
  const { metadata } = made;
  const rows = await allRows(metadata);
  let pairs = 0;
  for (const [index, a] of rows.entries()) {
    const b = rows[index + 1];
    if (b === undefined || a.key[0] !== b.key[0]) continue;
    pairs += 1;
    await overwrite(metadata, [
      { key: a.key, value: b.value },
      { key: b.key, value: a.value },
    ]);
    const { findings } = await verified(made);
    const keysOf = (problem: RegExp) => findings.filter((each) => problem.test(each.problem));
    if (kindOf(a) === 'payload') {
      // Each says that it is the other's, and neither opens.
      assert.ok(keysOf(/does not refer to it|another’s/).length >= 2);
    } else {
      assert.equal(keysOf(/does not open/).length, 2, kindOf(a));
      assert.equal(findings.length, 2);
    }
    await overwrite(metadata, [a, b]);
  }
  assert.ok(pairs > 15);
});

/** What is told when a row is gone; rows that nothing else names are not missed. */
const gone: Readonly<Record<string, readonly RegExp[]>> = {
  keyring: [/^keyring -: it is missing$/],
  store: [/^store -: it is missing$/],
  directory: [/^(bucket|account|user) -: the directory does not name it$/],
  account: [
    /^account -: the directory names it, and its row is missing$/,
    /^user -: its account is missing$/,
    /^access-key -: whose it is, is missing$/,
    /^bucket -: its account is missing$/,
  ],
  user: [
    /^user -: the directory names it, and its row is missing$/,
    /^account -: it has 0 users, and says 1$/,
    /^access-key -: whose it is, is missing$/,
  ],
  'access-key': [/^(account|user) -: its access key AK(ROOT|USER) is missing$/],
  bucket: [
    /^bucket -: the directory names it, and its row is missing$/,
    /^[a-z-]+ -: no bucket that opens has the id ID of this and all such rows$/,
  ],
  'bucket-config': [/^bucket -: its (policy|tagging) is missing$/],
  head: [/^version [^]+: the head of its key is missing$/],
  version: [
    /^head [^]+: (there is no version of its key|it names version 2, and 1 is the newest|its null version, 1, is missing)$/,
    /^payload [^]+: the (version|upload) that it belongs to \(ID\) is not there$/,
  ],
  manifest: [/^version multi: page 0 of its manifest is missing$/],
  payload: [
    /^version [^]+: its payload row, ID, is missing$/,
    /^part -: the payload row of part [12] is missing$/,
  ],
  upload: [
    /^payload pending: the upload that it belongs to \(ID\) is not there$/,
    /^part pending: the upload of part [12] is missing$/,
  ],
  part: [/^payload pending: what it belongs to does not refer to it$/],
};

test('a row that is gone is told of by what names it', async () => {
  await using made = await fullStore();
  const { metadata } = made;
  for (const row of await allRows(metadata)) {
    await removeRow(metadata, row);
    const lines = shown(await verified(made));
    const told = gone[kindOf(row)] ?? [];
    for (const line of lines)
      assert.ok(
        told.some((each) => each.test(line)),
        line,
      );
    assert.equal(lines.length > 0, told.length > 0, kindOf(row));
    await overwrite(metadata, [row]);
  }
});

test('a row that nobody knows, and one too many, are told of', async () => {
  await using made = await fullStore();
  const { metadata } = made;
  const unknown = { key: Buffer.of(0x77, 1), value: Buffer.alloc(60) };
  await overwrite(metadata, [unknown]);
  const lines = shown(await verified(made));
  assert.deepEqual(lines, ['unknown -: it is of a kind that this Coffer does not know']);
  await removeRow(metadata, unknown);
  const cut = { key: Buffer.of(0x31, 1), value: Buffer.alloc(60) };
  await overwrite(metadata, [cut]);
  assert.deepEqual(shown(await verified(made)), ['version -: its key is cut short']);
});

test('a blob file that is changed, cut, lengthened, swapped or gone is told of by its object', async () => {
  await using folder = await temporaryFolder();
  await using made = await fullStore(() => diskStoreIn(folder.path));
  const files = readdirSync(`${folder.path}/blobs`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const whole = files.map((path) => ({ path, bytes: readFileSync(path) }));
  const both = async () => ({
    shallow: shown(await verified(made)),
    deep: shown(await verified(made, { deep: true })),
  });
  let used = 0;
  for (const { path, bytes } of whole) {
    rmSync(path);
    const missing = await both();
    // One of them is trash: nothing refers to it.
    if (missing.shallow.length === 0) {
      writeFileSync(path, bytes);
      continue;
    }
    used += 1;
    const object = /^blob (large|other|multi|pending|trashed): the blob file /;
    const told = (lines: readonly string[], problem: RegExp): void => {
      assert.equal(lines.length, 1, lines.join('\n'));
      assert.match(lines[0] ?? '', object);
      assert.match(lines[0] ?? '', problem);
    };
    told(missing.shallow, /is missing$/);
    told(missing.deep, /is missing$/);
    for (const [problem, damaged] of [
      [/has \d+ bytes and should have \d+$/, bytes.subarray(0, -1)],
      [/has 0 bytes and should have \d+$/, Buffer.alloc(0)],
      [/has \d+ bytes and should have \d+$/, Buffer.concat([bytes, Buffer.of(0)])],
    ] as const) {
      writeFileSync(path, damaged);
      const { shallow, deep } = await both();
      told(shallow, problem);
      told(deep, problem);
    }
    for (const [problem, damaged] of [
      [/begins as that of no such blob$/, changed(bytes, 20)],
      [/does not open: the sealed bytes do not open$/, changed(bytes, 40)],
      [/does not open: the sealed bytes do not open$/, changed(bytes, -1)],
    ] as const) {
      writeFileSync(path, damaged);
      const { shallow, deep } = await both();
      assert.deepEqual(shallow, []);
      told(deep, problem);
    }
    writeFileSync(path, bytes);
  }
  assert.equal(used, 5);
  const [a, b] = whole.filter(({ bytes }) => bytes.length > 150_000);
  assert.ok(a && b);
  writeFileSync(a.path, b.bytes);
  writeFileSync(b.path, a.bytes);
  assert.deepEqual((await both()).deep, [
    'blob large: the blob file begins as that of no such blob',
    'blob other: the blob file begins as that of no such blob',
  ]);
});
