/**
 * SECURITY-REGRESSIONS, "Encryption": somebody changes what lies on the disk. Whatever is flipped,
 * swapped, moved, cut off or missing, no reader gets a wrong byte: the answer is the right one, or an
 * InternalError, or a body that breaks off before the first byte that did not verify.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openFileBlobs } from '../../src/engines/files/blobs.ts';
import { openMemoryMetadata } from '../../src/engines/memory/metadata.ts';
import type { Metadata } from '../../src/engines/metadata.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { randomFrom } from './raw-fuzz.ts';
import { type Answer, type S3House, s3House } from './s3-house.ts';
import { byHeader, type Signable, signer } from './signed.ts';

const random = randomFrom(7);
const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, () => random(256)));
const large = noise(200_000);
const other = noise(200_000);

const get = (path: string, query: Signable['query'] = []): Signable => ({
  method: 'GET',
  path,
  query,
});
const reads: readonly Signable[] = [
  get('/'),
  get('/bucket/small'),
  get('/bucket/small', [['versionId', 'null']]),
  get('/bucket/small', [['tagging', '']]),
  get('/bucket/large'),
  { ...get('/bucket/large'), headers: { range: 'bytes=70000-140000' } },
  { ...get('/bucket/large'), method: 'HEAD' },
  get('/bucket/other'),
  get('/bucket/multi'),
  get('/bucket', [['list-type', '2']]),
  get('/bucket', [['versions', '']]),
  get('/bucket', [['uploads', '']]),
  get('/bucket', [['policy', '']]),
  get('/bucket', [['encryption', '']]),
];

interface Scene extends AsyncDisposable {
  readonly house: S3House;
  readonly metadata: Metadata;
  /** The blob files. */
  readonly files: () => readonly string[];
  readonly answers: () => Promise<readonly Answer[]>;
}

