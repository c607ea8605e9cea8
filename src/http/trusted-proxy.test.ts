import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientBehind } from './trusted-proxy.ts';

const peer = { address: '10.0.0.1', secure: false };
const headers = (forwarded: string[], protocol: string[] = []) =>
  new Map([
    ['x-forwarded-for', forwarded],
    ['x-forwarded-proto', protocol],
  ]);

test('without trusted proxies the peer is the client, whatever it claims', () => {
  const client = clientBehind([])(peer, headers(['6.6.6.6'], ['https']));
  assert.deepEqual(client, peer);
});

test('a peer that is not trusted is the client, whatever it claims', () => {
  const stranger = { address: '192.0.2.9', secure: false };
  assert.deepEqual(
    clientBehind(['10.0.0.0/8'])(stranger, headers(['6.6.6.6'], ['https'])),
    stranger,
  );
});

const cases: readonly (readonly [forwarded: string[], address: string])[] = [
  [['203.0.113.7'], '203.0.113.7'],
  // The client wrote the left part itself: the rightmost stranger counts.
  [['6.6.6.6, 203.0.113.7'], '203.0.113.7'],
  [['6.6.6.6', '203.0.113.7, 10.2.3.4'], '203.0.113.7'],
  [['203.0.113.7:4711'], '203.0.113.7'],
  [['[2001:db8::7]:4711'], '2001:db8::7'],
  [['2001:db8::7'], '2001:db8::7'],
  [['::ffff:203.0.113.7'], '203.0.113.7'],
  [['unknown'], '10.0.0.1'],
  [['203.0.113.7, _hidden'], '10.0.0.1'],
  [['203.0.113.7, not-an-ip, 10.2.3.4'], '10.2.3.4'],
  [['10.9.9.9'], '10.9.9.9'],
  [[''], '10.0.0.1'],
  [[], '10.0.0.1'],
  [['fd00::1'], 'fd00::1'],
  [['203.0.113.7, fd00::1'], '203.0.113.7'],
];

for (const [forwarded, address] of cases) {
  test(`behind a trusted proxy: ${JSON.stringify(forwarded)}`, () => {
    const clientOf = clientBehind(['10.0.0.0/8', 'fd00::/8']);
    assert.equal(clientOf(peer, headers(forwarded)).address, address);
  });
}

test('the protocol is what the nearest proxy wrote', () => {
  const clientOf = clientBehind(['10.0.0.1/32']);
  const secure = (...protocol: string[]): boolean =>
    clientOf(peer, headers(['203.0.113.7'], protocol)).secure;
  assert.equal(secure('https'), true);
  assert.equal(secure('HTTPS'), true);
  assert.equal(secure('https, http'), false);
  assert.equal(secure('http', 'https'), true);
  assert.equal(clientOf({ ...peer, secure: true }, new Map()).secure, true);
});
