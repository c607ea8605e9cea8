/**
 * Shares of a kit key by Shamir's scheme over GF(256) (FORMAT.md §10; docs/decisions/0011): any
 * `threshold` of them give the key, and fewer tell nothing about it. A share is text, with words to a
 * human who finds one. Shamir's scheme alone takes any wrong share for a right one: the ids, the check
 * line and the kit's own seal are what finds a mistake.
 */
import { combine, split } from 'shamir-secret-sharing';
import { toHex } from '../../base/bytes.ts';
import { Fault } from '../../base/refusal.ts';
import { isoTime } from '../../base/time.ts';
import { type KitFacts, type KitLock, isSplit } from './kit.ts';
import { type KitGrammar, KitLines, checkLine, comment, headOf } from './kit-lines.ts';

type SharesLock = Extract<KitLock, { kind: 'shares' }>;

export interface KitShare {
  /** The file, for messages. */
  readonly path: string;
  readonly storeId: Uint8Array;
  readonly kitId: Uint8Array;
  readonly madeAt: Date;
  /** From 1: which of them it is, for people. */
  readonly number: number;
  readonly shares: number;
  readonly threshold: number;
  /** 32 bytes of the polynomials' values, then the coordinate. Secret. */
  readonly share: Uint8Array;
}

export const shareBytesMax = 8 * 1_024;
const shareBytes = 33;
const idBytes = 16;
const none = new Uint8Array(0);

const grammar: KitGrammar = {
  what: 'share',
  label: 'coffer-recovery-share',
  names: ['store', 'kit', 'made', 'number', 'shares', 'threshold', 'share'],
};

/** The texts of the shares of a kit's key, in order of their numbers. */
export async function splitKitKey(
  key: Uint8Array,
  kit: Pick<KitFacts, 'storeId' | 'kitId' | 'madeAt'>,
  { shares, threshold }: SharesLock,
): Promise<readonly string[]> {
  // The library takes a plain array only.
  const secret = Uint8Array.from(key);
  const pieces = await split(secret, shares, threshold);
  secret.fill(0);
  return pieces.map((share, index) => {
    const facts = { ...kit, number: index + 1, shares, threshold };
    const head = headOf(grammar, headValues({ ...facts, share }));
    share.fill(0);
    return comment(aboutShare(facts)) + head + checkLine(grammar, head, none);
  });
}

/** The share in a file's bytes. Whatever is wrong with it is `Fault('damaged')` and names the file. */
export function readShare(bytes: Buffer, path: string): KitShare {
  const lines = new KitLines(bytes, path, grammar);
  const facts = {
    storeId: lines.bytes('store', idBytes),
    kitId: lines.bytes('kit', idBytes),
    madeAt: lines.time('made'),
    number: lines.count('number'),
    shares: lines.count('shares'),
    threshold: lines.count('threshold'),
    share: lines.bytes('share', shareBytes),
  };
  lines.assertCheck(headOf(grammar, headValues(facts)), none);
  if (!isSplit(facts) || facts.number > facts.shares || facts.share[shareBytes - 1] === 0) {
    throw lines.damage('is split in a way that there is not');
  }
  return { path, ...facts };
}

/** The kit key. Shares that are not this kit's, repeated or too few are refused by the file's name. */
export async function combineShares(
  kit: Pick<KitFacts, 'kitId'> & { readonly path: string; readonly lock: SharesLock },
  shares: readonly KitShare[],
): Promise<Uint8Array> {
  const { threshold } = kit.lock;
  const known = new Map<number, KitShare>();
  for (const share of shares) {
    if (Buffer.compare(share.kitId, kit.kitId) !== 0) {
      const message = `The share ${share.path} belongs to the recovery kit ${toHex(share.kitId)}, not to ${kit.path} (${toHex(kit.kitId)}).`;
      throw new Fault('damaged', message);
    }
    const coordinate = share.share[shareBytes - 1] ?? 0;
    const twin = known.get(coordinate);
    if (twin !== undefined) {
      const message = `The share ${share.path} is the same as ${twin.path}: give ${threshold} different ones.`;
      throw new Fault('damaged', message);
    }
    known.set(coordinate, share);
  }
  if (known.size < threshold) {
    const message = `The recovery kit ${kit.path} opens with ${threshold} different shares, and ${known.size} are given: name each with --share.`;
    throw new Fault('damaged', message);
  }
  const enough = [...known.values()].slice(0, threshold);
  // The library compares constructors, so plain arrays again.
  return combine(enough.map(({ share }) => Uint8Array.from(share)));
}

function headValues(facts: Omit<KitShare, 'path'>) {
  return {
    store: toHex(facts.storeId),
    kit: toHex(facts.kitId),
    made: isoTime(facts.madeAt),
    number: String(facts.number),
    shares: String(facts.shares),
    threshold: String(facts.threshold),
    share: toHex(facts.share),
  };
}

const aboutShare = (facts: Omit<KitShare, 'path' | 'share'>): readonly string[] => [
  `Share ${facts.number} of ${facts.shares} of the key to a recovery kit of a Coffer store (an object store on a server of its owner).`,
  `Any ${facts.threshold} of the ${facts.shares} shares, together with the kit itself, open the keys to everything in that store.`,
  'This one alone tells nothing, and yet it is a secret: show it to nobody who does not restore the store.',
  'If you found it and do not know whose it is, destroy it, or give it to who keeps the servers of this house.',
];
