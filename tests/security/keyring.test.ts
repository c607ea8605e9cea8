/**
 * SECURITY-REGRESSIONS, "Encryption": a store whose keys are damaged is refused at its start, with a
 * sentence that names the file and the mend. Nothing is healed by a new key, and when the right file
 * is back everything is there again.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { presign } from '../../src/access/signature/presign.ts';
import { type RunningServer, startServer } from '../server.ts';

async function ask(server: RunningServer, method: string, path: string, body?: string) {
  const { accessKeyId, secretAccessKey: secretKey } = server.credentials;
  const signer = { accessKeyId, secretKey, region: 'us-east-1', service: 's3', now: new Date() };
  const url = presign({ method, endpoint: server.url, path }, signer, 60);
  const answer = await fetch(url, body === undefined ? { method } : { method, body });
  assert.equal(answer.status, 200);
  return answer.text();
}

test('damaged keys stop the start and change nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-test-'));
  const data = join(folder, 'a', 'data');
  const first = await startServer({ data });
  await ask(first, 'PUT', '/bucket');
  await ask(first, 'PUT', '/bucket/key', 'what the key is for');
  await first.end();
  const elsewhere = join(folder, 'b', 'data');
  await (await startServer({ data: elsewhere })).end();

  const rootKey = `${data}.root-key`;
  const keyring = only(join(data, 'keys'));
  const othersKeyring = readFileSync(only(join(elsewhere, 'keys')));
  const root = readFileSync(rootKey, 'utf8');
  const ring = readFileSync(keyring);
  const flipped = (at: number): Buffer => {
    const bytes = Buffer.from(ring);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes;
  };
  const faults: readonly (readonly [
    what: string,
    file: string,
    bytes: Buffer | string | undefined,
  ])[] = [
    ['no keyring', keyring, undefined],
    ['an empty keyring', keyring, ''],
    ['a keyring cut off', keyring, ring.subarray(0, 60)],
    ['a bit flipped in its head', keyring, flipped(20)],
    ['a bit flipped in its seal', keyring, flipped(ring.length - 5)],
    ['the keyring of another store', keyring, othersKeyring],
    ['no root key', rootKey, undefined],
    ['the root key of another store', rootKey, readFileSync(`${elsewhere}.root-key`)],
    [
      'a digit of the root key changed',
      rootKey,
      root.replace(/^key ./m, (text) => (text.endsWith('0') ? 'key 1' : 'key 0')),
    ],
  ];
  const before = contents(data);
  for (const [what, file, bytes] of faults) {
    if (bytes === undefined) rmSync(file);
    else writeFileSync(file, bytes, { mode: 0o600 });
    await assert.rejects(startServer({ data }), (error: Error) => {
      const { message } = error;
      assert.match(message, /^the server ended with [1-9]/, what);
      assert.ok(message.includes(file === rootKey ? rootKey : 'keyring-'), `${what}: ${message}`);
      // A sentence with the mend, and not a stack.
      assert.match(message, /restore|put|give|place|copy|set/i, `${what}: ${message}`);
      assert.doesNotMatch(message, /^\s+at /m, what);
      return true;
    });
    writeFileSync(file, file === rootKey ? root : ring, { mode: 0o600 });
    assert.deepEqual(contents(data), before, what);
  }
  const again = await startServer({ data });
  assert.equal(await ask(again, 'GET', '/bucket/key'), 'what the key is for');
  await again.end();
  rmSync(folder, { recursive: true });
});

function only(folder: string): string {
  const [name = '', ...more] = readdirSync(folder);
  assert.equal(more.length, 0);
  return join(folder, name);
}

/** Names and bytes of all that is kept, but for LMDB's table of readers. */
function contents(data: string): ReadonlyMap<string, string> {
  const found = readdirSync(data, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile() && entry.name !== 'lock.mdb');
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, readFileSync(path).toString('base64')];
    }),
  );
}
