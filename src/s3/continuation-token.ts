/**
 * Continuation tokens: opaque to clients, and to us the name after which the next page begins. They
 * hold no state, so they never expire and survive what happens to that name (S3-BEHAVIOURS 14).
 */
import { fromBase64Url, toBase64Url } from '../base/bytes.ts';
import { s3Limits } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';

/** So that a key which a client passes by mistake is not taken for a token. */
const mark = 'coffer-1:';

/** The token of a page that begins after `name`, a key, a common prefix or a bucket. */
export function encodeToken(name: string): string {
  return toBase64Url(Buffer.from(mark + name, 'utf8'));
}

/** Base64 of the longest key. */
const tokenCharsMax = Math.ceil(((mark.length + s3Limits.keyBytesMax) * 4) / 3);

/** The name in a token; undefined where none was given. Throws AWS's `InvalidArgument`. */
export function decodeToken(token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  if (token.length > tokenCharsMax) throw incorrect(token);
  const text = fromBase64Url(token).toString('utf8');
  // Only what we could have written: base64 and UTF-8 both have spellings that decode alike.
  if (!text.startsWith(mark) || toBase64Url(Buffer.from(text, 'utf8')) !== token) {
    throw incorrect(token);
  }
  return text.slice(mark.length);
}

function incorrect(token: string): Refusal {
  return new Refusal('InvalidArgument', {
    message: 'The continuation token provided is incorrect',
    fields: { ArgumentName: 'continuation-token', ArgumentValue: token.slice(0, tokenCharsMax) },
  });
}
