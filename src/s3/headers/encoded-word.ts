/**
 * RFC 2047 encoded words, as S3 reads and writes them in user metadata ("User-defined object
 * metadata", S3 user guide, 2026-11-24). UTF-8, US-ASCII and ISO-8859-1 are read; a word in another
 * charset, or a broken one, stands as it is. Always written as one word of UTF-8 in base64.
 */

/** Text with its encoded words decoded; white space between two words is no part of it (§6.2). */
export function decodeWords(text: string): string {
  if (!text.includes('=?')) return text;
  return text.replaceAll(between, '$1').replaceAll(word, decodeWord);
}

/** Text as a header can carry it: itself if it is printable ASCII, else one encoded word. */
export function encodeWord(text: string): string {
  // What reads like an encoded word would come back as something else.
  if (printable.test(text) && !text.includes('=?')) return text;
  return `=?UTF-8?B?${Buffer.from(text, 'utf8').toString('base64')}?=`;
}

const printable = /^[\x20-\x7e]*$/;
/** `encoded-text` holds no `?` and no space (§2), so no match is tried twice. */
const word = /=\?([A-Za-z0-9_-]{1,20})\?([BbQq])\?([\x21-\x3e\x40-\x7e]*)\?=/g;
const between = /(=\?[A-Za-z0-9_-]{1,20}\?[BbQq]\?[\x21-\x3e\x40-\x7e]*\?=)[ \t]+(?==\?)/g;

function decodeWord(whole: string, charset: string, encoding: string, text: string): string {
  const bytes = encoding.toUpperCase() === 'B' ? Buffer.from(text, 'base64') : fromQ(text);
  switch (charset.toLowerCase()) {
    case 'utf-8':
    case 'us-ascii': {
      const decoded = bytes.toString('utf8');
      return decoded.includes('\ufffd') ? whole : decoded;
    }
    case 'iso-8859-1':
      return bytes.toString('latin1');
    default:
      return whole;
  }
}

/** The Q encoding: `_` is a space, `=XX` a byte. */
function fromQ(text: string): Buffer {
  const latin1 = text
    .replaceAll('_', ' ')
    .replaceAll(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return Buffer.from(latin1, 'latin1');
}
