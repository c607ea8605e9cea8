/** Rows outside buckets: each opens, and rows that name one another are all there. */
import { recordPublicKey, verifyRecord } from '../../crypto/record-signature.ts';
import { type AccessKeyRow, accessKeyRow } from '../../rows/access-key-row.ts';
import { type AccountRow, accountRow } from '../../rows/account-row.ts';
import { policyRow } from '../../rows/bucket-config-row.ts';
import { type BucketRow, bucketRow } from '../../rows/bucket-row.ts';
import { directoryRow } from '../../rows/directory-row.ts';
import { keyringRow } from '../../rows/keyring-row.ts';
import { behind, directoryShard, encodeKey, printableKey, rangeOf } from '../../rows/keyspace.ts';
import { processRow } from '../../rows/process-row.ts';
import { type RecordKey, type RecordRow, recordRow } from '../../rows/record-row.ts';
import { reservationRow } from '../../rows/reservation-row.ts';
import type { StoreRowKind } from '../../rows/row-kind.ts';
import { storeRow } from '../../rows/store-row.ts';
import { trashRow } from '../../rows/trash-row.ts';
import { type UserKey, type UserRow, userRow } from '../../rows/user-row.ts';
import { openedElsewhere } from './finding.ts';
import type { LookedAt } from './looking.ts';

export type StoreRowCheck = (at: LookedAt) => Promise<void>;

/** By the kind's number. */
export const storeRowChecks: ReadonlyMap<number, { name: string; check: StoreRowCheck }> = new Map([
  plain(keyringRow),
  plain(storeRow),
  kindOf(directoryRow, checkDirectory),
  kindOf(accountRow, checkAccount),
  kindOf(userRow, checkUser),
  kindOf(accessKeyRow, checkAccessKey),
  plain(processRow),
  plain(reservationRow),
  plain(trashRow),
  kindOf(recordRow, checkRecord),
  kindOf(bucketRow, checkBucket),
]);

type CheckOpened<K, V> = (at: LookedAt, key: K, value: V) => Promise<void>;

function kindOf<K, V>(kind: StoreRowKind<K, V>, check: CheckOpened<K, V>) {
  const opened: StoreRowCheck = async (at) => {
    const { looking, entry, report } = at;
    const read = report.opened('it', () => ({
      key: kind.decodeKey(entry.key),
      value: looking.inspection.openStoreRow(kind, entry),
    }));
    if (read !== undefined) await check(at, read.key, read.value);
  };
  return [kind.code, { name: kind.name, check: opened }] as const;
}

function plain<K, V>(kind: StoreRowKind<K, V>) {
  return kindOf(kind, async () => undefined);
}

async function isThere({ looking }: LookedAt, rowKey: Uint8Array): Promise<boolean> {
  return (await looking.inspection.sealed(rowKey)) !== undefined;
}

async function checkDirectory(at: LookedAt, shard: number, names: ReadonlySet<string>) {
  for (const name of names) {
    const named = rowKeyOf(name);
    if (named === undefined || directoryShard(name) !== shard) {
      at.report.say(`it names ${JSON.stringify(name)}, which it should not`);
    } else if (!(await isThere(at, named.rowKey))) {
      const about = { kind: named.kind, row: printableKey(named.rowKey), bucket: named.bucket };
      at.report.say('the directory names it, and its row is missing', about);
    }
  }
}

/** The row that a name of the directory stands for. */
function rowKeyOf(name: string) {
  const [kind, first = '', ...rest] = name.split('/');
  const last = rest.join('/');
  if (kind === 'bucket') return { kind, rowKey: bucketRow.encodeKey(first), bucket: first };
  if (kind === 'account') return { kind, rowKey: accountRow.encodeKey(first), bucket: undefined };
  if (kind !== 'user') return undefined;
  return { kind, rowKey: userRow.encodeKey({ account: first, name: last }), bucket: undefined };
}

async function checkInDirectory(at: LookedAt, name: string): Promise<void> {
  const key = directoryRow.encodeKey(directoryShard(name));
  const { inspection } = at.looking;
  const value = await inspection.sealed(key);
  const names =
    value && openedElsewhere(() => inspection.openStoreRow(directoryRow, { key, value }));
  if (value !== undefined && names === undefined) return;
  if (names?.has(name) !== true) at.report.say('the directory does not name it');
}

async function checkKeys(at: LookedAt, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    if (await isThere(at, accessKeyRow.encodeKey(id))) continue;
    at.report.say(`its access key ${id} is missing`);
  }
}

async function checkAccount(at: LookedAt, id: string, account: AccountRow): Promise<void> {
  const { users, accessKeys } = account;
  await checkInDirectory(at, `account/${id}`);
  await checkKeys(at, accessKeys);
  let count = 0;
  let { start, end } = rangeOf(encodeKey(userRow.code, id));
  for (;;) {
    const page = await at.looking.inspection.entries({ start, end, limit: 1_000 });
    count += page.length;
    const last = page.at(-1);
    if (last === undefined || page.length < 1_000) break;
    start = behind(last.key);
  }
  if (count !== users) at.report.say(`it has ${count} users, and says ${users}`);
}

async function checkUser(at: LookedAt, { account, name }: UserKey, user: UserRow): Promise<void> {
  const { accessKeys } = user;
  await checkInDirectory(at, `user/${account}/${name}`);
  await checkKeys(at, accessKeys);
  if (!(await isThere(at, accountRow.encodeKey(account)))) at.report.say('its account is missing');
}

async function checkAccessKey(at: LookedAt, id: string, row: AccessKeyRow): Promise<void> {
  const { account, user } = row;
  const { inspection } = at.looking;
  const key =
    user === undefined ? accountRow.encodeKey(account) : userRow.encodeKey({ account, name: user });
  const value = await inspection.sealed(key);
  if (value === undefined) return at.report.say('whose it is, is missing');
  const owner = openedElsewhere(() =>
    user === undefined
      ? inspection.openStoreRow(accountRow, { key, value })
      : inspection.openStoreRow(userRow, { key, value }),
  );
  if (owner?.accessKeys.includes(id) === false) at.report.say('whose it is does not name it');
}

async function checkRecord(
  { looking, report }: LookedAt,
  _key: RecordKey,
  { text, signature }: RecordRow,
): Promise<void> {
  const { signing } = looking.keys.newest.keyring;
  if (signing === undefined || verifyRecord(recordPublicKey(signing), text, signature)) return;
  report.say('its signature is not this store’s');
}

async function checkBucket(
  at: LookedAt,
  name: string,
  { id, account, configs, secret }: BucketRow,
): Promise<void> {
  const { looking, report } = at;
  report.know({ bucket: name });
  await checkInDirectory(at, `bucket/${name}`);
  await report.openedLater('its secret', () => looking.inspection.bucket(name));
  if (!(await isThere(at, accountRow.encodeKey(account)))) report.say('its account is missing');
  // What is left of a shredded bucket goes piece by piece.
  if (secret === undefined) return;
  for (const config of configs) {
    if (!(await isThere(at, encodeKey(policyRow.code, id, config)))) {
      report.say(`its ${config} is missing`);
    }
  }
}
