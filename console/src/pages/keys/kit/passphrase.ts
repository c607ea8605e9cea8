/** What a kit's passphrase must be: as the server's commands ask of it (at least 12 characters). */
export const passphraseCharactersMin = 12;
const passphraseBytesMax = 1_024;

/** What is wrong with it, or undefined. */
export function passphraseProblem(text: string): string | undefined {
  const line = text.normalize('NFC');
  if (/\p{Cc}/u.test(line)) return 'A passphrase is one line without control characters.';
  if (Array.from(line).length < passphraseCharactersMin) {
    return `Choose at least ${passphraseCharactersMin} characters, such as six random words.`;
  }
  if (new TextEncoder().encode(line).length > passphraseBytesMax) {
    return `A passphrase has at most ${passphraseBytesMax} bytes.`;
  }
  return undefined;
}

export type Strength = 'weak' | 'fair' | 'strong';

/**
 * A rough guess from length and variety. It knows no dictionary, so a word that many people choose
 * is weaker than it says.
 */
export function passphraseStrength(text: string): Strength {
  const characters = Array.from(text.normalize('NFC'));
  const different = new Set(characters).size;
  const words = new Set(text.split(/[\s-]+/).filter((word) => word.length > 2)).size;
  const bits = Math.min(
    characters.length * Math.log2(Math.max(2, alphabetOf(text))),
    // What repeats itself adds little.
    different * 6.5,
  );
  if (passphraseProblem(text) !== undefined || (bits < 60 && words < 4)) return 'weak';
  return bits >= 90 || words >= 6 ? 'strong' : 'fair';
}

function alphabetOf(text: string): number {
  const classes: readonly (readonly [RegExp, number])[] = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/[0-9]/, 10],
    [/[^A-Za-z0-9]/, 32],
  ];
  return classes.reduce((sum, [pattern, size]) => sum + (pattern.test(text) ? size : 0), 0);
}
