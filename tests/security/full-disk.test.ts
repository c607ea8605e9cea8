/**
 * A full disk (SECURITY-REGRESSIONS, "Paths, parsers, resources"): writes are refused while the
 * metadata can still commit, so that reading and deleting go on and the process lives. On a small
 * file system of its own in memory; skipped where none may be mounted.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startServer } from '../server.ts';
import { presign } from '../../src/access/signature/presign.ts';

const sizeMiB = 80;

/** A mounted folder, or undefined where that is not permitted. */
function smallDisk(): (Disposable & { readonly path: string }) | undefined {
  const path = mkdtempSync(join(tmpdir(), 'coffer-small-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m`, 'none', path]);
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  if (status !== 0) {
    remove();
    return undefined;
  }
  return {
    path,
    [Symbol.dispose]: () => {
      spawnSync('umount', [path]);
      remove();
    },
  };
}

test('a full disk refuses writes, and serves reads and deletions', async (t) => {
  using disk = smallDisk();
  if (disk === undefined) return t.skip('mounting a file system is not permitted here');
  const data = join(disk.path, 'store', 'data');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  await using server = await startServer({ data });
  const { accessKeyId, secretAccessKey: secretKey } = server.credentials;
  const ask = async (method: string, path: string, body?: Uint8Array<ArrayBuffer> | string) => {
    const signer = { accessKeyId, secretKey, region: 'us-east-1', service: 's3', now: new Date() };
    const url = presign({ method, endpoint: server.url, path }, signer, 60);
    const init = body === undefined ? { method } : { method, body };
    const answer = await fetch(url, init);
    return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
  };
  assert.equal((await ask('PUT', '/bucket')).status, 200);
  const large = Buffer.alloc(4 * 1024 * 1024, 'large');
  let kept = 0;
  let refused: Awaited<ReturnType<typeof ask>>;
  do refused = await ask('PUT', `/bucket/large-${kept++}`, large);
  while (refused.status === 200 && kept < sizeMiB);
  assert.equal(refused.status, 507);
  assert.match(refused.body.toString(), /<Code>InsufficientStorage<\/Code>/);
  // Small objects fill what large ones left, and then are refused as well.
  const small = Buffer.alloc(16 * 1024, 'small');
  for (let round = 0; ; round++) {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        ask('PUT', `/bucket/small-${round}-${index}`, small),
      ),
    );
    const statuses = new Set(answers.map(({ status }) => status));
    for (const status of statuses) assert.ok(status === 200 || status === 507, `${status}`);
    if (statuses.has(507)) break;
  }
  assert.equal((await ask('PUT', '/another')).status, 507);
  const read = await ask('GET', '/bucket/large-0');
  assert.deepEqual([read.status, read.body.equals(large)], [200, true]);
  for (let index = 0; index < kept; index++) {
    assert.equal((await ask('DELETE', `/bucket/large-${index}`)).status, 204);
  }
  assert.doesNotMatch(server.output(), /accepts no more writes/);
  assert.equal(await server.end(), 0);
});
