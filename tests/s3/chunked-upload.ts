/** aws-chunked bodies as clients frame them, on a raw socket (rows 1, 2 and 16). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { RawClient, type RawReply } from '../support/raw-socket.ts';
import { signed } from './sigv4.ts';
import { bodyOf, type Site } from './site.ts';
import { bytesOf } from './wire.ts';

const signedPayload = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
const signedTrailer = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER';
const unsignedTrailer = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly payload: string;
  readonly chunks: readonly Buffer[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Changes the framed body before it is sent. */
  readonly spoil?: (framed: Buffer) => Buffer;
  /** The trailer's checksum, where it is not the right one. */
  readonly trailer?: string;
  readonly decodedLength?: number;
  /** In the chunks of HTTP too, without a Content-Length. */
  readonly transferEncoding?: true;
}

const crcOf = (body: Uint8Array): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString('base64');
};

/** Frames, signs and sends a body; returns the reply and what the body was on the wire. */
async function upload(site: Site, sent: Upload): Promise<RawReply & { readonly framed: Buffer }> {
  const { bucket, key, payload, chunks } = sent;
  const body = Buffer.concat(chunks);
  const withTrailer = payload !== signedPayload;
  const base = {
    'content-encoding': 'aws-chunked',
    'x-amz-decoded-content-length': String(sent.decodedLength ?? body.length),
    ...(withTrailer ? { 'x-amz-trailer': 'x-amz-checksum-crc32' } : {}),
    ...sent.headers,
  };
  const frame = (request: ReturnType<typeof signed>): Buffer => {
    const pieces = [...chunks, Buffer.alloc(0)].map((chunk) => {
      const size = chunk.length.toString(16);
      if (payload === unsignedTrailer && chunk.length === 0) return Buffer.from('0\r\n');
      const signature =
        payload === unsignedTrailer ? '' : `;chunk-signature=${request.signChunk(chunk)}`;
      const end = withTrailer && chunk.length === 0 ? '' : '\r\n';
      return Buffer.concat([Buffer.from(`${size}${signature}\r\n`), chunk, Buffer.from(end)]);
    });
    if (withTrailer) {
      const line = `x-amz-checksum-crc32:${sent.trailer ?? crcOf(body)}`;
      const signature = request.signTrailer(`${line}\n`);
      const signedLine =
        payload === signedTrailer ? `x-amz-trailer-signature:${signature}\r\n` : '';
      pieces.push(Buffer.from(`${line}\r\n${signedLine}\r\n`));
    }
    return Buffer.concat(pieces);
  };
  const request = (length: number) =>
    signed(
      {
        method: 'PUT',
        host: `127.0.0.1:${site.port}`,
        path: `/${bucket}/${key}`,
        headers: {
          ...base,
          ...(sent.transferEncoding === true
            ? { 'transfer-encoding': 'chunked' }
            : { 'content-length': String(length) }),
        },
        payload,
      },
      site.server.credentials,
    );
  // The signature covers the length, and the chunks' follow from it: framed twice.
  const { length } = frame(request(0));
  const final = request(length);
  const framed = frame(final);
  using client = new RawClient(site.port);
  const onWire = sent.spoil?.(framed) ?? framed;
  client.send(final.head);
  if (sent.transferEncoding === true) {
    client
      .send(`${onWire.length.toString(16)}\r\n`)
      .send(onWire)
      .send('\r\n0\r\n\r\n');
  } else {
    client.send(onWire);
  }
  return { ...(await client.reply()), framed };
}