async function scene(): Promise<Scene> {
  const folder = await temporaryFolder();
  const metadata = openMemoryMetadata();
  const blobs = await openFileBlobs({
    path: folder.path,
    onFailure: (fault) => {
      throw fault;
    },
  });
  const house = await s3House({ metadata, blobs });
  const { store } = house;
  const bucket = { name: 'bucket', account: house.rootAccount, region: 'us-east-1' };
  await store.buckets.create({ ...bucket, mode: 'modern' });
  await store.buckets.create({ ...bucket, name: 'empty', mode: 'modern' });
  const text =
    '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/denied"}]}';
  await store.buckets.setPolicy('bucket', { text, isPublic: false });
  await put(house, 'small', Buffer.from('the first'));
  await store.buckets.change('bucket', { versioning: 'enabled' });
  await put(house, 'small', Buffer.from('the second'));
  await put(house, 'large', large);
  await put(house, 'other', other);
  await multipart(house, Buffer.concat([large, other]));
  return {
    house,
    metadata,
    files: () =>
      readdirSync(folder.path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name)),
    answers: () => Promise.all(reads.map((read) => house.ask(byHeader(read, signer(house.root))))),
    [Symbol.asyncDispose]: async () => {
      await blobs.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield Buffer.from(bytes);
}

async function put({ store }: S3House, key: string, bytes: Buffer): Promise<void> {
  const facts = { tags: [['t', key]] as const, meta: { a: key } };
  const object = { bucket: 'bucket', key, facts, sse: undefined, digests: {} };
  await store.objects.put({ ...object, body: once(bytes), length: bytes.length });
}

async function multipart({ store, rootAccount }: S3House, bytes: Buffer): Promise<void> {
  const initiator = { id: rootAccount, displayName: 'root' };
  const name = { bucket: 'bucket', key: 'multi' };
  const facts = { facts: {}, sse: undefined, requestHeaders: {}, account: rootAccount, initiator };
  const begun = async (): Promise<{ readonly uploadId: string; readonly etag: string }> => {
    const { uploadId } = await store.uploads.create({ ...name, ...facts });
    const part = { ...name, uploadId, number: 1, digests: {}, body: once(bytes) };
    return { uploadId, ...(await store.uploads.putPart({ ...part, length: bytes.length })) };
  };
  const { uploadId, etag } = await begun();
  await store.uploads.complete({ ...name, uploadId, parts: [{ number: 1, etag }] });
  await begun();
}

/** Each answer is the right one, an InternalError, or the beginning of the right one. */
function assertNothingWrong(
  got: readonly Answer[],
  right: readonly Answer[],
  what: string,
): number {
  let failed = 0;
  for (const [index, answer] of got.entries()) {
    const { status, bytes, broken, code } = answer;
    const truth = right[index];
    const read = `${reads[index]?.method} ${reads[index]?.path} after ${what}: ${status} ${code}`;
    assert.ok(truth !== undefined);
    if (status === truth.status && broken === undefined) {
      assert.ok(bytes.equals(truth.bytes), read);
      continue;
    }
    failed += 1;
    if (broken !== undefined) {
      assert.ok(truth.bytes.subarray(0, bytes.length).equals(bytes), read);
      assert.ok(bytes.length < truth.bytes.length, read);
    } else {
      assert.equal(status, 500, read);
      assert.ok(code === 'InternalError' || reads[index]?.method === 'HEAD', read);
      assert.doesNotMatch(answer.text, /damaged|open|row|missing/i);
    }
  }
  return failed;
}

type Entry = readonly [key: Uint8Array, value: Uint8Array];

async function allRows(metadata: Metadata): Promise<readonly Entry[]> {
  using snapshot = metadata.snapshot();
  const range = { start: Buffer.of(0), end: Buffer.of(0xff), limit: 10_000 };
  return (await snapshot.range(range)).map(({ key, value }) => [
    Buffer.from(key),
    Buffer.from(value),
  ]);
}

/** Past every seal: what only somebody with the disk in hand can do. */
function overwrite(metadata: Metadata, rows: readonly Entry[]): Promise<void> {
  return metadata.transact(async (transaction) => {
    for (const [key, value] of rows) transaction.put(key, Buffer.from(value) as never);
  });
}

const flipped = (value: Uint8Array, bit: number): Buffer => {
  const bytes = Buffer.from(value);
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return bytes;
};

test('a bit flipped in any row serves nothing wrong', async () => {
  await using made = await scene();
  const { metadata, answers } = made;
  const right = await answers();
  assert.ok(
    right.every(({ status }) => status < 300),
    right.map(({ text }) => text).join('\n'),
  );
  let failed = 0;
  for (const [key, value] of await allRows(metadata)) {
    for (const bit of [random(128), random(value.length * 8), value.length * 8 - 1 - random(128)]) {
      await overwrite(metadata, [[key, flipped(value, bit)]]);
      const what = `bit ${bit} of row ${Buffer.from(key).toString('latin1')}`;
      failed += assertNothingWrong(await answers(), right, what);
    }
    await overwrite(metadata, [[key, value]]);
  }
  assert.ok(failed > 100, `only ${failed} answers failed`);
  assertNothingWrong(await answers(), right, 'all was put back');
});

test('a row in another’s place, or cut off, serves nothing wrong', async () => {
  await using made = await scene();
  const { metadata, answers } = made;
  const right = await answers();
  const rows = await allRows(metadata);
  for (const [a, b] of rows.flatMap((one, index) =>
    rows.slice(index + 1).map((two) => [one, two]),
  )) {
    if (a === undefined || b === undefined || a[0][0] !== b[0][0]) continue;
    await overwrite(metadata, [
      [a[0], b[1]],
      [b[0], a[1]],
    ]);
    assertNothingWrong(await answers(), right, `rows of kind ${a[0][0]} changed places`);
    await overwrite(metadata, [a, b]);
  }
  for (const [key, value] of rows) {
    for (const length of [value.length - 1, random(value.length), 16]) {
      await overwrite(metadata, [[key, value.subarray(0, length)]]);
      assertNothingWrong(await answers(), right, `a row of kind ${key[0]} was cut to ${length}`);
    }
    await overwrite(metadata, [[key, value]]);
  }
});

test('what says who may do what is refused when it is gone, never taken for nothing', async () => {
  await using made = await scene();
  const { metadata, house } = made;
  const rows = await allRows(metadata);
  const kinds = { account: 0x10, bucket: 0x20, 'bucket-config': 0x21 };
  for (const [name, kind] of Object.entries(kinds)) {
    for (const row of rows.filter(([key]) => key[0] === kind)) {
      await metadata.transact(async (transaction) => transaction.delete(row[0]));
      const answer = await house.ask(byHeader(get('/bucket/small'), signer(house.root)));
      const of = Buffer.from(row[0]).includes('empty') ? 200 : 500;
      assert.equal(answer.status, of, name);
      await overwrite(metadata, [row]);
    }
  }
});

test('a blob file flipped, cut, lengthened, emptied, swapped or gone serves nothing wrong', async () => {
  await using made = await scene();
  const { files, answers } = made;
  const right = await answers();
  const names = files();
  assert.ok(names.length >= 4);
  const whole = new Map(names.map((name) => [name, readFileSync(name)]));
  const restore = (): void => whole.forEach((bytes, name) => writeFileSync(name, bytes));
  for (const [name, bytes] of whole) {
    const changes: (readonly [string, Buffer])[] = [
      ['emptied', Buffer.alloc(0)],
      ['cut to its header', bytes.subarray(0, 32)],
      ['cut by a byte', bytes.subarray(0, -1)],
      ['cut by a segment', bytes.subarray(0, 32 + 65_552)],
      ['lengthened', Buffer.concat([bytes, bytes.subarray(-1)])],
      ['begun again', Buffer.concat([bytes.subarray(0, 32), bytes.subarray(32 + 65_552)])],
    ];
    for (let count = 0; count < 6; count++) {
      const bit = random(bytes.length * 8);
      changes.push([`flipped in bit ${bit}`, flipped(bytes, bit)]);
    }
    for (const [what, changed] of changes) {
      writeFileSync(name, changed);
      assertNothingWrong(await answers(), right, `a blob was ${what}`);
    }
    writeFileSync(name, bytes);
  }
  for (const [a, b] of [
    [names[0], names[1]],
    [names[1], names[2]],
    [names[0], names[3]],
  ]) {
    if (a === undefined || b === undefined) continue;
    writeFileSync(a, whole.get(b) ?? '');
    writeFileSync(b, whole.get(a) ?? '');
    const failed = assertNothingWrong(await answers(), right, 'two blobs changed places');
    assert.ok(failed > 0);
    restore();
  }
  // What goes to the log names the object that cannot be read.
  writeFileSync(names[0] ?? '', 'rubbish');
  const told = (await answers()).map(({ broken }) => String(broken)).join('\n');
  restore();
  assert.match(told, /"(large|other|multi)" in bucket bucket, version [0-9a-f]{32}, key version 1/);
  assertNothingWrong(await answers(), right, 'all was put back');
});
