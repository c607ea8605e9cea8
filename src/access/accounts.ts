/**
 * Accounts, users and access keys: who may exist. Accounts own buckets; users live inside one
 * account with keys and a policy of their own ("IAM identifiers", IAM User Guide, 2026-11-24, for
 * the forms of names and ids). Every change is one durable transaction, and holds in every process
 * on its next request.
 */
import { randomId } from '../base/ids.ts';
import { Refusal } from '../base/refusal.ts';
import type { Clock } from '../base/time.ts';
import { accountRow, type AccountRow } from '../rows/account-row.ts';
import { bucketRow } from '../rows/bucket-row.ts';
import { encodeKey, rangeOf } from '../rows/keyspace.ts';
import type { RowTransaction, Rows, RowView, StoreReads } from '../rows/rows.ts';
import { userRow } from '../rows/user-row.ts';
import { AccessKeys, type GivenKey, type IssuedKey } from './access-keys.ts';
import { allRows } from './all-rows.ts';
import type { Account } from './identity.ts';

/** The account made at first start. Its root and its users administer; it cannot be deleted. */
export const defaultAccountName = 'default';

export interface AccountDetail extends Account {
  readonly createdAt: Date;
  readonly users: number;
  readonly accessKeys: readonly string[];
}

export class Accounts {
  readonly #rows: Rows;
  readonly #clock: Clock;
  readonly #keys: AccessKeys;

  constructor(rows: Rows, clock: Clock, keys: AccessKeys) {
    this.#rows = rows;
    this.#clock = clock;
    this.#keys = keys;
  }

  /**
   * Makes an account with a root access key. A name, canonical id or access key id that exists is
   * `AlreadyExists`; one that is not of the form is `InvalidArgument`.
   */
  create(input: {
    readonly name: string;
    readonly canonicalId?: string | undefined;
    readonly key?: GivenKey | undefined;
  }): Promise<{ readonly account: AccountDetail; readonly key: IssuedKey }> {
    return this.#rows.transact((transaction) => this.createIn(transaction, input));
  }

  /** As `create`, within a transaction of the caller's: the first start makes all in one. */
  async createIn(
    transaction: RowTransaction,
    input: {
      readonly name: string;
      readonly canonicalId?: string | undefined;
      readonly key?: GivenKey | undefined;
    },
  ): Promise<{ readonly account: AccountDetail; readonly key: IssuedKey }> {
    const { name } = input;
    checkName(name, 'account');
    const canonicalId = input.canonicalId ?? randomId(32).toString('hex');
    if (!/^[0-9a-f]{64}$/.test(canonicalId)) {
      throw new Refusal('InvalidArgument', {
        message: 'A canonical id is 64 lower-case hexadecimal digits.',
      });
    }
    for (const { value } of await allRows(transaction, accountRow)) {
      if (value.name === name) throw exists(`The account ${name}`);
      if (value.canonicalId === canonicalId) throw exists('An account of this canonical id');
    }
    const id = await this.#freshId(transaction);
    const key = await this.#keys.issueIn(transaction, { account: id }, input.key);
    const row = {
      name,
      canonicalId,
      createdAt: this.#clock(),
      users: 0,
      accessKeys: [key.accessKeyId],
    };
    await transaction.create(accountRow, id, row);
    return { account: detail(id, row), key };
  }

  async list(view: RowView): Promise<readonly AccountDetail[]> {
    const rows = await allRows(view, accountRow);
    return rows.map(({ key, value }) => detail(key, value));
  }

  /** The account of this name, or undefined. */
  async named(reads: StoreReads, name: string): Promise<AccountDetail | undefined> {
    for (const { key, value } of await allRows(reads, accountRow)) {
      if (value.name === name) return detail(key, value);
    }
    return undefined;
  }

  /** The account of this name, or `NotFound`. */
  async get(reads: StoreReads, name: string): Promise<AccountDetail> {
    const account = await this.named(reads, name);
    if (account === undefined) {
      throw new Refusal('NotFound', { message: `There is no account named ${name}.` });
    }
    return account;
  }

  /** The account of this id, or undefined. */
  async find(reads: StoreReads, id: string): Promise<Account | undefined> {
    const row = await reads.get(accountRow, id);
    return row && { id, name: row.name, canonicalId: row.canonicalId };
  }

  /** Removes an account that owns no bucket and has no user, with its root's keys. */
  async delete(name: string): Promise<void> {
    if (name === defaultAccountName) {
      throw new Refusal('InvalidArgument', { message: 'The default account cannot be deleted.' });
    }
    await this.#rows.transact(async (transaction) => {
      const account = await this.get(transaction, name);
      if (account.users > 0) throw inUse(`${name} still has ${account.users} users`);
      for (const { key, value } of await allRows(transaction, bucketRow)) {
        if (value.account === account.id) throw inUse(`${name} still owns the bucket ${key}`);
      }
      this.#keys.revokeIn(transaction, account.accessKeys);
      await transaction.remove(accountRow, account.id);
    });
  }

  async #freshId(transaction: RowTransaction): Promise<string> {
    for (;;) {
      const number = randomId(8).readBigUInt64BE() % 900_000_000_000n;
      const id = String(number + 100_000_000_000n);
      if ((await transaction.get(accountRow, id)) === undefined) return id;
    }
  }
}

/** Users of one account, in the order of their names' bytes. */
export async function userNames(reads: StoreReads, account: string): Promise<readonly string[]> {
  const range = rangeOf(encodeKey(userRow.code, account));
  return (await allRows(reads, userRow, range)).map(({ key }) => key.name);
}

/** Names of accounts and users: IAM's letters, digits and `+=,.@_-`, 1 to 64 characters. */
export function checkName(name: string, what: 'account' | 'user'): void {
  if (/^[A-Za-z0-9+=,.@_-]{1,64}$/.test(name)) return;
  throw new Refusal('InvalidArgument', {
    message: `The ${what} name "${name.slice(0, 80)}" must be 1 to 64 letters, digits or +=,.@_-`,
  });
}

export function exists(what: string): Refusal {
  return new Refusal('AlreadyExists', { message: `${what} exists already.` });
}

function inUse(what: string): Refusal {
  return new Refusal('StillReferenced', { message: `The account ${what}.` });
}

function detail(id: string, row: AccountRow): AccountDetail {
  const { name, canonicalId, createdAt, users, accessKeys } = row;
  return { id, name, canonicalId, createdAt, users, accessKeys };
}
