/** A store with a row of every kind in it, ways to damage it, and what a verification says of it. */
import { randomBytes } from 'node:crypto';
import { toHex } from '../src/base/bytes.ts';
import { signRecord } from '../src/crypto/record-signature.ts';
import type { Entry, Metadata } from '../src/engines/metadata.ts';
import { accessKeyRow } from '../src/rows/access-key-row.ts';
import { accountRow } from '../src/rows/account-row.ts';
import { RowInspector } from '../src/rows/inspection.ts';
import { recordRow } from '../src/rows/record-row.ts';
import { userRow } from '../src/rows/user-row.ts';
import { type Finding, type VerifyQuery, Verifier } from '../src/store/verify.ts';
import { type TestStore, bucketName, diskStore, memoryStore, plainPut } from './store-fixture.ts';
import { begin, listOf, plainPart, plainUpload } from './upload-fixture.ts';

export const accountId = '111122223333';

/** The owner of the fixture's bucket, with a user and a key each. */
export async function withAccount({ rows }: TestStore): Promise<void> {
  await rows.transact(async (transaction) => {
    const createdAt = new Date(1_795_000_000_000);
    const canonicalId = 'ab'.repeat(32);
    const account = { name: 'research', canonicalId, createdAt, users: 1, accessKeys: ['AKROOT'] };
    await transaction.create(accountRow, accountId, account);
    const user = { id: 'AIDAX', createdAt, policy: undefined, accessKeys: ['AKUSER'] };
    await transaction.create(userRow, { account: accountId, name: 'ann' }, user);
    const key = { account: accountId, secret: 'a-secret', enabled: true, createdAt };
    transaction.put(accessKeyRow, 'AKROOT', { ...key, user: undefined });
    transaction.put(accessKeyRow, 'AKUSER', { ...key, user: 'ann' });
  });
}

/** Everything that a store may hold; keys in it are hostile where they may be. */
export async function fullStore(make: () => Promise<TestStore> = memoryStore): Promise<TestStore> {
  const made = await make();
  await withAccount(made);
  const { store, rows, keys } = made;
  const text = '{"Version":"2012-10-17","Statement":[]}';
  await store.buckets.setPolicy(bucketName, { text, isPublic: false });
  await store.buckets.setTags(bucketName, [['team', 'blue']]);
  await store.objects.put(plainPut('small', 'a body'));
  await store.buckets.change(bucketName, { versioning: 'enabled' });
  await store.objects.put(plainPut('small', 'a newer body'));
  await store.objects.put(plainPut('empty'));
  await store.objects.put(plainPut('large', randomBytes(150_000)));
  await store.objects.put(plainPut('other', randomBytes(150_000)));
  await store.objects.put(plainPut('gone\n"0\x00\u202e', 'soon'));
  await store.objects.delete({ bucket: bucketName, key: 'gone\n"0\x00\u202e' });
  const { uploads } = store;
  const completed = await begin(uploads, plainUpload('multi'));
  const part = await uploads.putPart(plainPart(completed, 3, randomBytes(100_000)));
  await uploads.complete({ ...completed, parts: listOf(part) });
  const pending = await begin(uploads, plainUpload('pending'));
  await uploads.putPart(plainPart(pending, 1, 'inline part'));
  await uploads.putPart(plainPart(pending, 2, randomBytes(50_000)));
  const seed = keys.newest.keyring.signing;
  await rows.transact(async (transaction) => {
    const record = {
      text: '{}',
      signature: seed === undefined ? Buffer.alloc(64) : signRecord(seed, '{}'),
    };
    transaction.put(recordRow, { madeAt: new Date(), id: Buffer.alloc(16, 3) }, record);
  });
  await store.objects.put(plainPut('trashed', randomBytes(20_000)));
  const { versionId } = await store.objects.put(plainPut('trashed', randomBytes(20_000)));
  if (versionId !== undefined)
    await store.objects.delete({ bucket: bucketName, key: 'trashed', versionId });
  return made;
}

export const fullDiskStore = (): Promise<TestStore> => fullStore(diskStore);

export function verifierOf({ metadata, keys, blobs }: TestStore): Verifier {
  return new Verifier({ inspector: new RowInspector({ metadata, keys }), keys, blobs });
}

export interface Verified {
  readonly checked: number;
  readonly bytes: number;
  readonly findings: readonly Finding[];
  readonly pages: number;
}

/** All pages. */
export async function verified(made: TestStore, query: VerifyQuery = {}): Promise<Verified> {
  const verifier = verifierOf(made);
  const sum = { checked: 0, bytes: 0, findings: [] as Finding[], pages: 0 };
  for (let { after } = query; ;) {
    const page = await verifier.page({ ...query, after });
    sum.checked += page.checked;
    sum.bytes += page.bytes;
    sum.pages += 1;
    sum.findings.push(...page.findings);
    if (page.next === undefined) return sum;
    after = page.next;
  }
}

/** `kind key: problem`, with ids left out. */
export const shown = ({ findings }: Pick<Verified, 'findings'>): string[] =>
  findings.map(({ kind, key, problem }) =>
    `${kind} ${key ?? '-'}: ${problem}`.replaceAll(/\b[0-9a-f]{32}\b/g, 'ID'),
  );

export async function allRows(metadata: Metadata): Promise<readonly Entry[]> {
  using snapshot = metadata.snapshot();
  const range = { start: Buffer.of(0), end: Buffer.of(0xff), limit: 10_000 };
  return (await snapshot.range(range)).map(({ key, value }) => ({
    key: Buffer.from(key),
    value: Buffer.from(value),
  }));
}

/** Past every seal: what only somebody with the disk in hand can do. */
export function overwrite(metadata: Metadata, rows: readonly Entry[]): Promise<void> {
  return metadata.transact(async (transaction) => {
    for (const { key, value } of rows) transaction.put(key, Buffer.from(value) as never);
  });
}

export function removeRow(metadata: Metadata, { key }: Entry): Promise<void> {
  return metadata.transact(async (transaction) => transaction.delete(key));
}

export const nameOf = ({ key }: Entry): string => `${key[0]?.toString(16)} ${toHex(key)}`;
