/** Every operation of the admin API; a name of the contract that is not here does not compile. */
import type { AdminOperationName } from './contract.ts';
import type { AnyAdminOperation } from './operation.ts';
import { backupKeys } from './operations/backup-keys.ts';
import { createAccessKey } from './operations/create-access-key.ts';
import { createAccount } from './operations/create-account.ts';
import { createSession } from './operations/create-session.ts';
import { createUser } from './operations/create-user.ts';
import { deleteAccessKey } from './operations/delete-access-key.ts';
import { deleteAccount } from './operations/delete-account.ts';
import { deleteSession } from './operations/delete-session.ts';
import { deleteSessions } from './operations/delete-sessions.ts';
import { deleteUser } from './operations/delete-user.ts';
import { destroyKeyVersion } from './operations/destroy-key-version.ts';
import { emptyBucket } from './operations/empty-bucket.ts';
import { getAccount } from './operations/get-account.ts';
import { getBucketCounts } from './operations/get-bucket-counts.ts';
import { getEmptyStatus } from './operations/get-empty-status.ts';
import { getKeysStatus } from './operations/get-keys-status.ts';
import { getOverview } from './operations/get-overview.ts';
import { getSession } from './operations/get-session.ts';
import { getUser } from './operations/get-user.ts';
import { getVersion } from './operations/get-version.ts';
import { listAccessKeys } from './operations/list-access-keys.ts';
import { listAccounts } from './operations/list-accounts.ts';
import { listRecords } from './operations/list-records.ts';
import { listInventory } from './operations/list-inventory.ts';
import { listUsers } from './operations/list-users.ts';
import { presign } from './operations/presign.ts';
import { getRewrapStatus } from './operations/get-rewrap-status.ts';
import { rewrapKeys } from './operations/rewrap-keys.ts';
import { resealKeyring } from './operations/reseal-keyring.ts';
import { rotateKeys } from './operations/rotate-keys.ts';
import { setUserPolicy } from './operations/set-user-policy.ts';
import { showConfig } from './operations/show-config.ts';
import { shredBucket } from './operations/shred-bucket.ts';
import { summarizeInventory } from './operations/summarize-inventory.ts';
import { updateAccessKey } from './operations/update-access-key.ts';
import { verifyStore } from './operations/verify-store.ts';

const byName: Readonly<Record<AdminOperationName, AnyAdminOperation>> = {
  CreateAccount: createAccount,
  ListAccounts: listAccounts,
  GetAccount: getAccount,
  DeleteAccount: deleteAccount,
  CreateUser: createUser,
  ListUsers: listUsers,
  GetUser: getUser,
  DeleteUser: deleteUser,
  SetUserPolicy: setUserPolicy,
  CreateAccessKey: createAccessKey,
  ListAccessKeys: listAccessKeys,
  UpdateAccessKey: updateAccessKey,
  DeleteAccessKey: deleteAccessKey,
  GetKeysStatus: getKeysStatus,
  RotateKeys: rotateKeys,
  RewrapKeys: rewrapKeys,
  GetRewrapStatus: getRewrapStatus,
  BackupKeys: backupKeys,
  ResealKeyring: resealKeyring,
  DestroyKeyVersion: destroyKeyVersion,
  ListRecords: listRecords,
  ShredBucket: shredBucket,
  ListInventory: listInventory,
  VerifyStore: verifyStore,
  CreateSession: createSession,
  GetSession: getSession,
  DeleteSession: deleteSession,
  DeleteSessions: deleteSessions,
  Presign: presign,
  GetOverview: getOverview,
  GetBucketCounts: getBucketCounts,
  EmptyBucket: emptyBucket,
  GetEmptyStatus: getEmptyStatus,
  SummarizeInventory: summarizeInventory,
  GetVersion: getVersion,
  ShowConfig: showConfig,
};

export const adminOperations: readonly AnyAdminOperation[] = Object.values(byName);
