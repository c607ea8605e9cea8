/** What the AWS SDK for JavaScript signs verifies here, and nothing that differs from it in one bit. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { S3Client } from '@aws-sdk/client-s3';
import * as fc from 'fast-check';
import { Refusal } from '../../base/refusal.ts';
import { queryEntries, rawPath, rawQuery } from '../../base/request-target.ts';
import { authenticationKind } from './kind.ts';
import { presign, signHeaders } from './presign.ts';
import type { ReceivedRequest } from './request.ts';
import { verifyHeader } from './verify-header.ts';
import { verifyPresigned } from './verify-presigned.ts';
import type { Authenticated, SigningCredential, Verifier } from './verified.ts';

const credential = { accessKeyId: 'AKIDTEST', secretKey: 'sécret/+=', enabled: true };
const now = new Date('2026-11-24T08:30:00Z');
const verifier: Verifier<SigningCredential> = {
  region: 'eu-west-3',
  service: 's3',
  credentialFor: (id) => Promise.resolve(id === credential.accessKeyId ? credential : undefined),
};
const client = new S3Client({
  region: verifier.region,
  credentials: { accessKeyId: credential.accessKeyId, secretAccessKey: credential.secretKey },
});

type Query = Record<string, string | string[]>;

interface Signed {
  readonly method: string;
  readonly path: string;
  readonly query: Query;
  readonly headers: Record<string, string>;
}

interface Signer {
  sign(request: unknown, options: { signingDate: Date }): Promise<Signed>;
  presign(
    request: unknown,
    options: { signingDate: Date; expiresIn: number; unhoistableHeaders?: Set<string> },
  ): Promise<Signed>;
}

const signer = (await client.config.signer()) as unknown as Signer;

/** RFC 3986, as the SDK puts it on the wire. */
const escape = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );

function received({ method, path, query, headers }: Signed): ReceivedRequest {
  const parameters = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => `${escape(name)}=${escape(one)}`),
  );
  const target = parameters.length === 0 ? path : `${path}?${parameters.join('&')}`;
  const wire = Object.entries(headers).map(
    ([name, value]) =>
      [name.toLowerCase(), [Buffer.from(value, 'utf8').toString('latin1')]] as const,
  );
  return { method, target, headers: new Map(wire), receivedAt: now };
}

async function verify(request: ReceivedRequest): Promise<Authenticated<SigningCredential>> {
  const kind = authenticationKind(request);
  switch (kind.kind) {
    case 'header':
      return verifyHeader(request, kind, verifier);
    case 'presigned':
      return verifyPresigned(request, kind, verifier);
    case 'anonymous':
    case 'form':
      throw new Refusal('AccessDenied');
  }
}

const awkward = fc.constantFrom(...Array.from("!'()*+=/.~-_ $&,:;@#?%éà日😀ab"));
const keys = fc.string({
  unit: fc.oneof(awkward, fc.string({ unit: 'grapheme', maxLength: 1 })),
  minLength: 1,
  maxLength: 24,
});
const values = fc.string({
  unit: fc.oneof(awkward, fc.constantFrom('a', 'b', ' ')),
  maxLength: 12,
});
const queries = fc.dictionary(
  // The SDK keeps the query in a plain object, where this name is none.
  fc
    .oneof(
      fc.constantFrom('prefix', 'acl', 'versionId', 'a-b', 'A', 'a'),
      keys.filter((k) => !/^x-amz|^AWSA|^Signature$/i.test(k)),
    )
    .filter((name) => name !== '__proto__'),
  fc.oneof(values, fc.array(values, { minLength: 1, maxLength: 3 })),
  { maxKeys: 4, noNullPrototype: true },
);
const headerSets = fc.dictionary(
  fc.constantFrom(
    'x-amz-meta-a',
    'x-amz-meta-b',
    'x-amz-acl',
    'content-type',
    'x-amz-tagging',
    'range',
  ),
  values.map((value) => value.replaceAll('#', '  ')),
  { maxKeys: 4, noNullPrototype: true },
);
const methods = fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD');
const requests = fc.record({ method: methods, key: keys, query: queries, headers: headerSets });
type Request = typeof requests extends fc.Arbitrary<infer T> ? T : never;

const emptyHash = createHash('sha256').digest('hex');

function unsigned({ method, key, query, headers }: Request) {
  return {
    method,
    protocol: 'http:',
    hostname: 'localhost',
    port: 9000,
    path: `/bucket/${key.split('/').map(escape).join('/')}`,
    query,
    headers: { host: 'localhost:9000', 'x-amz-content-sha256': emptyHash, ...headers },
  };
}

test('every request that the SDK signs in its header verifies', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      const signed = await signer.sign(unsigned(request), { signingDate: now });
      const verified = await verify(received(signed));
      assert.equal(verified.credential, credential);
      assert.deepEqual(verified.payload, { rule: 'sha256', hash: emptyHash });
    }),
    { numRuns: 300 },
  );
});

