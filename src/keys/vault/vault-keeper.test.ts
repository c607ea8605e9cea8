import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { keeperContract } from '../../../tests/contracts/keeper.ts';
import { startTransitStub, type TransitStub } from '../../../tests/support/transit-stub.ts';
import { lengthPrefixed, u64 } from '../../base/bytes.ts';
import type { TransitPlace } from './transit.ts';
import { VaultKeeper } from './vault-keeper.ts';

const storeId = Buffer.alloc(16, 0x77);
const context = { storeId, generation: 5 };
const body = Buffer.from('{"current":1}');

function placeOf(stub: TransitStub, changes: Partial<TransitPlace> = {}): TransitPlace {
  const { origin, token } = stub;
  const place = { origin, mount: 'transit', key: 'coffer', namespace: undefined };
  return { ...place, token: async () => token, ...changes };
}

for (const derived of [false, true]) {
  keeperContract(derived ? 'vault with a derived key' : 'vault', async () => {
    const stub = await startTransitStub({ derived });
    const other = await startTransitStub({ derived });
    return {
      keeper: new VaultKeeper(placeOf(stub)),
      reopened: new VaultKeeper(placeOf(stub)),
      other: new VaultKeeper(placeOf(other)),
      storeId,
      unreachable: new VaultKeeper(placeOf(stub, { origin: 'http://127.0.0.1:1' })),
      secrets: [stub.token],
      [Symbol.asyncDispose]: async () => {
        await stub[Symbol.asyncDispose]();
        await other[Symbol.asyncDispose]();
      },
    };
  });
}

test('what travels is a fresh key, bound to store and generation, never the keyring', async () => {
  await using stub = await startTransitStub({ mount: 'team/transit', key: 'k', namespace: 'a/b' });
  const keeper = new VaultKeeper(
    placeOf(stub, { mount: 'team/transit', key: 'k', namespace: 'a/b' }),
  );
  assert.deepEqual(keeper.description, {
    kind: 'vault',
    location: `${stub.origin}/team/transit/keys/k`,
  });
  const sealed = await keeper.seal(body, context);
  stub.rotate();
  assert.deepEqual(await keeper.open(sealed, context), body);
  const bound = lengthPrefixed('coffer/1/keyring', storeId, u64(5)).toString('base64');
  assert.deepEqual(
    stub.asked.map(({ path }) => path),
    ['/v1/team/transit/encrypt/k', '/v1/team/transit/decrypt/k'],
  );
  for (const asked of stub.asked) {
    assert.equal(asked.body['context'], bound);
    assert.equal(asked.body['associated_data'], bound);
  }
  const sent = stub.asked[0]?.body['plaintext'];
  assert.equal(Buffer.from(String(sent), 'base64').length, 32);
});

test('each trouble says what it is and how to mend it', async () => {
  await using stub = await startTransitStub();
  const sealed = await new VaultKeeper(placeOf(stub)).seal(body, context);
  const troubles: readonly (readonly [Partial<TransitPlace>, string, RegExp])[] = [
    [
      { token: async () => 'wrong' },
      'failed',
      /refuses the token \(status 403, permission denied\): give/,
    ],
    [{ key: 'none' }, 'failed', /transit\/keys\/none .*encryption key not found.*check the URL/],
    [{ mount: 'none' }, 'failed', /status 404.*check the URL, the mount/],
  ];
  for (const [changes, kind, message] of troubles) {
    const keeper = new VaultKeeper(placeOf(stub, changes));
    await assert.rejects(keeper.open(sealed, context), { name: 'Fault', kind, message });
    await assert.rejects(keeper.seal(body, context), { name: 'Fault', kind, message });
  }
  for (const failing of [429, 500, 503, 473]) {
    stub.failing = failing;
    const message = new RegExp(`cannot be reached for this \\(status ${failing}`);
    await assert.rejects(new VaultKeeper(placeOf(stub)).open(sealed, context), {
      kind: 'unavailable',
      message,
    });
  }
});

test('a redirect is not followed, a silence not waited for, an endless answer not read', async (t) => {
  const hits: string[] = [];
  const server = createServer((request, response) => {
    hits.push(request.url ?? '');
    const mount = request.url?.split('/')[2];
    if (mount === 'moved') {
      response.writeHead(307, { Location: '/v1/elsewhere/encrypt/coffer' }).end();
    } else if (mount === 'long') {
      response.end(Buffer.alloc(300_000, 0x20));
    } else if (mount === 'other') {
      response.end('<html>');
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const origin = `http://127.0.0.1:${address.port}`;
  const seal = (mount: string, timeoutMs = 10_000): Promise<unknown> =>
    new VaultKeeper({
      origin,
      mount,
      key: 'coffer',
      namespace: undefined,
      token: async () => 't',
      timeoutMs,
    }).seal(body, context);
  await assert.rejects(seal('moved'), { kind: 'failed', message: /status 307/ });
  await assert.rejects(seal('silent', 100), { kind: 'unavailable', message: /no answer in time/ });
  await assert.rejects(seal('long'), { kind: 'unavailable', message: /answer is too long/ });
  await assert.rejects(seal('other'), { kind: 'failed', message: /is it Vault\?/ });
  assert.ok(!hits.some((url) => url.includes('elsewhere')));
});
