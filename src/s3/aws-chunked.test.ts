/**
 * The aws-chunked decoder on AWS's published examples, on every split of the wire and on damaged
 * bytes ("Transferring Payload in Multiple Chunks" and "Including Trailing Headers", S3 API
 * reference, 2026-11-24).
 */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { scopeText } from '../access/signature/scope.ts';
import { sign, type SignatureChain, signingKey } from '../access/signature/signing-key.ts';
import { Refusal } from '../base/refusal.ts';
import { ChunkedDecoder, signedChunkBytesMax } from './aws-chunked.ts';
import { ChunkSignatures, emptyHash } from './chunk-signatures.ts';
import { ChunkTrailer } from './chunk-trailer.ts';

const scope = { date: '20130524', region: 'us-east-1', service: 's3' };
const key = signingKey('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', scope);
const timestamp = { text: '20130524T000000Z', time: Date.UTC(2013, 4, 24) };
const chainFrom = (signature: string): SignatureChain => ({
  signingKey: key,
  timestamp,
  scope,
  signature,
});

type Kind = 'signed' | 'signed-trailer' | 'unsigned-trailer';
const crcHeader = 'x-amz-checksum-crc32c';

function decode(kind: Kind, pieces: readonly Uint8Array[], length: number, seed = 'a'.repeat(64)) {
  const signatures = kind === 'unsigned-trailer' ? undefined : new ChunkSignatures(chainFrom(seed));
  const announced = kind === 'signed' ? undefined : crcHeader;
  const trailer = new ChunkTrailer({ announced, signed: kind === 'signed-trailer' });
  const decoder = new ChunkedDecoder({ length, signatures, trailer });
  const out: Uint8Array[] = [];
  for (const piece of pieces) decoder.push(piece, out);
  decoder.end();
  return { bytes: Buffer.concat(out), trailer: trailer.value };
}

/** The other side, written from the specification alone. */
function encode(
  kind: Kind,
  chunks: readonly Uint8Array[],
  seed = 'a'.repeat(64),
  eol = '\r\n',
): Buffer {
  const place = `${timestamp.text}\n${scopeText(scope)}`;
  const wire: Uint8Array[] = [];
  let previous = seed;
  for (const chunk of [...chunks.filter((chunk) => chunk.length > 0), new Uint8Array()]) {
    const digest = hash('sha256', chunk, 'hex');
    previous = sign(
      key,
      `AWS4-HMAC-SHA256-PAYLOAD\n${place}\n${previous}\n${emptyHash}\n${digest}`,
    );
    const extension = kind === 'unsigned-trailer' ? '' : `;chunk-signature=${previous}`;
    wire.push(Buffer.from(`${chunk.length.toString(16)}${extension}\r\n`), chunk);
    if (chunk.length > 0) wire.push(Buffer.from('\r\n'));
  }
  if (kind !== 'signed') wire.push(Buffer.from(`${crcHeader}:sOO8/Q==${eol}`));
  if (kind === 'signed-trailer') {
    const digest = hash('sha256', `${crcHeader}:sOO8/Q==\n`, 'hex');
    const signature = sign(key, `AWS4-HMAC-SHA256-TRAILER\n${place}\n${previous}\n${digest}`);
    wire.push(Buffer.from(`x-amz-trailer-signature:${signature}\r\n`));
  }
  return Buffer.concat([...wire, Buffer.from('\r\n')]);
}

const letters = Buffer.alloc(66_560, 'a');

test('the published chunked upload decodes, chunk by chunk', () => {
  const wire = Buffer.concat([
    Buffer.from(
      '10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n',
    ),
    letters.subarray(0, 65_536),
    Buffer.from(
      '\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n',
    ),
    letters.subarray(65_536),
    Buffer.from(
      '\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n',
    ),
  ]);
  assert.equal(wire.length, 66_824);
  const seed = '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9';
  assert.ok(decode('signed', [wire], 66_560, seed).bytes.equals(letters));
});

test('the published upload with a trailer decodes', () => {
  const wire = Buffer.concat([
    Buffer.from(
      '10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n',
    ),
    letters.subarray(0, 65_536),
    Buffer.from(
      '\r\n400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n',
    ),
    letters.subarray(65_536),
    Buffer.from(
      '\r\n0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n',
    ),
    Buffer.from(`${crcHeader}:sOO8/Q==\r\n`),
    // The page's string to sign gives this signature (as the SDK for Java has it); the one it prints is another's.
    Buffer.from(
      'x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n',
    ),
  ]);
  const seed = '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e';
  const { bytes, trailer } = decode('signed-trailer', [wire], 66_560, seed);
  assert.ok(bytes.equals(letters));
  assert.equal(trailer, 'sOO8/Q==');
});

test('a signed empty body is 86 bytes', () => {
  const wire = encode('signed', []);
  assert.equal(wire.length, 86);
  assert.equal(decode('signed', [wire], 0).bytes.length, 0);
});

