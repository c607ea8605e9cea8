/**
 * Object bodies that are made as they are sent and checked as they come: neither side of the test
 * ever holds one. A body is AES-CTR's key stream under the object's own number.
 */
import { createCipheriv } from 'node:crypto';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';

const KiB = 1024;
const pieceBytes = 64 * KiB;
const zeros = Buffer.alloc(pieceBytes);

/** The bytes of object `number`, piece by piece. */
export function* bodyOf(number: number, size: number): Generator<Buffer, void, void> {
  const stream = createCipheriv('aes-128-ctr', Buffer.alloc(16, number), Buffer.alloc(16));
  for (let left = size; left > 0; left -= pieceBytes) {
    yield stream.update(left < pieceBytes ? zeros.subarray(0, left) : zeros);
  }
}

/** Sends object `number` to a presigned URL. Throws unless it was stored. */
export async function upload(url: string, number: number, size: number): Promise<void> {
  const put = request(url, { method: 'PUT', headers: { 'Content-Length': size } });
  const reply = answerOf(put);
  for (const piece of bodyOf(number, size)) {
    if (!put.write(piece)) await drained(put, reply);
  }
  put.end();
  const { statusCode } = await reply;
  if (statusCode !== 200) throw new Error(`PUT of object ${number}: ${statusCode}`);
}

/** Reads object `number` and compares every byte. */
export async function download(url: string, number: number, size: number): Promise<void> {
  const get = request(url);
  get.end();
  const reply = await answerOf(get, true);
  if (reply.statusCode !== 200) throw new Error(`GET of object ${number}: ${reply.statusCode}`);
  const expected = bodyOf(number, size);
  let piece: Buffer = Buffer.alloc(0);
  let received = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    received += chunk.length;
    for (let at = 0; at < chunk.length;) {
      if (piece.length === 0) piece = expected.next().value ?? Buffer.alloc(0);
      const length = Math.min(piece.length, chunk.length - at);
      if (length === 0 || piece.compare(chunk, at, at + length, 0, length) !== 0) {
        throw new Error(`object ${number} differs within 64 KiB of byte ${received}`);
      }
      piece = piece.subarray(length);
      at += length;
    }
  }
  if (received !== size) throw new Error(`object ${number}: ${received} bytes, not ${size}`);
}

/** Sends part of a body and goes away. */
export async function abandonUpload(url: string, sent: number, declared: number): Promise<void> {
  const put = request(url, { method: 'PUT', headers: { 'Content-Length': declared } });
  const ended = new Promise<void>((done) => {
    put.once('error', () => done());
    put.once('close', () => done());
  });
  for (const piece of bodyOf(0, sent)) {
    if (!put.write(piece)) await Promise.race([ended, new Promise((go) => put.once('drain', go))]);
  }
  // What was written has left this process before the socket goes.
  await new Promise<void>((go) => put.write('', () => go()));
  put.destroy();
  await ended;
}

/** Reads the beginning of a reply and goes away. */
export async function abandonDownload(url: string): Promise<void> {
  const get = request(url);
  get.end();
  const reply = await answerOf(get, true);
  await new Promise((go) => reply.once('data', go));
  reply.destroy();
  await new Promise((go) => reply.once('close', go));
}

function answerOf(sent: ClientRequest, streamed = false): Promise<IncomingMessage> {
  return new Promise((answered, failed) => {
    sent.once('error', failed);
    sent.once('response', (reply) => {
      if (!streamed) reply.resume();
      answered(reply);
    });
  });
}

/** Waits until more may be written; a reply that comes early is an error's. */
async function drained(put: ClientRequest, reply: Promise<IncomingMessage>): Promise<void> {
  const early = reply.then(({ statusCode }) => {
    throw new Error(`answered ${statusCode} before the body was sent`);
  });
  await Promise.race([new Promise((go) => put.once('drain', go)), early]);
}
