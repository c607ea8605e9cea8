/** Among how many a key is split, and how many of them open it; or what is wrong with that. */
import type { SharesLockMembers } from '../../../../../src/admin/contract.ts';

const sharesMax = 255;

export function splitOf(text: {
  readonly shares: string;
  readonly threshold: string;
}): SharesLockMembers | string {
  const [shares, threshold] = [text.shares, text.threshold].map((digits) =>
    /^[1-9]\d{0,2}$/.test(digits) ? Number(digits) : 0,
  ) as [number, number];
  if (shares < 2 || shares > sharesMax) return `There are 2 to ${sharesMax} shares.`;
  if (threshold < 2 || threshold > shares) return `Between 2 and ${shares} of them open it.`;
  return { shares, threshold };
}
