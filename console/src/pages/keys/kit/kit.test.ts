import { argon2Sync } from 'node:crypto';
import { combine } from 'shamir-secret-sharing';
import { describe, expect, it } from 'vitest';
import { deriveHere } from './derive.ts';
import { lockWithPassphrase, lockWithShares } from './lock.ts';
import { passphraseProblem, passphraseStrength } from './passphrase.ts';
import { shareTexts } from './share-files.ts';

const made = {
  store: '0123456789abcdef0123456789abcdef',
  kit: 'fedcba9876543210fedcba9876543210',
  madeAt: '2026-11-24T08:00:00.000Z',
};

describe('the key of a kit', () => {
  it('is what the server’s own Argon2id makes of the passphrase', async () => {
    const costs = { memory: 64, passes: 2, lanes: 2 };
    // The decomposed form: it counts as the composed one.
    const { key, kit } = await lockWithPassphrase('Gru\u0308ße, sechs Wörter', {
      derive: deriveHere,
      costs,
    });
    const expected = argon2Sync('argon2id', {
      message: Buffer.from('Grüße, sechs Wörter'.normalize('NFC')),
      nonce: Buffer.from(kit.passphrase?.salt ?? '', 'hex'),
      memory: 64,
      passes: 2,
      parallelism: 2,
      tagLength: 32,
    });
    expect(Buffer.from(key)).toEqual(Buffer.from(expected));
    expect(kit.key).toBe(Buffer.from(key).toString('base64url'));
    expect(kit.shares).toBeUndefined();
  });

  it('is given by enough shares, and their text is as the format has it', async () => {
    const { key, kit } = lockWithShares({ shares: 5, threshold: 3 });
    expect(kit.shares).toEqual({ shares: 5, threshold: 3 });
    const texts = await shareTexts(key, made, { shares: 5, threshold: 3 });
    expect(texts).toHaveLength(5);
    const pieces = texts.map((text) => /^share ([0-9a-f]{66})$/m.exec(text)?.[1] ?? '');
    const three = [4, 0, 2].map((index) =>
      Uint8Array.from(Buffer.from(pieces[index] ?? '', 'hex')),
    );
    expect(await combine(three)).toEqual(Uint8Array.from(key));
    const lines = (texts[1] ?? '').split('\n').filter((line) => !line.startsWith('#'));
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'coffer-recovery-share',
      'store',
      'kit',
      'made',
      'number',
      'shares',
      'threshold',
      'share',
      'check',
      '',
    ]);
    expect(texts[1]).toContain('\nnumber 2\n');
  });
});

describe('a passphrase', () => {
  it('has 12 characters at least, on one line', () => {
    expect(passphraseProblem('short')).toContain('12');
    expect(passphraseProblem('two\nlines of text')).toContain('one line');
    expect(passphraseProblem('ä'.repeat(600))).toContain('bytes');
    expect(passphraseProblem('twelve chars')).toBeUndefined();
  });
  it('is strong by length and variety only', () => {
    expect(passphraseStrength('aaaaaaaaaaaaaaaaaaaaaaaa')).toBe('weak');
    expect(passphraseStrength('Kw8!vTz2#pLq')).toBe('fair');
    expect(passphraseStrength('otter granite velvet lantern mosaic plume')).toBe('strong');
  });
});
