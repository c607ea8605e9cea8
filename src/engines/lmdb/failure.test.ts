/**
 * The first failed commit is the last (docs/decisions/0001-lmdb.md). A child process may write files of a limited
 * size only, so that a commit fails in the kernel; what it saw it prints as JSON.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLmdbMetadata } from './metadata.ts';

interface Report {
  readonly acknowledged: number;
  readonly failures: string[];
  readonly group: string[];
  readonly later: string;
  readonly readable: number;
  readonly closed: boolean;
}

const child = `
const { openLmdbMetadata } = await import(process.argv[1] + '/metadata.ts');
const failures = [];
const onFailure = (fault) => failures.push(fault.kind);
const metadata = await openLmdbMetadata({ path: process.argv[2], onFailure });
const put = (n) => metadata.transact(async (tx) => {
  tx.put(Buffer.from(String(n).padStart(9, '0')), Buffer.alloc(50_000, n));
});
const kindOf = (outcome) => outcome.status === 'fulfilled' ? 'ok' : outcome.reason.kind;
let acknowledged = 0;
let group = [];
while (failures.length === 0) {
  group = (await Promise.allSettled([put(acknowledged), put(acknowledged + 1)])).map(kindOf);
  if (!group.includes('unknown')) acknowledged += 2;
}
const [later] = (await Promise.allSettled([put(1)])).map(kindOf);
const snapshot = metadata.snapshot();
const all = { start: Buffer.of(0), end: Buffer.of(255), limit: 10_000 };
const readable = (await snapshot.range(all)).length;
await metadata.close();
const closed = true;
console.log(JSON.stringify({ acknowledged, failures, group, later, readable, closed }));
`;

test('a failed commit is unknown, later ones are refused, and what was acknowledged is kept', async (t) => {
  if (process.platform === 'win32') return t.skip('needs a POSIX shell');
  const path = await mkdtemp(join(tmpdir(), 'coffer-failure-'));
  // The limit counts blocks of 512 or 1,024 bytes. Its signal is ignored: the write fails instead.
  const command = `trap '' XFSZ; ulimit -f 3000; exec "$0" "$@"`;
  const args = ['--input-type=module', '-e', child, import.meta.dirname, path];
  const { stdout, stderr } = spawnSync('sh', ['-c', command, process.execPath, ...args], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  assert.notEqual(stdout, '', stderr);
  const report = JSON.parse(stdout) as Report;
  assert.deepEqual(report.failures, ['unknown']);
  assert.deepEqual(report.group, ['unknown', 'unknown']);
  assert.equal(report.later, 'unavailable');
  assert.ok(report.acknowledged > 4);
  assert.equal(report.readable, report.acknowledged);
  const metadata = await openLmdbMetadata({ path, onFailure: () => {} });
  {
    using snapshot = metadata.snapshot();
    const all = { start: Buffer.of(0), end: Buffer.of(255), limit: 10_000 };
    assert.equal((await snapshot.range(all)).length, report.acknowledged);
  }
  await metadata.close();
  await rm(path, { recursive: true });
});
