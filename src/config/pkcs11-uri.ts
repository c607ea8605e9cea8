/**
 * The part of RFC 7512 (The PKCS #11 URI Scheme, checked 2026-11-24) that names one key: the
 * attributes `token`, `serial`, `slot-id`, `object`, `id` and `type=secret-key`; the query
 * `module-path` and `pin-source`. `pin-value` is refused: a PIN does not belong where process lists
 * show it. Vendor attributes and other standard ones are refused rather than ignored, because they
 * would narrow the choice.
 */
import { InvalidValue, type Place, filePath } from './values.ts';

/** Where a key in a token is, and through which module. */
export interface Pkcs11Place {
  /** The URI without `pkcs11:`, as written. */
  readonly uri: string;
  readonly modulePath: string;
  readonly token: string | undefined;
  readonly serial: string | undefined;
  readonly slotId: number | undefined;
  /** CKA_LABEL */
  readonly object: string | undefined;
  /** CKA_ID, in hex. */
  readonly id: string | undefined;
  /** The file that holds the PIN. */
  readonly pinSource: string | undefined;
}

/** The place that `uri`, what follows `pkcs11:`, names. */
export function pkcs11Place(uri: string, place: Place): Pkcs11Place {
  const [path = '', query = '', ...more] = uri.split('?');
  if (more.length > 0 || uri.length > urlCharactersMax)
    throw malformed('has more than one "?" or is too long');
  const named = attributes(path, ';', pathNames);
  const queried = attributes(query, '&', queryNames);
  const text = (name: string): string | undefined => named.get(name)?.toString('utf8');
  const modulePath = queried.get('module-path')?.toString('utf8');
  if (modulePath === undefined || !modulePath.startsWith('/')) {
    throw malformed('needs ?module-path=/PATH of the module');
  }
  const type = text('type');
  if (type !== undefined && type !== 'secret-key') throw malformed('may only have type=secret-key');
  const [token, serial, slot] = [text('token'), text('serial'), text('slot-id')];
  if (token === undefined && serial === undefined && slot === undefined) {
    throw malformed('needs token=LABEL, serial=SERIAL or slot-id=NUMBER');
  }
  if (slot !== undefined && !/^\d{1,15}$/.test(slot))
    throw malformed('has a slot-id that is not a number');
  const [object, id] = [text('object'), named.get('id')?.toString('hex')];
  if (object === undefined && id === undefined)
    throw malformed('needs object=LABEL or id=ID of the key');
  const source = queried
    .get('pin-source')
    ?.toString('utf8')
    .replace(/^file:(\/\/(?=\/))?/, '');
  if (source?.startsWith('|')) throw malformed('may not have a command as its pin-source');
  return {
    uri,
    modulePath,
    token,
    serial,
    slotId: slot === undefined ? undefined : Number(slot),
    object,
    id,
    pinSource: source === undefined ? undefined : filePath(source, place),
  };
}

const urlCharactersMax = 250;
const pathNames = new Set(['token', 'serial', 'slot-id', 'object', 'id', 'type']);
const queryNames = new Set(['module-path', 'pin-source']);

function attributes(
  text: string,
  separator: string,
  names: ReadonlySet<string>,
): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const part of text.split(separator)) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const name = part.slice(0, Math.max(at, 0));
    if (name === 'pin-value') {
      throw new InvalidValue(
        'must not hold the PIN, which process lists would show: give it by COFFER_PKCS11_PIN or pin-source',
      );
    }
    if (!names.has(name))
      throw malformed(`has an attribute that is not one of ${[...names].join(', ')}`);
    if (found.has(name)) throw malformed(`has "${name}" twice`);
    const value = decoded(part.slice(at + 1));
    if (value === undefined || value.length === 0) throw malformed(`has a malformed "${name}"`);
    found.set(name, value);
  }
  return found;
}

/** Percent-decoding to bytes: an `id` need not be text. Undefined where it is malformed. */
function decoded(text: string): Buffer | undefined {
  if (!/^(?:[^%\s"\\<>{}|^`]|%[0-9A-Fa-f]{2})*$/.test(text)) return undefined;
  const parts = text.match(/%[0-9A-Fa-f]{2}|[^%]+/g) ?? [];
  return Buffer.concat(
    parts.map((part) =>
      part.startsWith('%') ? Buffer.from(part.slice(1), 'hex') : Buffer.from(part, 'utf8'),
    ),
  );
}

function malformed(what: string): InvalidValue {
  return new InvalidValue(
    `${what}; like pkcs11:token=coffer;object=root?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=/etc/coffer/pin`,
  );
}
