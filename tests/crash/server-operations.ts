/** Changes of the keys of a server, each waited for to its end. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { AdminClient } from '../../src/admin/client.ts';
import type { Operation } from './plan.ts';

export async function change(admin: AdminClient, operation: Operation): Promise<void> {
  if (operation === 'rotate') await admin.call('RotateKeys', { body: {} });
  else if (operation === 'rewrap') await rewrap(admin);
  else if (operation === 'destroy') await destroyRetained(admin);
}

async function rewrap(admin: AdminClient): Promise<void> {
  const { run } = await admin.call('RewrapKeys', { body: {} });
  for (;;) {
    const query = { run: String(run) };
    const { state, unmoved } = await admin.call('GetRewrapStatus', { query });
    if (state === 'complete') return;
    assert.ok(state === 'waiting' || state === 'counting' || state === 'moving', state);
    assert.equal(unmoved.rows, 0);
    await pause(5);
  }
}

/** Those that nothing refers to; what is of a bucket that was shredded goes by itself. */
async function destroyRetained(admin: AdminClient): Promise<void> {
  const { versions } = await admin.call('GetKeysStatus', {});
  for (const { version, state, references } of versions) {
    if (state !== 'retained' || references.rows > 0) continue;
    await admin.call('DestroyKeyVersion', { path: { version: String(version) }, body: {} });
  }
}
