import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { test } from 'node:test';
import { blobFileRange, blobFileSize, openBlobFile, sealBlobFile } from './blob-file.ts';
import { SecretKey } from './secret-key.ts';

const key = SecretKey.generate();
const context = {
  blobId: Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex'),
  storeId: Buffer.alloc(16, 1),
  bucketId: Buffer.alloc(16, 2),
};
const damage = { name: 'Fault', kind: 'damaged' };
const random = randomFillSync(Buffer.alloc(400_000));

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

test('a blob file is its header and the chunk stream', async () => {
  for (const size of [0, 1, 65_536, 262_144, 262_145, 400_000]) {
    const body = random.subarray(0, size);
    const file = await collect(sealBlobFile(key, context, [Buffer.from(body)]));
    assert.equal(
      file.subarray(0, 32).toString('hex'),
      '434f4646455242310001000000000000000102030405060708090a0b0c0d0e0f',
    );
    assert.equal(file.length, blobFileSize(size));
    const range = size === 0 ? { start: 0, end: 0 } : { start: size >> 1, end: size };
    const { start, end } = blobFileRange(range, size);
    const read = [file.subarray(start, end)];
    const opened = await collect(openBlobFile(key, context, { plainSize: size, range }, read));
    assert.ok(opened.equals(body.subarray(range.start, range.end)));
  }
});

test('a file under another id, bucket or store does not open', async () => {
  const body = random.subarray(0, 100);
  const file = await collect(sealBlobFile(key, context, [body]));
  for (const name of ['blobId', 'storeId', 'bucketId'] as const) {
    const other = { ...context, [name]: Buffer.alloc(16, 9) };
    const opened = openBlobFile(key, other, { plainSize: 100 }, [file.subarray(32)]);
    await assert.rejects(collect(opened), damage);
  }
});
