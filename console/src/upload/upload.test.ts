import { describe, expect, it } from 'vitest';
import { encryptionHeaders, type EncryptionChoice } from './encryption.ts';
import { denied, FakeS3, networkDown } from './fake-s3.ts';
import { FileUpload } from './file-upload.ts';
import { fileBytesMax, multipartBytesMin, partsOf } from './plan.ts';
import { UploadQueue } from './queue.ts';
import { triesMax } from './retry.ts';
import { Slots } from './slots.ts';
import { Speed } from './speed.ts';

const mebi = 1024 ** 2;
const tick = () => new Promise((resolve) => setTimeout(resolve, 5));

/** A file of so many bytes that holds none of them. */
function file(bytes: number, type = 'text/plain'): Blob {
  const sized = (size: number): Blob =>
    Object.assign(Object.create(Blob.prototype), {
      slice: (start: number, end: number) => sized(Math.min(end, size) - start),
      arrayBuffer: () => Promise.resolve(new ArrayBuffer(0)),
    }) as Blob;
  const define = (blob: Blob, size: number): Blob =>
    Object.defineProperties(blob, { size: { value: size }, type: { value: type } });
  const whole = define(sized(bytes), bytes);
  Object.assign(whole, {
    slice: (start: number, end: number) => define(sized(end - start), end - start),
  });
  return whole;
}

function start(
  bytes: number,
  server = new FakeS3(),
  encryption: EncryptionChoice = 'unspecified',
): { readonly server: FakeS3; readonly upload: FileUpload } {
  const source = { file: file(bytes), bucket: 'b', key: 'k', encryption };
  const upload = new FileUpload(source, {
    transport: server.transport,
    slots: new Slots(4),
    rest: () => Promise.resolve(),
    onChange: () => undefined,
  });
  return { server, upload };
}

describe('the plan', () => {
  it('covers every byte once, in at most 10,000 parts of at most 5 GiB', () => {
    for (const bytes of [16 * mebi, 16 * mebi + 1, 200 * mebi, 300 * 1024 * mebi, fileBytesMax]) {
      const parts = partsOf(bytes);
      expect(parts.length).toBeLessThanOrEqual(10_000);
      expect(parts[0]?.start).toBe(0);
      expect(parts.at(-1)?.end).toBe(bytes);
      const wrong = parts.filter(
        ({ number, start, end }, index) =>
          number !== index + 1 ||
          end - start > 5 * 1024 * mebi ||
          start !== (parts[index - 1]?.end ?? 0),
      );
      expect(wrong).toEqual([]);
    }
  });
});

describe('encryption', () => {
  it('is a header for SSE-S3 and for nothing else', async () => {
    expect(encryptionHeaders('bucket-default')).toEqual({});
    expect(encryptionHeaders('unspecified')).toEqual({});
    for (const bytes of [10, 40 * mebi]) {
      const { server, upload } = start(bytes, new FakeS3(), 'sse-s3');
      await upload.start();
      const withHeader = server.seen.filter(
        ({ headers }) => headers?.['x-amz-server-side-encryption'] === 'AES256',
      );
      expect(withHeader).toEqual([server.seen[0]]);
    }
  });
});

describe('a file', () => {
  it('that is small goes whole, with its type', async () => {
    const { server, upload } = start(100);
    await upload.start();
    expect([upload.state, upload.sentBytes]).toEqual(['done', 100]);
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]?.headers).toEqual({ 'content-type': 'text/plain' });
  });
  it('that is empty goes, too', async () => {
    const { server, upload } = start(0);
    await upload.start();
    expect(server.objects.get('k')).toBe(0);
  });
  it('that is large goes in parts, four at once', async () => {
    const { server, upload } = start(200 * mebi + 7);
    await upload.start();
    expect(server.objects.get('k')).toBe(200 * mebi + 7);
    expect(server.asked('PUT', 'partNumber')).toHaveLength(13);
    expect(server.atOnceMax).toBe(4);
    expect(multipartBytesMin).toBe(16 * mebi);
  });
});

