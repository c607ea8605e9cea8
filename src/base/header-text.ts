/**
 * What a header's value says. HTTP hands a header over as bytes (one Latin-1 character each); S3's
 * clients put UTF-8 in them. Who decides by a value must read it as who acts by it does.
 */

/** A value's text: its bytes read as UTF-8 where they are UTF-8, else as they stand. */
export function headerText(value: string): string {
  if (ascii.test(value) || !latin1.test(value)) return value;
  const text = Buffer.from(value, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? value : text;
}

// eslint-disable-next-line no-control-regex -- all of ASCII
const ascii = /^[\u0000-\u007f]*$/;
// eslint-disable-next-line no-control-regex -- all of Latin-1
const latin1 = /^[\u0000-\u00ff]*$/;
