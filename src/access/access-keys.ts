/**
 * Access keys: an id that is shown and a secret that is shown once. The secret is stored sealed,
 * because SigV4 can only be verified by who knows it.
 */
import { randomBytes } from 'node:crypto';
import { Refusal } from '../base/refusal.ts';
import type { Clock } from '../base/time.ts';
import { accessKeyRow, type AccessKeyRow } from '../rows/access-key-row.ts';
import { accountRow } from '../rows/account-row.ts';
import type { RowTransaction, Rows, RowView } from '../rows/rows.ts';
import { userRow } from '../rows/user-row.ts';
import { allRows } from './all-rows.ts';

/** Whose a key is: a user's, or without `user` the account's root's. */
export interface KeyOwner {
  /** Account id. */
  readonly account: string;
  readonly user?: string | undefined;
}

export interface GivenKey {
  readonly accessKeyId: string;
  readonly secretKey: string;
}

/** A key as it was made: the only time its secret is told. */
export type IssuedKey = GivenKey;

export interface KeyDetail extends KeyOwner {
  readonly accessKeyId: string;
  readonly enabled: boolean;
  readonly createdAt: Date;
}

export interface KeepsLast {
  readonly keepsLast?: boolean;
}

/** As IAM: two active keys let one be replaced without a gap; we allow a few more. */
const keysPerOwnerMax = 8;

export class AccessKeys {
  readonly #rows: Rows;
  readonly #clock: Clock;

  constructor(rows: Rows, clock: Clock) {
    this.#rows = rows;
    this.#clock = clock;
  }

  /** Makes a key for an owner who exists, or `NotFound`; an id that exists is `AlreadyExists`. */
  create(owner: KeyOwner, given?: GivenKey): Promise<IssuedKey> {
    return this.#rows.transact(async (transaction) => {
      const key = await this.issueIn(transaction, owner, given);
      await changeKeys(transaction, owner, (keys) => {
        if (keys.length >= keysPerOwnerMax) {
          throw new Refusal('InvalidArgument', {
            message: `One identity has at most ${keysPerOwnerMax} access keys: delete one first.`,
          });
        }
        return [...keys, key.accessKeyId];
      });
      return key;
    });
  }

  /** Writes the key's row only; the caller keeps the owner's list. */
  async issueIn(
    transaction: RowTransaction,
    owner: KeyOwner,
    given: GivenKey | undefined,
  ): Promise<IssuedKey> {
    const key = given ?? generateKey();
    checkKey(key);
    if ((await transaction.get(accessKeyRow, key.accessKeyId)) !== undefined) {
      throw new Refusal('AlreadyExists', {
        message: `The access key ${key.accessKeyId} exists already.`,
      });
    }
    transaction.put(accessKeyRow, key.accessKeyId, {
      account: owner.account,
      user: owner.user,
      secret: key.secretKey,
      enabled: true,
      createdAt: this.#clock(),
    });
    return key;
  }

  revokeIn(transaction: RowTransaction, accessKeyIds: readonly string[]): void {
    for (const id of accessKeyIds) transaction.delete(accessKeyRow, id);
  }

  /** Keys of an account (its users' too), or of one user; all without an owner. */
  async list(view: RowView, owner?: KeyOwner): Promise<readonly KeyDetail[]> {
    const rows = await allRows(view, accessKeyRow);
    return rows
      .filter(
        ({ value }) =>
          owner === undefined ||
          (value.account === owner.account &&
            (owner.user === undefined || value.user === owner.user)),
      )
      .map(({ key, value }) => ({
        accessKeyId: key,
        account: value.account,
        user: value.user,
        enabled: value.enabled,
        createdAt: value.createdAt,
      }));
  }

  /** The key, without its secret, or `NotFound`. */
  async get(view: RowView, accessKeyId: string): Promise<KeyDetail> {
    const key = await this.find(view, accessKeyId);
    if (key === undefined) throw noKey(accessKeyId);
    return key;
  }

  /** The key, without its secret, or undefined. */
  async find(view: RowView, accessKeyId: string): Promise<KeyDetail | undefined> {
    const row = await view.get(accessKeyRow, accessKeyId);
    if (row === undefined) return undefined;
    const { account, user, enabled, createdAt } = row;
    return { accessKeyId, account, user, enabled, createdAt };
  }

  /**
   * Turns a key off or on; holds in every process on its next request. With `keepsLast`, the last
   * enabled key of an account's root is not turned off: `StillReferenced`.
   */
  setEnabled(accessKeyId: string, enabled: boolean, options: KeepsLast = {}): Promise<void> {
    return this.#rows.transact(async (transaction) => {
      const row = await transaction.get(accessKeyRow, accessKeyId);
      if (row === undefined) throw noKey(accessKeyId);
      if (options.keepsLast === true && !enabled) await refuseLast(transaction, accessKeyId, row);
      transaction.put(accessKeyRow, accessKeyId, { ...row, enabled });
    });
  }

  /** Removes a key; `keepsLast` as for `setEnabled`. */
  delete(accessKeyId: string, options: KeepsLast = {}): Promise<void> {
    return this.#rows.transact(async (transaction) => {
      const row = await transaction.get(accessKeyRow, accessKeyId);
      if (row === undefined) throw noKey(accessKeyId);
      if (options.keepsLast === true) await refuseLast(transaction, accessKeyId, row);
      await changeKeys(transaction, row, (keys) => keys.filter((id) => id !== accessKeyId));
      transaction.delete(accessKeyRow, accessKeyId);
    });
  }

  /**
   * Makes `given` the only key of an account's root, whatever it had before: credentials from the
   * environment replace the stored ones. False, and nothing written, when they already are.
   */
  replaceRoot(account: string, given: GivenKey): Promise<boolean> {
    checkKey(given);
    return this.#rows.transact(async (transaction) => {
      const row = await transaction.get(accountRow, account);
      if (row === undefined) {
        throw new Refusal('NotFound', { message: `There is no account ${account}.` });
      }
      const current = await transaction.get(accessKeyRow, given.accessKeyId);
      const own = current?.account === account && current.user === undefined;
      if (current !== undefined && !own) {
        throw new Refusal('AlreadyExists', {
          message: `The access key ${given.accessKeyId} belongs to another identity.`,
        });
      }
      const alone = row.accessKeys.length === 1 && row.accessKeys[0] === given.accessKeyId;
      if (alone && current?.secret === given.secretKey && current.enabled) return false;
      this.revokeIn(transaction, row.accessKeys);
      transaction.put(accessKeyRow, given.accessKeyId, {
        account,
        user: undefined,
        secret: given.secretKey,
        enabled: true,
        createdAt: this.#clock(),
      });
      transaction.put(accountRow, account, { ...row, accessKeys: [given.accessKeyId] });
      return true;
    });
  }
}