describe('a network that fails', () => {
  it('makes single parts go again', async () => {
    const server = new FakeS3();
    server.fails = (_sending, index) => (index % 3 === 0 ? networkDown() : undefined);
    const { upload } = start(100 * mebi, server);
    await upload.start();
    expect(upload.state).toBe('done');
    expect(server.objects.get('k')).toBe(100 * mebi);
    expect(server.asked('POST', 'uploads')).toHaveLength(1);
  });
  it('for long fails the upload, and what arrived stays for the next try', async () => {
    const server = new FakeS3();
    server.fails = ({ query }) =>
      Number(query?.['partNumber'] ?? 0) > 2 ? networkDown() : undefined;
    const { upload } = start(64 * mebi, server);
    await upload.start();
    expect(upload.state).toBe('failed');
    expect(upload.sentBytes).toBe(32 * mebi);
    expect(server.asked('PUT', 'partNumber').length).toBeGreaterThanOrEqual(triesMax);
    server.fails = () => undefined;
    server.seen.length = 0;
    await upload.start();
    expect(upload.state).toBe('done');
    expect(server.asked('PUT', 'partNumber')).toHaveLength(2);
    expect(server.asked('POST', 'uploads')).toHaveLength(0);
  });
});

describe('a refusal', () => {
  it('is not tried again, and keeps its reason', async () => {
    const server = new FakeS3();
    server.fails = denied;
    const { upload } = start(10, server);
    await upload.start();
    expect([upload.state, server.seen.length]).toEqual(['failed', 1]);
    expect(upload.error).toMatchObject({ message: 'Denied by the bucket policy.' });
  });
  it('of one part stops the others', async () => {
    const server = new FakeS3();
    server.fails = ({ query }) => (query?.['partNumber'] === '2' ? denied() : undefined);
    const { upload } = start(640 * mebi, server);
    await upload.start();
    expect(upload.error).toMatchObject({ code: 'AccessDenied' });
    expect(server.asked('PUT', 'partNumber').length).toBeLessThan(10);
  });
  it('of an upload that the server forgot begins it anew', async () => {
    const server = new FakeS3();
    const { upload } = start(64 * mebi, server);
    server.fails = ({ query }) => {
      if (query?.['partNumber'] === '3') server.uploads.clear();
      return undefined;
    };
    await upload.start();
    expect(upload.state).toBe('failed');
    server.fails = () => undefined;
    await upload.start();
    expect(upload.state).toBe('done');
    expect(server.objects.get('k')).toBe(64 * mebi);
  });
});

describe('a pause', () => {
  it('stops what is under way and goes on with what is left', async () => {
    const server = new FakeS3();
    let open = () => {};
    const { upload } = start(160 * mebi, server);
    server.fails = ({ query }) => {
      if (query?.['partNumber'] === '3') server.gate = new Promise((resolve) => (open = resolve));
      return undefined;
    };
    const first = upload.start();
    while (server.gate === undefined) await tick();
    await tick();
    upload.pause();
    await first;
    expect(upload.state).toBe('paused');
    const arrived = upload.sentBytes;
    expect(arrived).toBeGreaterThan(0);
    expect(arrived).toBeLessThan(160 * mebi);
    server.fails = () => undefined;
    open();
    server.gate = undefined;
    await upload.start();
    expect(upload.state).toBe('done');
    expect(server.objects.get('k')).toBe(160 * mebi);
    expect(server.asked('POST', 'uploads')).toHaveLength(1);
  });
});

