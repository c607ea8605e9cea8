/**
 * XML as S3 writes it: string concatenation, because a page of 1,000 keys must cost little.
 *
 * Text is escaped so that every parser gives back what went in: line breaks and tabs as numeric
 * references (a parser may normalise or trim them). Characters that XML 1.0 cannot carry at all
 * (U+0000 to U+001F, U+FFFE, U+FFFF) are written as numeric references too, as AWS does; clients
 * that must read such keys ask for `encoding-type=url`.
 */

export const xmlContentType = 'application/xml';

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A whole document whose root is in S3's namespace. `content` is XML, not text. */
export function xmlDocument(root: string, content: string): string {
  return `${declaration}<${root} xmlns="${namespace}">${content}</${root}>`;
}

/** A whole document without a namespace: errors, and the few replies that AWS writes so. */
export function plainXmlDocument(root: string, content: string): string {
  return `${declaration}<${root}>${content}</${root}>`;
}

/** `<name>text</name>`, escaped; nothing at all for `undefined`. `name` must be an XML name. */
export function textElement(name: string, value: string | number | boolean | undefined): string {
  if (value === undefined) return '';
  return `<${name}>${typeof value === 'string' ? escapeXml(value) : value}</${name}>`;
}

/** `<name>content</name>`; `content` is XML, not text. */
export function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

// eslint-disable-next-line no-control-regex -- control characters are exactly what is looked for
const special = /[&<>"'\u0000-\u001f\u007f\ud800-\udfff\ufffe\uffff]/;
// With `u`, a surrogate matches only where it stands alone; a pair is one character.
// eslint-disable-next-line no-control-regex -- as above
const specials = /[&<>"'\u0000-\u001f\u007f\ud800-\udfff\ufffe\uffff]/gu;

const named: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text for an element's content or a quoted attribute's value. A lone surrogate becomes U+FFFD. */
export function escapeXml(text: string): string {
  return special.test(text) ? text.replaceAll(specials, escapeCharacter) : text;
}

function escapeCharacter(character: string): string {
  const entity = named[character];
  if (entity !== undefined) return entity;
  const code = character.charCodeAt(0);
  return code >= 0xd800 && code <= 0xdfff ? '\ufffd' : `&#x${code.toString(16).toUpperCase()};`;
}
