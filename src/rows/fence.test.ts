/** The fence, and the changes of keyring that it is there for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { randomId } from '../base/ids.ts';
import { readHeader } from '../crypto/envelope.ts';
import { openMemoryMetadata } from '../engines/memory/metadata.ts';
import { activatePrepared, addVersion, mintFirstKeyring } from '../keys/keyring.ts';
import { KeysInForce } from '../keys/keys-in-force.ts';
import { freshRows, loadedKeys } from '../../tests/rows-fixture.ts';
import { accountRow } from './account-row.ts';
import { processRow } from './process-row.ts';
import { type Rows, openRows, readKeyringReference } from './rows.ts';

const clock = (): Date => new Date(1_795_000_000_000);
const account = {
  name: 'a',
  canonicalId: 'c'.repeat(64),
  createdAt: clock(),
  users: 0,
  accessKeys: [],
};

test('the fence: a process without the keyring in force waits for it, and seals under it', async () => {
  const metadata = openMemoryMetadata();
  const first = loadedKeys(mintFirstKeyring(randomId(), clock()));
  const [ours, theirs] = [new KeysInForce(first), new KeysInForce(first)];
  const late = openRows({ metadata, keys: ours, clock });
  const rotating = openRows({ metadata, keys: theirs, clock });
  await late.initialise('us-east-1', async () => undefined);
  const prepared = addVersion(first.keyring, clock());
  assert.equal(await rotating.changeKeyring(loadedKeys(prepared)), 'changed');
  assert.equal(await rotating.changeKeyring(loadedKeys(activatePrepared(prepared))), 'changed');
  const written = late.transact((transaction) => transaction.create(accountRow, '1', account));
  assert.equal(await Promise.race([written, pause(50, 'waits')]), 'waits');
  ours.take(theirs.newest);
  await written;
  using snapshot = metadata.snapshot();
  const value = await snapshot.get(accountRow.encodeKey('1'));
  assert.equal(value && readHeader(value).keyVersion, 2);
  using view = late.view();
  // Reserved under both: under which it would commit was not known before.
  assert.deepEqual((await view.get(processRow, late.processId))?.wraps, { 1: 65_536, 2: 65_536 });
});

test('the keyring row is changed by who holds the keyring in force, and by one alone', async () => {
  const metadata = openMemoryMetadata();
  const first = loadedKeys(mintFirstKeyring(randomId(), clock()));
  const [one, two] = [1, 2].map(() =>
    openRows({ metadata, keys: new KeysInForce(first), clock }),
  ) as [Rows, Rows];
  await one.initialise('us-east-1', async () => undefined);
  const next = () => loadedKeys(addVersion(first.keyring, clock()));
  assert.equal(await one.changeKeyring(next(), async () => false), 'declined');
  const changed = await Promise.all([one, two].map((rows) => rows.changeKeyring(next())));
  assert.deepEqual(
    changed.toSorted((a, b) => (a < b ? -1 : 1)),
    ['changed', 'superseded'],
  );
  assert.equal((await readKeyringReference(metadata))?.generation, 2);
});

test('the fence: a transaction in flight does not commit once the keyring changed', async () => {
  const metadata = openMemoryMetadata();
  const first = loadedKeys(mintFirstKeyring(randomId(), clock()));
  const rows = openRows({ metadata, keys: new KeysInForce(first), clock });
  await rows.initialise('us-east-1', async () => undefined);
  const next = loadedKeys(addVersion(first.keyring, clock()));
  let attempts = 0;
  await rows.transact(async (transaction) => {
    attempts += 1;
    if (attempts === 1) assert.equal(await rows.changeKeyring(next), 'changed');
    await transaction.create(accountRow, '1', account);
  });
  assert.equal(attempts, 2);
});

test('a process says that it lives and which keyring it holds; its wraps never become fewer', async () => {
  const rows = await freshRows();
  await rows.transact((transaction) => transaction.create(accountRow, '1', account));
  await rows.announce();
  const said = async () => {
    using view = rows.view();
    return (await view.get(processRow, rows.processId)) ?? assert.fail();
  };
  const { generation, leaseUntil, wraps } = await said();
  assert.equal(generation, 1);
  assert.ok(leaseUntil !== undefined && leaseUntil > new Date());
  assert.deepEqual(wraps, { 1: 65_536 });
});
