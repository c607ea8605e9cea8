import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeysInForce } from '../keys/keys-in-force.ts';
import { openMemoryMetadata } from '../engines/memory/metadata.ts';
import { freshKeys } from '../../tests/rows-fixture.ts';
import { openRows } from './rows.ts';
import { isRecordSignedBy, publicKeyOf, putRecord, readRecords } from './signed-records.ts';

const clock = (): Date => new Date(1_795_000_000_000);

test('records come back oldest first, as they were signed, and each verifies', async () => {
  const keys = freshKeys();
  const { keyring } = keys;
  const metadata = openMemoryMetadata();
  const rows = openRows({ metadata, keys: new KeysInForce(keys), clock });
  await rows.initialise('us-east-1', async () => undefined);
  const later = new Date(clock().getTime() + 1_000);
  const made = await rows.transact(async (transaction) => {
    const facts = { version: 2, absent: undefined };
    const second = { kind: 'master-key-destroyed', madeAt: later, facts } as const;
    const first = { kind: 'bucket-shredded', madeAt: clock(), facts: { bucket: 'b' } } as const;
    return [second, first].map((record) => putRecord(transaction, keyring, record));
  });
  using view = rows.view();
  const read = await readRecords(view, keyring);
  assert.deepEqual(
    read.map(({ id }) => id),
    made.map(({ id }) => id).toReversed(),
  );
  const publicKey = publicKeyOf(keyring);
  assert.ok(publicKey);
  for (const record of read) {
    assert.equal(record.verified, true);
    assert.ok(isRecordSignedBy(publicKey, record));
    assert.ok(!isRecordSignedBy(publicKey, { ...record, text: `${record.text} ` }));
    assert.equal(record.facts['publicKey'], publicKey);
    assert.equal(record.facts['store'], Buffer.from(rows.storeId).toString('hex'));
  }
  assert.deepEqual(Object.keys(read[1]?.facts ?? {}), [
    'record',
    'store',
    'madeAt',
    'version',
    'publicKey',
  ]);
  const others = await readRecords(view, freshKeys().keyring);
  assert.deepEqual(
    others.map(({ verified }) => verified),
    [false, false],
  );
});
