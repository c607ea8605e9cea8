/**
 * The shares of a kit's key as text, to the byte as FORMAT.md §10 has it: any `threshold` of them open
 * the kit, fewer tell nothing. Made here, in the browser: the server never sees one.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { split } from 'shamir-secret-sharing';
import type { MadeKitReport, SharesLockMembers } from '../../../../../src/admin/contract.ts';
import { toHex } from './bytes-text.ts';

const label = 'coffer-recovery-share';
const checkBytes = 8;

/** In order of their numbers. */
export async function shareTexts(
  key: Uint8Array,
  made: Pick<MadeKitReport, 'store' | 'kit' | 'madeAt'>,
  { shares, threshold }: SharesLockMembers,
): Promise<readonly string[]> {
  const secret = Uint8Array.from(key);
  const pieces = await split(secret, shares, threshold);
  secret.fill(0);
  return pieces.map((piece, index) => {
    const number = index + 1;
    const head =
      `${label} 1\nstore ${made.store}\nkit ${made.kit}\nmade ${made.madeAt}\n` +
      `number ${number}\nshares ${shares}\nthreshold ${threshold}\nshare ${toHex(piece)}\n`;
    piece.fill(0);
    const check = sha256(new TextEncoder().encode(`${label}/1${head}`)).subarray(0, checkBytes);
    return `${about(number, { shares, threshold })}${head}check ${toHex(check)}\n`;
  });
}

function about(number: number, { shares, threshold }: SharesLockMembers): string {
  return [
    `Share ${number} of ${shares} of the key to a recovery kit of a Coffer store (an object store on a server of its owner).`,
    `Any ${threshold} of the ${shares} shares, together with the kit itself, open the keys to everything in that store.`,
    'This one alone tells nothing, and yet it is a secret: show it to nobody who does not restore the store.',
    'If you found it and do not know whose it is, destroy it, or give it to who keeps the servers of this house.',
  ]
    .map((line) => `# ${line}\n`)
    .join('');
}
