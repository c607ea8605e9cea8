/** Users inside an account: a name, keys, and one policy that says what they may do. */
import { randomBytes } from 'node:crypto';
import { Refusal } from '../base/refusal.ts';
import type { Clock } from '../base/time.ts';
import { accountRow } from '../rows/account-row.ts';
import type { RowTransaction, Rows, RowView } from '../rows/rows.ts';
import { userRow, type UserRow } from '../rows/user-row.ts';
import type { AccessKeys, GivenKey, IssuedKey } from './access-keys.ts';
import { checkName, exists, userNames } from './accounts.ts';
import { parseIdentityPolicy } from './policy/parse.ts';

export interface UserDetail {
  readonly name: string;
  /** `AIDA…`, never given twice. */
  readonly id: string;
  /** Account id. */
  readonly account: string;
  readonly arn: string;
  readonly createdAt: Date;
  /** The policy's text as given; undefined: may do nothing but what bucket policies allow. */
  readonly policy: string | undefined;
  readonly accessKeys: readonly string[];
}

export class Users {
  readonly #rows: Rows;
  readonly #clock: Clock;
  readonly #keys: AccessKeys;

  constructor(rows: Rows, clock: Clock, keys: AccessKeys) {
    this.#rows = rows;
    this.#clock = clock;
    this.#keys = keys;
  }

  /** Makes a user with one access key. A policy that does not parse is `MalformedPolicy`. */
  async create(input: {
    readonly account: string;
    readonly name: string;
    readonly policy?: string | undefined;
    readonly key?: GivenKey | undefined;
  }): Promise<{ readonly user: UserDetail; readonly key: IssuedKey }> {
    const { account, name, policy } = input;
    checkName(name, 'user');
    if (policy !== undefined) parseIdentityPolicy(policy);
    return this.#rows.transact(async (transaction) => {
      await countUsers(transaction, account, 1);
      const place = { account, name };
      if ((await transaction.get(userRow, place)) !== undefined) throw exists(`The user ${name}`);
      const key = await this.#keys.issueIn(transaction, { account, user: name }, input.key);
      const row = {
        id: userId(),
        createdAt: this.#clock(),
        policy,
        accessKeys: [key.accessKeyId],
      };
      await transaction.create(userRow, place, row);
      return { user: detail(account, name, row), key };
    });
  }

  async list(view: RowView, account: string): Promise<readonly UserDetail[]> {
    const users: UserDetail[] = [];
    for (const name of await userNames(view, account)) {
      users.push(await this.get(view, account, name));
    }
    return users;
  }

  /** The user, or `NotFound`. */
  async get(view: RowView, account: string, name: string): Promise<UserDetail> {
    const row = await view.get(userRow, { account, name });
    if (row === undefined) throw noUser(name);
    return detail(account, name, row);
  }

  /** Replaces or, with undefined, removes the user's policy. */
  async setPolicy(account: string, name: string, policy: string | undefined): Promise<void> {
    if (policy !== undefined) parseIdentityPolicy(policy);
    await this.#rows.transact(async (transaction) => {
      const row = await transaction.get(userRow, { account, name });
      if (row === undefined) throw noUser(name);
      transaction.put(userRow, { account, name }, { ...row, policy });
    });
  }

  /** Removes the user and all its keys. */
  async delete(account: string, name: string): Promise<void> {
    await this.#rows.transact(async (transaction) => {
      const row = await transaction.get(userRow, { account, name });
      if (row === undefined) throw noUser(name);
      this.#keys.revokeIn(transaction, row.accessKeys);
      await transaction.remove(userRow, { account, name });
      await countUsers(transaction, account, -1);
    });
  }
}

async function countUsers(
  transaction: RowTransaction,
  account: string,
  change: 1 | -1,
): Promise<void> {
  const row = await transaction.get(accountRow, account);
  if (row === undefined) {
    throw new Refusal('NotFound', { message: `There is no account ${account}.` });
  }
  transaction.put(accountRow, account, { ...row, users: row.users + change });
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function userId(): string {
  return `AIDA${[...randomBytes(17)].map((byte) => base32[byte & 31]).join('')}`;
}

function noUser(name: string): Refusal {
  return new Refusal('NotFound', { message: `There is no user named ${name}.` });
}

function detail(account: string, name: string, row: UserRow): UserDetail {
  const { id, createdAt, policy, accessKeys } = row;
  const arn = `arn:aws:iam::${account}:user/${name}`;
  return { name, id, account, arn, createdAt, policy, accessKeys };
}