describe('a cancel', () => {
  it('leaves nothing at the server', async () => {
    const server = new FakeS3();
    const { upload } = start(160 * mebi, server);
    server.fails = ({ query }) => {
      // What comes later waits until it is called off.
      if (query?.['partNumber'] === '3') server.gate = new Promise(() => undefined);
      return undefined;
    };
    const run = upload.start();
    while (server.gate === undefined) await tick();
    await tick();
    server.fails = () => undefined;
    const cancelled = upload.cancel();
    server.gate = undefined;
    await Promise.all([run, cancelled]);
    expect(upload.state).toBe('cancelled');
    expect(server.uploads.size).toBe(0);
    expect(server.objects.size).toBe(0);
  });
  it('while the upload is being made aborts it, too', async () => {
    const server = new FakeS3();
    let open = () => {};
    server.gate = new Promise((resolve) => (open = resolve));
    const { upload } = start(160 * mebi, server);
    const run = upload.start();
    await tick();
    const cancelled = upload.cancel();
    open();
    await Promise.all([run, cancelled]);
    expect(server.uploads.size).toBe(0);
    expect(server.asked('DELETE', 'uploadId')).toHaveLength(1);
  });
  it('after a failure aborts what arrived', async () => {
    const server = new FakeS3();
    server.fails = ({ query }) => (query?.['partNumber'] === '2' ? denied() : undefined);
    const { upload } = start(64 * mebi, server);
    await upload.start();
    await upload.cancel();
    expect(server.uploads.size).toBe(0);
  });
});

describe('a file that changed', () => {
  it('is not taken for a network that is down', async () => {
    const server = new FakeS3();
    server.fails = networkDown;
    const { upload } = start(10, server);
    const gone = { arrayBuffer: () => Promise.reject(new Error('NotReadableError')) };
    Object.assign(upload.source.file, { slice: () => gone });
    await upload.start();
    expect(String(upload.error)).toContain('cannot be read any more');
    expect(server.seen).toHaveLength(1);
  });
});

describe('the queue', () => {
  it('takes a few files at a time and reports them all', async () => {
    const server = new FakeS3();
    const queue = new UploadQueue({ transport: server.transport, rest: () => Promise.resolve() });
    server.fails = ({ key }) => (key === 'k7' ? denied() : undefined);
    queue.add(
      Array.from({ length: 30 }, (_none, index) => ({
        file: file(1000),
        bucket: 'b',
        key: `k${index}`,
        encryption: 'unspecified' as const,
      })),
    );
    await new Promise<void>((resolve) => {
      const stop = queue.subscribe(() => {
        if (queue.report().active > 0 || queue.report().uploads.length === 0) return;
        stop();
        resolve();
      });
    });
    expect(queue.report()).toMatchObject({ done: 29, failed: 1, bytes: 30_000, sentBytes: 29_000 });
    expect(server.atOnceMax).toBeLessThanOrEqual(4);
    server.fails = () => undefined;
    queue.resumeAll();
    while (server.objects.size < 30) await tick();
  });
});

describe('another identity', () => {
  it('goes on with nothing of the one before', async () => {
    const server = new FakeS3();
    const queue = new UploadQueue({ transport: server.transport, rest: () => Promise.resolve() });
    queue.ownedBy('one');
    server.gate = new Promise(() => undefined);
    const source = { file: file(40 * mebi), bucket: 'b', key: 'k', encryption: 'sse-s3' } as const;
    queue.add([source, { ...source, key: 'l' }]);
    await tick();
    queue.ownedBy('other');
    server.gate = undefined;
    queue.resumeAll();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(queue.report().uploads).toEqual([]);
    expect(server.objects.size).toBe(0);
    expect(server.asked('PUT')).toHaveLength(0);
  });
});

describe('speed', () => {
  it('is of the last seconds', () => {
    const speed = new Speed();
    for (let second = 0; second <= 20; second += 1) speed.mark(second * 1000, second * 1000);
    expect(speed.bytesPerSecond()).toBe(1000);
    expect(speed.secondsLeft(5000)).toBe(5);
    expect(new Speed().secondsLeft(1)).toBeUndefined();
  });
});
