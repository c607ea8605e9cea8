/**
 * Text in header values. HTTP hands a header over as bytes (one Latin-1 character each); S3's
 * clients put UTF-8 in them ("User-defined object metadata", S3 user guide, 2026-11-24). Text that
 * came by query or form is Unicode already and passes through.
 */
import { Refusal } from '../../base/refusal.ts';

export { headerText } from '../../base/header-text.ts';

/**
 * Text as a header value on the wire: UTF-8 bytes. Refuses what would end the header: such text can
 * come by form or query only.
 */
export function wireText(text: string, name: string): string {
  if (printable.test(text)) return text;
  checkHeaderText(text, name);
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Throws `InvalidArgument` for text that no header can carry. */
export function checkHeaderText(text: string, name: string): void {
  if (!breaking.test(text)) return;
  throw new Refusal('InvalidArgument', {
    message: `The value of ${name} holds control characters.`,
    fields: { ArgumentName: name },
  });
}

const printable = /^[\x20-\x7e\t]*$/;
// eslint-disable-next-line no-control-regex -- RFC 9110 §5.5: what a field value may not hold
const breaking = /[\u0000-\u0008\u000a-\u001f\u007f]/;
