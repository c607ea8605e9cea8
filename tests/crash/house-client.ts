/** The client of a store that is open in this process. */
import { setImmediate } from 'node:timers/promises';
import type { CrashHouse } from './house.ts';
import type { Client } from './writing.ts';

const absent = new Set(['NoSuchKey', 'NoSuchVersion', 'NoSuchBucket', 'NoSuchUpload']);

export function houseClient(house: CrashHouse): Client {
  const { store, account } = house;
  const read = async (bucket: string, key: string, versionId?: string) => {
    using view = store.view();
    const input = { bucket, key };
    return await store.objects.open(
      view,
      versionId === undefined ? input : { ...input, versionId },
    );
  };
  return {
    get current() {
      return house.current;
    },
    makeBucket: async (name, versioning) => {
      using view = store.view();
      const found = await store.buckets.find(view, name);
      if (found === undefined) {
        await store.buckets.create({ name, account, region: 'us-east-1', mode: 'modern' });
      }
      if (versioning !== undefined && found?.versioning !== versioning) {
        await store.buckets.change(name, { versioning });
      }
    },
    put: async (bucket, key, bytes) => {
      const input = { bucket, key, facts: {}, length: undefined, digests: {}, sse: undefined };
      return (await store.objects.put({ ...input, body: inTwo(bytes) })).versionId;
    },
    delete: async (bucket, key, versionId) => {
      const input = { bucket, key };
      await store.objects.delete(versionId === undefined ? input : { ...input, versionId });
    },
    begin: async (bucket, key, bytes) => {
      const { uploadId } = await store.uploads.create({
        bucket,
        key,
        facts: {},
        sse: undefined,
        account,
        initiator: { id: `arn:aws:iam::${account}:root`, displayName: 'root' },
        requestHeaders: {},
      });
      const part = { bucket, key, uploadId, number: 1, length: undefined, digests: {} };
      const { etag } = await store.uploads.putPart({ ...part, body: inTwo(bytes) });
      return { uploadId, etag };
    },
    complete: async ({ etag, ...name }) => {
      await store.uploads.complete({ ...name, parts: [{ number: 1, etag }] });
    },
    parts: async (bucket, key, uploadId) => {
      using view = store.view();
      const query = { bucket, key, uploadId, marker: 0, limit: 10 };
      const listed = await store.uploads.listParts(view, query).then(undefined, nothingIfAbsent);
      return listed?.parts.map(({ etag }) => etag);
    },
    read: async (bucket, key, versionId) => {
      const opened = await read(bucket, key, versionId).then(undefined, nothingIfAbsent);
      if (opened === undefined) return undefined;
      const pieces: Uint8Array[] = [];
      for await (const piece of opened.read()) pieces.push(Buffer.from(piece));
      return Buffer.concat(pieces);
    },
  };
}

function nothingIfAbsent(error: { readonly code?: string }): undefined {
  if (!absent.has(error.code ?? '')) throw error;
}

/** With a turn of the event loop in the middle. */
async function* inTwo(bytes: Buffer): AsyncGenerator<Uint8Array> {
  const half = Math.ceil(bytes.length / 2);
  if (half > 0) yield Buffer.from(bytes.subarray(0, half));
  await setImmediate();
  if (bytes.length > half) yield Buffer.from(bytes.subarray(half));
}
