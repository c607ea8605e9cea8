import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { inBlock, parseIp, parseIpBlock } from './ip-address.ts';

const inside = (address: string, block: string): boolean => {
  const parsed = parseIp(address);
  const range = parseIpBlock(block);
  assert.ok(parsed !== undefined && range !== undefined, `${address} ${block}`);
  return inBlock(parsed, range);
};

test('addresses lie in blocks', () => {
  const cases: readonly (readonly [address: string, block: string, inside: boolean])[] = [
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['10.0.0.127', '10.0.0.0/25', true],
    ['10.0.0.128', '10.0.0.0/25', false],
    ['10.0.0.99', '10.0.0.5/24', true],
    ['255.255.255.255', '0.0.0.0/0', true],
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.2', '10.0.0.1', false],
    ['2001:db8::1', '2001:DB8::/32', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['2001:db8::8000', '2001:db8::/113', false],
    ['2001:db8::7fff', '2001:db8::/113', true],
    ['::1', '::/0', true],
    ['::1', '0.0.0.0/0', false],
    ['10.0.0.1', '::/0', false],
    ['::ffff:10.0.0.1', '10.0.0.0/24', true],
    ['10.0.0.1', '::ffff:10.0.0.0/120', true],
  ];
  for (const [address, block, expected] of cases) {
    assert.equal(inside(address, block), expected, `${address} in ${block}`);
  }
});

test('blocks that are none', () => {
  for (const text of [
    '',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/',
    '10.0.0/8',
    '10.0.0.256',
    '010.0.0.1',
    '1::2::3',
    '2001:db8::/129',
    '::ffff:10.0.0.0/90',
    '12345::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '10.0.0.1::',
    ':1',
  ]) {
    assert.equal(parseIpBlock(text), undefined, text);
  }
});

test('an address is one exactly where the platform says so', () => {
  const text = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdef:.')), maxLength: 24 }),
  );
  fc.assert(
    fc.property(text, (each) => {
      assert.equal(parseIp(each) !== undefined, isIP(each) !== 0, each);
    }),
    { numRuns: 3000 },
  );
});
