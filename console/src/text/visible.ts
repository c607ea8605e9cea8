/**
 * Text of strangers cut into what can be shown as it is and what would not be seen, or would turn its
 * neighbours around: control characters, direction marks (Unicode TR 9), zero-width and odd spaces.
 */
export interface Run {
  readonly text: string;
  /** `text` is the character's name instead of itself. */
  readonly unseen: boolean;
}

// Everything of the categories Other and Separator but the space, and the fillers of Hangul.
const unseen = /(?! )[\p{C}\p{Z}]|[\u115f\u1160\u3164\uffa0]/u;
const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

export function visibleRuns(text: string): readonly Run[] {
  const runs: Run[] = [];
  let plain = '';
  for (const char of text) {
    if (!unseen.test(char)) {
      plain += char;
      continue;
    }
    if (plain !== '') runs.push({ text: plain, unseen: false });
    plain = '';
    runs.push({ text: nameOf(char), unseen: true });
  }
  if (plain !== '') runs.push({ text: plain, unseen: false });
  return runs;
}

/** The same as one text, for labels and titles. */
export function visibleText(text: string): string {
  return visibleRuns(text)
    .map((run) => (run.unseen ? `[${run.text}]` : run.text))
    .join('');
}

function nameOf(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return named[char] ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
