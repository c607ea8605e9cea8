/**
 * What `--keeper` may name: the five roots of trust, each as the text that an operator writes, and
 * back. No secret stands in it: process lists and `config show` may show it.
 */
import { type Pkcs11Place, pkcs11Place } from './pkcs11-uri.ts';
import { InvalidValue, type Place, filePath } from './values.ts';

/** Where the root of trust is. */
export type KeeperSetting =
  | { readonly kind: 'file'; readonly path: string }
  /** Without a path: from the service manager's credentials, or asked on the terminal. */
  | { readonly kind: 'passphrase'; readonly path: string | undefined }
  | {
      readonly kind: 'vault';
      /** `https://HOST:PORT` */
      readonly origin: string;
      /** Where the transit engine is mounted, without slashes around. */
      readonly mount: string;
      readonly key: string;
    }
  /** `keyId` is an ARN, a key id or `alias/NAME`. */
  | { readonly kind: 'awskms'; readonly region: string; readonly keyId: string }
  | ({ readonly kind: 'pkcs11' } & Pkcs11Place);

export type KeeperKind = KeeperSetting['kind'];

export function keeper(text: string, place: Place): KeeperSetting {
  const [, kind, rest = ''] = /^([a-z0-9]+):(.*)$/s.exec(text) ?? [];
  const parse =
    kind !== undefined && Object.hasOwn(parsers, kind) ? parsers[kind as KeeperKind] : undefined;
  if (parse === undefined) {
    throw new InvalidValue(
      'must be file:PATH, passphrase:[FILE], vault:URL/KEY, awskms:ARN or pkcs11:URI, for example file:/etc/coffer/root-key',
    );
  }
  return parse(rest, place);
}

/** The text that names the same keeper: what a message asks an operator to set. */
export function keeperText(setting: KeeperSetting): string {
  return `${setting.kind}:${keeperLocation(setting)}`;
}

/** What follows the kind. */
export function keeperLocation(setting: KeeperSetting): string {
  switch (setting.kind) {
    case 'file':
      return setting.path;
    case 'passphrase':
      return setting.path ?? '';
    case 'vault':
      return `${setting.origin}/${setting.mount}/keys/${setting.key}`;
    case 'awskms':
      return setting.keyId.startsWith('arn:')
        ? setting.keyId
        : `${setting.region}/${setting.keyId}`;
    case 'pkcs11':
      return setting.uri;
  }
}

/** The files that a setting names: none may lie in the data folder. */
export function keeperFiles(setting: KeeperSetting): readonly string[] {
  if (setting.kind === 'file') return [setting.path];
  if (setting.kind === 'passphrase') return setting.path === undefined ? [] : [setting.path];
  if (setting.kind === 'pkcs11') return setting.pinSource === undefined ? [] : [setting.pinSource];
  return [];
}

const parsers: Readonly<Record<KeeperKind, (rest: string, place: Place) => KeeperSetting>> = {
  file: (rest, place) => {
    if (rest === '')
      throw new InvalidValue('must be file:PATH, for example file:/etc/coffer/root-key');
    return { kind: 'file', path: filePath(rest, place) };
  },
  passphrase: (rest, place) => {
    return { kind: 'passphrase', path: rest === '' ? undefined : filePath(rest, place) };
  },
  vault,
  awskms,
  pkcs11: (rest, place) => ({ kind: 'pkcs11', ...pkcs11Place(rest, place) }),
};

const mountDefault = 'transit';

/** `URL/KEY` with the engine mounted at `transit`, or `URL/MOUNT/keys/KEY`. */
function vault(rest: string): KeeperSetting {
  const url = URL.canParse(rest) ? new URL(rest) : undefined;
  const isPlain =
    url !== undefined &&
    ['http:', 'https:'].includes(url.protocol) &&
    `${url.search}${url.hash}${url.username}${url.password}` === '';
  const segments = url?.pathname.split('/').slice(1) ?? [];
  const key = segments.pop();
  const isDefault = segments.length === 0;
  const isNamed = segments.length >= 2 && segments.pop() === 'keys';
  const named = [...segments, key ?? ''].every((part) =>
    /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(part),
  );
  if (!isPlain || key === undefined || !(isDefault || isNamed) || !named) {
    throw new InvalidValue(
      'must be vault:URL/KEY or vault:URL/MOUNT/keys/KEY, where KEY is a transit key, for example vault:https://vault.example.com:8200/coffer',
    );
  }
  const mount = isDefault ? mountDefault : segments.join('/');
  return { kind: 'vault', origin: url.origin, mount, key };
}

/** An ARN of a key or an alias, or `REGION/KEY-ID`, or `REGION/alias/NAME`. */
function awskms(rest: string): KeeperSetting {
  const name = String.raw`(?:[0-9A-Za-z-]{1,64}|alias/[0-9A-Za-z/_-]{1,250})`;
  const region = String.raw`([a-z]{2}(?:-[a-z]+)+-\d{1,2})`;
  const arn = new RegExp(
    `^arn:aws[a-z-]{0,20}:kms:${region}:\\d{12}:(?:key/[0-9A-Za-z-]{1,64}|alias/[0-9A-Za-z/_-]{1,250})$`,
  ).exec(rest);
  if (arn?.[1] !== undefined) return { kind: 'awskms', region: arn[1], keyId: rest };
  const short = new RegExp(`^${region}/(${name})$`).exec(rest);
  if (short?.[1] === undefined || short[2] === undefined) {
    throw new InvalidValue(
      'must be awskms:ARN or awskms:REGION/KEY-ID or awskms:REGION/alias/NAME, for example awskms:arn:aws:kms:eu-central-1:111122223333:alias/coffer',
    );
  }
  return { kind: 'awskms', region: short[1], keyId: short[2] };
}