/** Decided in the transaction: two calls at once must not each leave the other's key as the last. */
async function refuseLast(
  transaction: RowTransaction,
  accessKeyId: string,
  { account, user, enabled }: AccessKeyRow,
): Promise<void> {
  if (user !== undefined || !enabled) return;
  const root = await transaction.get(accountRow, account);
  for (const id of root?.accessKeys ?? []) {
    if (id === accessKeyId) continue;
    if ((await transaction.get(accessKeyRow, id))?.enabled === true) return;
  }
  throw new Refusal('StillReferenced', {
    message: `${accessKeyId} is the last enabled access key of its account's root.`,
  });
}

async function changeKeys(
  transaction: RowTransaction,
  { account, user }: KeyOwner,
  change: (keys: readonly string[]) => readonly string[],
): Promise<void> {
  if (user === undefined) {
    const row = await transaction.get(accountRow, account);
    if (row === undefined) throw noOwner(`account ${account}`);
    transaction.put(accountRow, account, { ...row, accessKeys: change(row.accessKeys) });
    return;
  }
  const name = { account, name: user };
  const row = await transaction.get(userRow, name);
  if (row === undefined) throw noOwner(`user ${user}`);
  transaction.put(userRow, name, { ...row, accessKeys: change(row.accessKeys) });
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A new key in AWS's forms: `AKIA` and 16 of base32 (80 bits), 40 characters of base64 (240 bits). */
export function generateKey(): IssuedKey {
  const letters = [...randomBytes(16)].map((byte) => base32[byte & 31]).join('');
  return { accessKeyId: `AKIA${letters}`, secretKey: randomBytes(30).toString('base64') };
}

/** Given keys: what clients and the signature's grammar can carry. */
function checkKey({ accessKeyId, secretKey }: GivenKey): void {
  if (!/^[A-Za-z0-9_.-]{3,128}$/.test(accessKeyId)) {
    throw new Refusal('InvalidArgument', {
      message: 'An access key id is 3 to 128 letters, digits, "_", "." or "-".',
    });
  }
  if (!/^[\x21-\x7e]{8,128}$/.test(secretKey)) {
    throw new Refusal('InvalidArgument', {
      message: 'A secret key is 8 to 128 printable ASCII characters without spaces.',
    });
  }
}

function noKey(accessKeyId: string): Refusal {
  return new Refusal('NotFound', { message: `There is no access key ${accessKeyId}.` });
}

function noOwner(owner: string): Refusal {
  return new Refusal('NotFound', { message: `There is no ${owner}.` });
}
