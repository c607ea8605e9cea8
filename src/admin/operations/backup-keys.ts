/** Makes a recovery kit, sealed under a key that the caller made, and leaves a signed record. */
import { fromBase64Url } from '../../base/bytes.ts';
import { Refusal } from '../../base/refusal.ts';
import { isKitLock, kitKeyBytes, type KitLock } from '../../keys/kits/kit.ts';
import type { Members } from '../members.ts';
import { operation } from '../operation.ts';

export const backupKeys = operation({
  name: 'BackupKeys',
  route: 'POST /admin/v1/keys/backup',
  permission: 'coffer:BackupKeys',
  reach: 'administrators',
  // The key of the kit comes with the request, and the kit goes back: who sees both has every key.
  confidential: true,
  input: ({ body }) => {
    const key = fromBase64Url(body.text('key'));
    if (key.length !== kitKeyBytes) throw invalid('"key" is 32 bytes in base64url.');
    const passphrase = body.objectIf('passphrase');
    const shares = body.objectIf('shares');
    if ((passphrase === undefined) === (shares === undefined)) {
      throw invalid('A kit has either "passphrase" or "shares": its key is lost without them.');
    }
    return {
      key,
      lock: passphrase === undefined ? sharesLock(shares) : passphraseLock(passphrase),
    };
  },
  subject: () => ({ kind: 'server' }),
  run: ({ services }, request) => services.backupKeys(request),
});

function passphraseLock(members: Members): KitLock {
  const salt = Buffer.from(members.text('salt'), 'hex');
  const costs = {
    memoryKiB: members.countIf('memory') ?? 0,
    passes: members.countIf('passes') ?? 0,
  };
  const lock = {
    kind: 'passphrase',
    salt,
    ...costs,
    lanes: members.countIf('lanes') ?? 0,
  } as const;
  if (isKitLock(lock)) return lock;
  throw invalid('"passphrase" has no such parameters as FORMAT.md §10 allows.');
}

function sharesLock(members: Members | undefined): KitLock {
  const count = (name: string): number => members?.countIf(name) ?? 0;
  const lock = { kind: 'shares', shares: count('shares'), threshold: count('threshold') } as const;
  if (isKitLock(lock)) return lock;
  throw invalid('"shares" is 2 to 255, and "threshold" 2 to "shares".');
}

const invalid = (message: string): Refusal => new Refusal('InvalidArgument', { message });
