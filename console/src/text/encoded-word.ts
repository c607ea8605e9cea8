/** RFC 2047 encoded words in S3's user metadata, as the server writes what no header can carry. */
export function decodeWords(text: string): string {
  return text
    .replaceAll(/(=\?[\w-]+\?[BbQq]\?[^?\s]*\?=)\s+(?==\?)/g, '$1')
    .replaceAll(
      /=\?([\w-]+)\?([BbQq])\?([^?\s]*)\?=/g,
      (whole, charset: string, encoding: string, encoded: string) =>
        decodeWord(charset, encoding.toUpperCase(), encoded) ?? whole,
    );
}

/** Undefined for what is none. */
function decodeWord(charset: string, encoding: string, encoded: string): string | undefined {
  try {
    const bytes = encoding === 'B' ? atob(encoded) : fromQ(encoded);
    const array = Uint8Array.from(bytes, (char) => char.charCodeAt(0));
    return new TextDecoder(charset, { fatal: true }).decode(array);
  } catch {
    return undefined;
  }
}

function fromQ(encoded: string): string {
  return encoded
    .replaceAll('_', ' ')
    .replaceAll(/=([0-9A-Fa-f]{2})/g, (_whole, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
}
