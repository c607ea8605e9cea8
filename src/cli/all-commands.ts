/** Every command, in the order of the help. */
import type { Command } from './command.ts';
import { accessKeyCreate } from './commands/access-key-create.ts';
import { accessKeyDelete } from './commands/access-key-delete.ts';
import { accessKeyDisable } from './commands/access-key-disable.ts';
import { accessKeyEnable } from './commands/access-key-enable.ts';
import { accessKeyList } from './commands/access-key-list.ts';
import { accountCreate } from './commands/account-create.ts';
import { accountDelete } from './commands/account-delete.ts';
import { accountList } from './commands/account-list.ts';
import { accountShow } from './commands/account-show.ts';
import { bucketShred } from './commands/bucket-shred.ts';
import { configShow } from './commands/config-show.ts';
import { help } from './commands/help.ts';
import { keysReseal } from './commands/keys-reseal.ts';
import { keysBackup } from './commands/keys-backup.ts';
import { keysRestore } from './commands/keys-restore.ts';
import { keysRewrap } from './commands/keys-rewrap.ts';
import { keysRotate } from './commands/keys-rotate.ts';
import { keysDestroy } from './commands/keys-destroy.ts';
import { keysRecords } from './commands/keys-records.ts';
import { inventory } from './commands/inventory.ts';
import { keysStatus } from './commands/keys-status.ts';
import { serve } from './commands/serve.ts';
import { userCreate } from './commands/user-create.ts';
import { userDelete } from './commands/user-delete.ts';
import { userList } from './commands/user-list.ts';
import { userSetPolicy } from './commands/user-set-policy.ts';
import { userShow } from './commands/user-show.ts';
import { verify } from './commands/verify.ts';
import { version } from './commands/version.ts';

export const allCommands: readonly Command[] = [
  serve,
  accountCreate,
  accountList,
  accountShow,
  accountDelete,
  userCreate,
  userList,
  userShow,
  userSetPolicy,
  userDelete,
  accessKeyCreate,
  accessKeyList,
  accessKeyDisable,
  accessKeyEnable,
  accessKeyDelete,
  keysStatus,
  keysRotate,
  keysRewrap,
  keysDestroy,
  keysReseal,
  keysBackup,
  keysRestore,
  keysRecords,
  bucketShred,
  inventory,
  verify,
  configShow,
  version,
  help,
];
