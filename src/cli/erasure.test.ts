/** The commands that cannot be undone: what they ask, what they print, what is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cliPlace } from '../../tests/cli-fixture.ts';
import { bucketSettings } from '../../tests/rows-fixture.ts';
import type { RecordList } from '../admin/contract.ts';

test('a bucket is shredded once its name was typed, and the next steps are told', async () => {
  await using place = await cliPlace();
  await place.house.rows.transact((transaction) =>
    transaction.createBucket('ward', bucketSettings()),
  );
  const wrong = await place.coffer(['bucket', 'shred', 'ward'], { typed: 'wart' });
  assert.equal(wrong.exitCode, 1);
  assert.match(wrong.err, /nothing was done/);
  assert.match(
    wrong.asked[0] ?? '',
    /unreadable, for everybody and for ever.*\nType ward to go on/,
  );
  const none = await place.coffer(['keys', 'records']);
  assert.match(none.out, /^Public key {2}\S{43}\n\nThere are no records\.\n$/);
  const right = await place.coffer(['bucket', 'shred', 'ward'], { typed: 'ward' });
  assert.equal(right.exitCode, 0, right.err);
  assert.match(right.out, /The bucket ward is shredded/);
  assert.match(
    right.out,
    /coffer keys rotate\n {2}coffer keys rewrap\n {2}coffer keys destroy 1\n/,
  );
  const gone = await place.coffer(['bucket', 'shred', 'ward', '--yes']);
  assert.equal(gone.exitCode, 1);
  assert.match(gone.err, /no bucket named "ward"/);
  const shown = await place.coffer(['keys', 'records']);
  assert.match(shown.out, /^Record {5}bucket-shredded, \d{4}-.* UTC$/m);
  assert.match(shown.out, /\(verified\)\n\{"record":"bucket-shredded"/);
  const listed = (await place.coffer(['keys', 'records', '--json'])).json() as RecordList;
  assert.equal(listed.records.length, 1);
  assert.equal(listed.records[0]?.verified, true);
});

test('a key is destroyed only under its number, and not while it is needed', async () => {
  await using place = await cliPlace();
  const wrong = await place.coffer(['keys', 'destroy', '1'], { typed: 'yes' });
  assert.equal(wrong.exitCode, 1);
  assert.match(wrong.asked[0] ?? '', /version 1 for ever[\s\S]*Type 1 to go on/);
  const unasked = await place.coffer(['keys', 'destroy', '1']);
  assert.equal(unasked.exitCode, 2);
  const current = await place.coffer(['keys', 'destroy', '1', '--yes']);
  assert.equal(current.exitCode, 1);
  assert.match(current.err, /version 1 is current.*coffer keys rotate/);
  for (const version of ['0', 'one', '-1', '1.5', '01']) {
    const given = await place.coffer(['keys', 'destroy', '--yes', version]);
    assert.equal(given.exitCode, 2, version);
  }
  await place.coffer(['keys', 'rotate']);
  const needed = await place.coffer(['keys', 'destroy', '1', '--yes', '--json']);
  assert.equal(needed.exitCode, 1);
  assert.match(needed.err, /StillReferenced/);
  assert.match(needed.err, /rows still need it.*coffer keys rewrap/);
});
