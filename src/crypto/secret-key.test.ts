import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { format, inspect } from 'node:util';
import { Defect } from '../base/refusal.ts';
import { SecretKey, secretsOf } from './secret-key.ts';
import { xaesSeal } from './xaes-gcm.ts';

const bytes = Buffer.alloc(32, 'canary-key-bytes');

test('a key shows itself nowhere', () => {
  const key = SecretKey.from(bytes);
  xaesSeal(key, Buffer.alloc(0), Buffer.alloc(0));
  const shown = [
    String(key),
    JSON.stringify({ key }),
    inspect(key, { showHidden: true, depth: 9 }),
    format('%s %o %O %j', key, key, key, { key }),
    Object.getOwnPropertyNames(key).join(','),
    JSON.stringify(structuredClone(key)),
  ].join('\n');
  for (const form of ['canary', bytes.toString('hex'), bytes.toString('base64'), '99, 97, 110']) {
    assert.ok(!shown.includes(form), `${form} in ${shown}`);
  }
  assert.match(shown, /\[redacted\]/);
});

test('keys are copies, are random, and are 32 bytes', () => {
  const source = Buffer.from(bytes);
  const key = SecretKey.from(source);
  source.fill(0);
  assert.deepEqual(key.exportForKeyring(), bytes);
  key.exportForKeyring().fill(0);
  assert.deepEqual(key.exportForKeyring(), bytes);
  assert.notDeepEqual(
    SecretKey.generate().exportForKeyring(),
    SecretKey.generate().exportForKeyring(),
  );
  assert.throws(() => SecretKey.from(bytes.subarray(1)), Defect);
  assert.ok(key.equals(key) && key.equals(SecretKey.from(bytes)));
  assert.ok(!key.equals(SecretKey.generate()));
});

test('a destroyed key is wiped and cannot be used', () => {
  const key = SecretKey.from(bytes);
  xaesSeal(key, Buffer.alloc(0), Buffer.alloc(0));
  const inside = secretsOf(key);
  key.destroy();
  key.destroy();
  assert.deepEqual(inside.bytes, Buffer.alloc(32));
  assert.deepEqual(inside.xaes?.k1, Buffer.alloc(16));
  assert.throws(() => key.exportForKeyring(), Defect);
  assert.throws(() => xaesSeal(key, Buffer.alloc(0), Buffer.alloc(0)), Defect);
});

test('only crypto/ reads the bytes of keys', () => {
  const src = resolve(import.meta.dirname, '..');
  const readers = readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.startsWith(import.meta.dirname))
    .filter((path) => /\bsecretsOf\b/.test(readFileSync(path, 'utf8')));
  assert.deepEqual(readers, []);
});