export function chunkedUploadSuite(site: Site): void {
  describe('aws-chunked uploads (row 1)', () => {
    const body = bodyOf(150_000, 'chunked');
    const chunks = [
      body.subarray(0, 65_536),
      body.subarray(65_536, 131_072),
      body.subarray(131_072),
    ];

    test('rows 1 and 2: signed, signed with trailer, unsigned with trailer: all unframed', async () => {
      const bucket = await site.bucket();
      for (const payload of [signedPayload, signedTrailer, unsignedTrailer]) {
        const headers = { 'content-encoding': 'aws-chunked,gzip' };
        const sent = { bucket, key: payload, payload, chunks, headers };
        const twice = await upload(site, { ...sent, transferEncoding: true });
        assert.equal(twice.status, 200, `${payload}: ${twice.body}`);
        const reply = await upload(site, sent);
        assert.equal(reply.status, 200, `${payload}: ${reply.body}`);
        const name = { Bucket: bucket, Key: payload };
        const got = await site.s3.send(new GetObjectCommand(name));
        assert.ok((await bytesOf(got)).equals(body), payload);
        assert.equal(got.ContentEncoding, 'gzip');
        assert.equal(got.ContentLength, body.length);
      }
    });

    test('row 16: a signed empty body is 86 bytes on the wire and nothing in the store', async () => {
      const bucket = await site.bucket();
      const empty = { bucket, key: 'folder/', payload: signedPayload, chunks: [] };
      const reply = await upload(site, empty);
      assert.equal(reply.framed.length, 86);
      assert.equal(reply.status, 200);
      const name = { Bucket: bucket, Key: 'folder/' };
      assert.equal((await site.s3.send(new HeadObjectCommand(name))).ContentLength, 0);
      assert.equal((await site.s3.send(new HeadObjectCommand(name))).ContentEncoding, undefined);
    });

    test('row 1: whatever is wrong in the framing stores nothing', async () => {
      const bucket = await site.bucket();
      const flipped = (at: number) => (framed: Buffer) => {
        const spoiled = Buffer.from(framed);
        spoiled[at] = (spoiled[at] ?? 0) ^ 1;
        return spoiled;
      };
      const base = { bucket, chunks };
      const cases: readonly (readonly [string, Omit<Upload, 'key'>, number, string])[] = [
        [
          'a flipped byte',
          { ...base, payload: signedPayload, spoil: flipped(1000) },
          403,
          'SignatureDoesNotMatch',
        ],
        [
          'a flipped byte in the last chunk',
          { ...base, payload: signedPayload, spoil: flipped(131_500) },
          403,
          'SignatureDoesNotMatch',
        ],
        [
          'a flipped byte, unsigned',
          { ...base, payload: unsignedTrailer, spoil: flipped(1000) },
          400,
          'BadDigest',
        ],
        [
          'a wrong checksum',
          { ...base, payload: unsignedTrailer, trailer: 'AAAAAA==' },
          400,
          'BadDigest',
        ],
        [
          'a wrong checksum, signed',
          { ...base, payload: signedTrailer, trailer: 'AAAAAA==' },
          400,
          'BadDigest',
        ],
        [
          'no checksum at all',
          { ...base, payload: unsignedTrailer, trailer: 'x' },
          400,
          'InvalidRequest',
        ],
        [
          'a flipped trailer signature',
          {
            ...base,
            payload: signedTrailer,
            spoil: (framed) => flipped(framed.length - 6)(framed),
          },
          403,
          'SignatureDoesNotMatch',
        ],
        [
          'a length that is too short',
          { ...base, payload: signedPayload, decodedLength: 149_999 },
          400,
          'IncompleteBody',
        ],
        [
          'a length that is too long',
          { ...base, payload: signedPayload, decodedLength: 150_001 },
          400,
          'IncompleteBody',
        ],
        [
          'a chunk header that is none',
          {
            ...base,
            payload: signedPayload,
            spoil: (framed) => Buffer.concat([Buffer.from('z'), framed.subarray(1)]),
          },
          400,
          'InvalidRequest',
        ],
      ];
      for (const [what, sent, status, code] of cases) {
        const reply = await upload(site, { ...sent, key: 'k' });
        const told = /<Code>(\w+)</.exec(reply.body)?.[1];
        assert.deepEqual([what, reply.status, told], [what, status, code]);
      }
      const listed = await site.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      assert.equal(listed.KeyCount, 0);
    });
  });
}
