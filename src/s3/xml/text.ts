/** Characters and references of XML 1.0 (Fifth Edition), §2.2, §2.11 and §4.1. */

/** A character that no XML 1.0 document may hold. (Surrogates in pairs only: the bytes were UTF-8.) */
// eslint-disable-next-line no-control-regex -- control characters are exactly what is looked for
export const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/**
 * Text with its references replaced and its line ends normalised. undefined for `&` that begins no
 * reference, for an entity beyond the five and for a character that XML does not allow.
 */
export function decodeText(raw: string): string | undefined {
  const text = raw.includes('\r') ? raw.replaceAll(/\r\n?/g, '\n') : raw;
  let ampersand = text.indexOf('&');
  if (ampersand < 0) return text;
  let decoded = '';
  let from = 0;
  while (ampersand >= 0) {
    // The longest reference is `&#x10FFFF;`, with room for leading zeros.
    const end = text.slice(ampersand, ampersand + referenceUnitsMax).indexOf(';');
    if (end < 0) return undefined;
    const character = characterOf(text.slice(ampersand + 1, ampersand + end));
    if (character === undefined) return undefined;
    decoded += text.slice(from, ampersand) + character;
    from = ampersand + end + 1;
    ampersand = text.indexOf('&', from);
  }
  return decoded + text.slice(from);
}

const referenceUnitsMax = 16;

const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

function characterOf(reference: string): string | undefined {
  const entity = entities.get(reference);
  if (entity !== undefined) return entity;
  const [, hex, decimal] = /^#(?:x([0-9A-Fa-f]+)|([0-9]+))$/.exec(reference) ?? [];
  const code =
    hex === undefined
      ? decimal === undefined
        ? undefined
        : Number.parseInt(decimal, 10)
      : Number.parseInt(hex, 16);
  if (code === undefined || code > 0x10_ffff || (code >= 0xd800 && code <= 0xdfff))
    return undefined;
  const character = String.fromCodePoint(code);
  return forbidden.test(character) ? undefined : character;
}
