import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Fault } from '../base/refusal.ts';
import { gcmOpen, gcmSealInto, tagBytes } from './gcm.ts';

interface Vector {
  readonly tcId: number;
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
  readonly result: 'valid' | 'invalid';
}

const url = new URL('../../tests/vectors/wycheproof-aes-256-gcm.json', import.meta.url);
const { testGroups } = JSON.parse(readFileSync(url, 'utf8')) as {
  testGroups: { tests: Vector[] }[];
};
const vectors = testGroups.flatMap(({ tests }) => tests);
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

test('Wycheproof AES-256-GCM: valid ones seal and open, invalid ones are damage', () => {
  assert.equal(vectors.length, 66);
  for (const { tcId, key, iv, aad, msg, ct, tag, result } of vectors) {
    const message = { key: hex(key), nonce: hex(iv), aad: hex(aad) };
    if (result === 'valid') {
      const sealed = Buffer.alloc(hex(msg).length + tagBytes);
      gcmSealInto(message, hex(msg), sealed, 0);
      assert.equal(sealed.toString('hex'), ct + tag, `test ${tcId}`);
      assert.equal(gcmOpen(message, hex(ct + tag)).toString('hex'), msg, `test ${tcId}`);
    } else {
      assert.throws(() => gcmOpen(message, hex(ct + tag)), Fault, `test ${tcId}`);
    }
  }
});

test('short tags are refused: a tag is 16 bytes or the bytes are damaged', () => {
  const vector = vectors.find(({ result, msg }) => result === 'valid' && msg.length > 0);
  assert.ok(vector);
  const message = { key: hex(vector.key), nonce: hex(vector.iv), aad: hex(vector.aad) };
  const sealed = hex(vector.ct + vector.tag);
  for (let length = 0; length < sealed.length; length++) {
    assert.throws(() => gcmOpen(message, sealed.subarray(0, length)), {
      name: 'Fault',
      kind: 'damaged',
      message: 'the sealed bytes do not open',
    });
  }
});