test('every URL that the SDK presigns verifies, hoisted headers or not', async () => {
  await fc.assert(
    fc.asyncProperty(requests, fc.boolean(), async (request, hoist) => {
      const unhoistableHeaders = new Set(hoist ? [] : Object.keys(request.headers));
      const options = { signingDate: now, expiresIn: 60, unhoistableHeaders };
      const signed = await signer.presign(unsigned(request), options);
      const verified = await verify(received(signed));
      assert.equal(verified.credential, credential);
      for (const [name, value] of Object.entries(request.headers)) {
        if (!name.startsWith('x-amz-')) continue;
        const text = verified.headers.get(name)?.[0];
        const bytes = Buffer.from(value, 'utf8').toString('latin1');
        assert.ok(text === value || text === bytes, name);
      }
    }),
    { numRuns: 300 },
  );
});

test('what our own presign and signHeaders make verifies', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async ({ method, key, query, headers }) => {
      const entries = Object.entries(query).flatMap(([name, value]) =>
        [value].flat().map((one) => [name, one] as const),
      );
      const call = {
        method,
        endpoint: 'http://localhost:9000',
        path: `/b/${key}`,
        query: entries,
        headers,
      };
      const own = { ...credential, region: verifier.region, service: 's3', now };
      const wire = new Map(
        Object.entries({ ...headers, host: 'localhost:9000' }).map(
          ([name, value]) => [name, [Buffer.from(value, 'utf8').toString('latin1')]] as const,
        ),
      );
      const target = presign(call, own, 5).slice('http://localhost:9000'.length);
      const presigned = { method, target, headers: wire, receivedAt: now };
      assert.equal((await verify(presigned)).credential, credential);
      const sent = signHeaders(call, own, emptyHash);
      const byHeader = {
        method,
        target: sent.target,
        headers: new Map(
          Object.entries(sent.headers).map(([name, value]) => [name, [value]] as const),
        ),
        receivedAt: now,
      };
      assert.equal((await verify(byHeader)).credential, credential);
    }),
    { numRuns: 150 },
  );
});

const flipAt = (text: string, at: number, bit: number): string => {
  const index = at % text.length;
  const code = text.charCodeAt(index) ^ (1 << bit);
  return text.slice(0, index) + String.fromCharCode(code) + text.slice(index + 1);
};

/** What a target means: two spellings of one meaning may both verify. */
function meaning(target: string): string {
  const path = rawPath(target);
  const query = queryEntries(rawQuery(target)).map(([name, value]) => `${name}\0${value}`);
  return JSON.stringify([decodeURIComponent(path), query.sort()]);
}

function sameMeaning(a: string, b: string): boolean {
  try {
    return meaning(a) === meaning(b);
  } catch {
    return false;
  }
}

async function refused(request: ReceivedRequest): Promise<void> {
  await assert.rejects(async () => verify(request), Refusal);
}

test('one flipped bit in method, target, signed header or signature is refused', async () => {
  const places = fc.constantFrom('method', 'target', 'header', 'signature', 'date');
  await fc.assert(
    fc.asyncProperty(
      requests,
      places,
      fc.nat(),
      fc.integer({ min: 0, max: 6 }),
      async (request, place, at, bit) => {
        const signed = received(await signer.sign(unsigned(request), { signingDate: now }));
        const headers = new Map(signed.headers);
        const alter = (name: string) => {
          const [value = ''] = headers.get(name) ?? [];
          headers.set(name, [value === '' ? 'x' : flipAt(value, at, bit)]);
        };
        switch (place) {
          case 'method':
            return refused({ ...signed, method: flipAt(signed.method, at, bit) });
          case 'target': {
            const target = flipAt(signed.target, at, bit);
            if (sameMeaning(target, signed.target)) return;
            return refused({ ...signed, target });
          }
          case 'header':
            alter('x-amz-content-sha256');
            break;
          case 'date':
            alter('x-amz-date');
            break;
          case 'signature': {
            const [value = ''] = headers.get('authorization') ?? [];
            const start = value.length - 64;
            headers.set('authorization', [
              value.slice(0, start) + flipAt(value.slice(start), at, bit),
            ]);
          }
        }
        return refused({ ...signed, headers });
      },
    ),
    { numRuns: 500 },
  );
});

test('a header more, a header less and another key are refused', async () => {
  const base: Request = {
    method: 'PUT',
    key: 'k',
    query: {},
    headers: { 'x-amz-meta-a': 'v' },
  };
  const signed = received(await signer.sign(unsigned(base), { signingDate: now }));
  const more = new Map([...signed.headers, ['x-amz-acl', ['public-read']]] as const);
  await assert.rejects(async () => verify({ ...signed, headers: more }), {
    code: 'AccessDenied',
    detail: {
      message: 'There were headers present in the request which were not signed',
      fields: { HeadersNotSigned: 'x-amz-acl' },
    },
  });
  const less = new Map([...signed.headers].filter(([name]) => name !== 'x-amz-meta-a'));
  await assert.rejects(async () => verify({ ...signed, headers: less }), {
    code: 'SignatureDoesNotMatch',
  });
});