const kinds = fc.constantFrom<Kind>('signed', 'signed-trailer', 'unsigned-trailer');
const bodies = fc.array(fc.uint8Array({ minLength: 1, maxLength: 9000, size: 'max' }), {
  maxLength: 4,
});

function splitAt(wire: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (wire.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((place, index) => wire.subarray(place, places[index] ?? wire.length));
}

test('any split of the wire gives the same plaintext', () => {
  fc.assert(
    fc.property(kinds, bodies, fc.array(fc.nat(), { maxLength: 12 }), (kind, chunks, cuts) => {
      const plain = Buffer.concat(chunks);
      const pieces = splitAt(encode(kind, chunks), cuts);
      assert.ok(decode(kind, pieces, plain.length).bytes.equals(plain));
    }),
    { numRuns: 200 },
  );
  for (const kind of ['signed', 'signed-trailer', 'unsigned-trailer'] as const) {
    const wire = encode(kind, [Buffer.alloc(300, 1), Buffer.alloc(7, 2)]);
    const single = Array.from(wire, (byte) => Uint8Array.of(byte));
    assert.equal(decode(kind, single, 307).bytes.length, 307);
  }
});

test('MinIO’s line ends in the trailer are taken', () => {
  for (const kind of ['signed-trailer', 'unsigned-trailer'] as const) {
    const wire = encode(kind, [Buffer.from('abc')], undefined, '\n\r\n');
    assert.deepEqual(decode(kind, [wire], 3), { bytes: Buffer.from('abc'), trailer: 'sOO8/Q==' });
  }
});

type Damage = (wire: Buffer, at: number, byte: number) => Buffer;
const damages: readonly Damage[] = [
  (wire, at, byte) => Buffer.concat([wire.subarray(0, at), Buffer.of(byte), wire.subarray(at + 1)]),
  (wire, at, byte) => Buffer.concat([wire.subarray(0, at), Buffer.of(byte), wire.subarray(at)]),
  (wire, at) => Buffer.concat([wire.subarray(0, at), wire.subarray(at + 1)]),
  (wire, at) => wire.subarray(0, at),
  (wire, at) => Buffer.concat([wire, wire.subarray(at)]),
];

test('damaged bytes are a refusal and nothing else; signed ones never pass', () => {
  fc.assert(
    fc.property(
      kinds,
      bodies,
      fc.constantFrom(...damages),
      fc.nat(),
      fc.integer({ min: 0, max: 255 }),
      (kind, chunks, damage, place, byte) => {
        const plain = Buffer.concat(chunks);
        const wire = encode(kind, chunks);
        const damaged = damage(wire, place % wire.length, byte);
        try {
          const decoded = decode(kind, [damaged], plain.length);
          // What passes says the same: hexadecimal in the other case, a name in capitals, a space.
          assert.equal(decoded.bytes.length, plain.length);
          if (kind !== 'unsigned-trailer') assert.ok(decoded.bytes.equals(plain));
        } catch (error) {
          assert.ok(error instanceof Refusal, String(error));
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test('any bytes at all are a refusal', () => {
  const pieces = fc.array(
    fc.oneof(
      fc.uint8Array(),
      fc
        .string({ unit: fc.constantFrom('0', '1', 'a', ';', '\r', '\n', ':') })
        .map((text) => Buffer.from(text)),
    ),
  );
  fc.assert(
    fc.property(kinds, pieces, (kind, wire) => {
      assert.throws(() => decode(kind, wire, 5), Refusal);
    }),
  );
});

const sig = `;chunk-signature=${'0'.repeat(64)}`;
const bad: readonly (readonly [string, Kind, string, string])[] = [
  ['nothing', 'unsigned-trailer', '', 'IncompleteBody'],
  ['no last chunk', 'unsigned-trailer', '3\r\nabc\r\n', 'IncompleteBody'],
  ['a chunk cut short', 'unsigned-trailer', '3\r\nab', 'IncompleteBody'],
  ['too few bytes', 'unsigned-trailer', `2\r\nab\r\n0\r\n${crcHeader}:a\r\n\r\n`, 'IncompleteBody'],
  ['too many bytes, refused at the size', 'unsigned-trailer', '4\r\n', 'IncompleteBody'],
  ['a huge size', 'unsigned-trailer', 'ffffffffffff\r\n', 'IncompleteBody'],
  ['a size of 13 digits', 'unsigned-trailer', '0000000000003\r\n', 'InvalidRequest'],
  ['a sign', 'unsigned-trailer', '+3\r\nabc\r\n', 'InvalidRequest'],
  ['0x', 'unsigned-trailer', '0x3\r\nabc\r\n', 'InvalidRequest'],
  ['a space after the size', 'unsigned-trailer', '3 \r\nabc\r\n', 'InvalidRequest'],
  ['a bare LF', 'unsigned-trailer', '3\nabc\r\n', 'InvalidRequest'],
  ['no CRLF after the bytes', 'unsigned-trailer', '3\r\nabcd', 'InvalidRequest'],
  ['CR without LF after the bytes', 'unsigned-trailer', '3\r\nabc\rx', 'InvalidRequest'],
  ['a signature where none belongs', 'unsigned-trailer', `3${sig}\r\nabc\r\n`, 'InvalidRequest'],
  ['no signature where one belongs', 'signed', '3\r\nabc\r\n', 'InvalidRequest'],
  ['a wrong signature', 'signed', `3${sig}\r\nabc\r\n`, 'SignatureDoesNotMatch'],
  ['a wrong last signature', 'signed', `0${sig}\r\n\r\n`, 'SignatureDoesNotMatch'],
  ['a short signature', 'signed', '3;chunk-signature=00\r\nabc\r\n', 'InvalidRequest'],
  ['another extension', 'unsigned-trailer', '3;a=b\r\nabc\r\n', 'InvalidRequest'],
  ['a size line without end', 'unsigned-trailer', '3'.repeat(5000), 'InvalidRequest'],
  ['no trailer', 'unsigned-trailer', '3\r\nabc\r\n0\r\n\r\n', 'InvalidRequest'],
  [
    'another trailer',
    'unsigned-trailer',
    '3\r\nabc\r\n0\r\nx-amz-meta-a:b\r\n\r\n',
    'InvalidRequest',
  ],
  [
    'two trailers',
    'unsigned-trailer',
    `3\r\nabc\r\n0\r\nx:y\r\n${crcHeader}:a\r\n\r\n`,
    'InvalidRequest',
  ],
  [
    'a trailer twice',
    'unsigned-trailer',
    `3\r\nabc\r\n0\r\n${crcHeader}:a\r\n${crcHeader}:a\r\n\r\n`,
    'InvalidRequest',
  ],
  [
    'a trailer without end',
    'unsigned-trailer',
    `3\r\nabc\r\n0\r\n${crcHeader}:a\r\n`,
    'InvalidRequest',
  ],
  [
    'bytes after the end',
    'unsigned-trailer',
    `3\r\nabc\r\n0\r\n${crcHeader}:a\r\n\r\nx`,
    'InvalidRequest',
  ],
  [
    'a trailer too long',
    'unsigned-trailer',
    `3\r\nabc\r\n0\r\n${crcHeader}:${'a'.repeat(5000)}`,
    'InvalidRequest',
  ],
];

for (const [name, kind, wire, code] of bad) {
  test(`${name} is ${code}`, () => {
    assert.throws(() => decode(kind, [Buffer.from(wire)], 3), { name: 'Refusal', code });
  });
}

test('a signed chunk is handed on only when its signature verified', () => {
  const wire = encode('signed', [Buffer.alloc(100, 1), Buffer.alloc(100, 2)]);
  const second = wire.indexOf(Buffer.alloc(10, 2));
  const damaged = Buffer.from(wire);
  damaged[second + 50] = 3;
  const signatures = new ChunkSignatures(chainFrom('a'.repeat(64)));
  const trailer = new ChunkTrailer({ announced: undefined, signed: false });
  const decoder = new ChunkedDecoder({ length: 200, signatures, trailer });
  const out: Uint8Array[] = [];
  decoder.push(damaged.subarray(0, second + 60), out);
  assert.equal(Buffer.concat(out).length, 100);
  assert.throws(() => decoder.push(damaged.subarray(second + 60), out), {
    code: 'SignatureDoesNotMatch',
  });
  assert.equal(Buffer.concat(out).length, 100);
});

test('chunks cannot be left out, swapped or repeated', () => {
  const one = encode('signed', [Buffer.alloc(10, 1), Buffer.alloc(10, 2)]);
  const size = one.indexOf('\r\n', one.indexOf(Buffer.alloc(10, 1)) + 10) + 2;
  const [a, b, end] = [one.subarray(0, size), one.subarray(size, size * 2), one.subarray(size * 2)];
  for (const order of [
    [a, end],
    [b, a, end],
    [a, a, end],
    [a, b, b, end],
  ]) {
    const length = (order.length - 1) * 10;
    assert.throws(() => decode('signed', order, length), { code: 'SignatureDoesNotMatch' });
  }
  assert.equal(decode('signed', [a, b, end], 20).bytes.length, 20);
});

test('a signed chunk over the bound is refused at its size', () => {
  const size = signedChunkBytesMax + 1;
  const wire = Buffer.from(`${size.toString(16)}${sig}\r\n`);
  assert.throws(() => decode('signed', [wire], size), {
    code: 'InvalidRequest',
    message: /at most/,
  });
  // Not signed, it is handed on as it comes, so it needs no bound.
  const plain = Buffer.alloc(size, 7);
  const unsigned = encode('unsigned-trailer', [plain]);
  assert.equal(decode('unsigned-trailer', [unsigned], size).bytes.length, size);
});
