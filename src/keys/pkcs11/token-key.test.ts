import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cryptoki } from './cryptoki.ts';
import { useToken } from './token-key.ts';

const pinIncorrect = 0xa0;

/** A module with one token, whose PIN is always another. */
function moduleOf(logins: string[]): Cryptoki {
  return {
    path: '/module.so',
    address: () => 0n,
    call: (name, ...args) => {
      const [, first, second] = args;
      if (name === 'C_GetSlotList') {
        (first as Buffer).writeBigUInt64LE(7n);
        (second as Buffer).writeBigUInt64LE(1n);
      }
      if (name === 'C_GetTokenInfo') (first as Buffer).write('coffer'.padEnd(32), 'latin1');
      if (name !== 'C_Login') return 0;
      logins.push(Buffer.from(second as Uint8Array).toString('utf8'));
      return pinIncorrect;
    },
  };
}

test('a PIN that was refused is not tried again: asking for a status all the time locks no token', () => {
  const logins: string[] = [];
  const none = { serial: undefined, slotId: undefined, id: undefined };
  const place = { modulePath: '/module.so', token: 'coffer', object: 'root', ...none };
  const gcm = { iv: Buffer.alloc(12), aad: Buffer.alloc(0), input: Buffer.alloc(32) };
  const use = (pin: string): void =>
    assert.throws(() => useToken({ verb: 'Encrypt', place, pin, gcm }, () => moduleOf(logins)), {
      kind: 'failed',
      message: /CKR_PIN_INCORRECT.*not tried again before a restart/,
    });
  use('1234');
  use('1234');
  use('5678');
  use('1234');
  use('5678');
  assert.deepEqual(logins, ['1234', '5678']);
});
