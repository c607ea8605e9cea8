/**
 * The settings of a server: from flags, else from the environment, else the default; typed,
 * validated and held against each other. A mistake is a `UsageError` that names the flag or
 * variable and the mend; nothing is guessed and nothing unknown is ignored silently.
 *
 * An empty variable counts as not set, as container tools pass it.
 */
import type { LogFormat, LogLevel } from '../base/log.ts';
import { keeperFiles, keeperText, type KeeperSetting } from './keeper-setting.ts';
import { readFlags } from './flags.ts';
import type { FlagTexts } from './flags.ts';
import { nearest } from './nearest.ts';
import type { SecretText } from './secret-text.ts';
import { settingNames, settingOf, settingsTable } from './table.ts';
import type { SettingName, SettingValue } from './table.ts';
import { UsageError } from './usage-error.ts';
import { InvalidValue, isWithin } from './values.ts';
import type { Address } from './values.ts';

export type Environment = Readonly<Record<string, string | undefined>>;
export type SettingSource = 'flag' | 'environment' | 'default';

export interface Settings {
  /** Absolute, without a trailing slash. */
  readonly data: string;
  readonly keeper: KeeperSetting;
  readonly listen: Address;
  /** Undefined when off. */
  readonly console: Address | undefined;
  /** Undefined: `addressUrl` of the address that is listened on. Never ends in a slash. */
  readonly publicUrl: string | undefined;
  readonly consoleUrl: string | undefined;
  readonly region: string;
  /** Lower case. */
  readonly domains: readonly string[];
  readonly tls: { readonly certPath: string; readonly keyPath: string } | undefined;
  /** `ADDRESS/BITS`. */
  readonly trustedProxies: readonly string[];
  readonly workers: number;
  readonly newBuckets: 'modern' | 'classic';
  /** When the master key is rotated by itself. */
  readonly rotation: { readonly everyMs: number; readonly afterWraps: number };
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly rootCredentials:
    | { readonly accessKeyId: string; readonly secretAccessKey: SecretText }
    | undefined;
  readonly keeperSecrets: KeeperSecrets;
  readonly sources: Readonly<Record<SettingName, SettingSource>>;
  /** Said once at start: variables that look like misspelt settings. */
  readonly warnings: readonly string[];
}

/** What a keeper other than a file needs beside its place. */
export interface KeeperSecrets {
  readonly vaultToken: SecretText | undefined;
  readonly vaultTokenFile: string | undefined;
  readonly vaultNamespace: string | undefined;
  readonly awskmsEndpoint: string | undefined;
  readonly pkcs11Pin: SecretText | undefined;
  /** Where the service manager placed credentials (systemd's LoadCredential=). */
  readonly credentialsDirectory: string | undefined;
}

/** Variables that only the primary may hold: workers are started without them. */
export const withheldVariables: readonly string[] = [
  'COFFER_ROOT_ACCESS_KEY',
  'COFFER_ROOT_SECRET_KEY',
  'COFFER_VAULT_TOKEN',
  'COFFER_PKCS11_PIN',
  'CREDENTIALS_DIRECTORY',
  'VAULT_TOKEN',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
];

/** Reads the settings. `argv` has the words after the command. Throws `UsageError`. */
export function parseSettings(argv: readonly string[], env: Environment, cwd: string): Settings {
  return settingsFrom(readFlags(argv), env, cwd);
}

/** The same from flags already taken out of a command line (`takeFlags`). */
export function settingsFrom(flags: FlagTexts, env: Environment, cwd: string): Settings {
  const given = new Map(settingNames.map((name) => [name, give(name, flags, env)]));
  const all = <Name extends SettingName>(name: Name): SettingValue<Name>[] =>
    (given.get(name)?.texts ?? []).map((text) => parse(name, text, { given, cwd }));
  const one = <Name extends SettingName>(name: Name): SettingValue<Name> | undefined =>
    all(name)[0];
  const sure = <Name extends SettingName>(name: Name): SettingValue<Name> =>
    one(name) ?? parse(name, settingOf(name).default ?? '', { given, cwd });

  const data = sure('data');
  const consoleAddress = sure('console');
  const settings: Settings = {
    data,
    keeper: one('keeper') ?? { kind: 'file', path: `${data}.root-key` },
    listen: sure('listen'),
    console: consoleAddress === 'off' ? undefined : consoleAddress,
    publicUrl: one('publicUrl'),
    consoleUrl: one('consoleUrl'),
    region: sure('region'),
    domains: [...new Set(all('domain'))],
    tls: tlsOf(one('tlsCert'), one('tlsKey')),
    trustedProxies: all('trustedProxy'),
    workers: sure('workers'),
    newBuckets: sure('newBuckets'),
    rotation: { everyMs: sure('rotateEvery'), afterWraps: sure('rotateAfterWraps') },
    logLevel: sure('logLevel'),
    logFormat: sure('logFormat'),
    rootCredentials: rootOf(one('rootAccessKey'), one('rootSecretKey')),
    keeperSecrets: {
      vaultToken: one('vaultToken'),
      vaultTokenFile: one('vaultTokenFile'),
      vaultNamespace: one('vaultNamespace'),
      awskmsEndpoint: one('awskmsEndpoint'),
      pkcs11Pin: one('pkcs11Pin'),
      credentialsDirectory: env['CREDENTIALS_DIRECTORY'] || undefined,
    },
    sources: sourcesOf(given),
    warnings: misspelt(env),
  };
  checkTogether(settings);
  return settings;
}

/** The URL of an address: of any interface, the loopback one. */
export function addressUrl({ host, port }: Address, secure: boolean): string {
  const any: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  const name = any[host] ?? host;
  const standard = port === (secure ? 443 : 80);
  const shown = name.includes(':') ? `[${name}]` : name;
  return `${secure ? 'https' : 'http'}://${shown}${standard ? '' : `:${port}`}`;
}

interface Given {
  readonly texts: readonly string[];
  readonly source: SettingSource;
}

function give(name: SettingName, flags: FlagTexts, env: Environment): Given {
  const { env: variable, default: standard, repeatable } = settingOf(name);
  const fromFlags = flags.get(name);
  if (fromFlags !== undefined) return { texts: fromFlags, source: 'flag' };
  const text = env[variable];
  if (text !== undefined && text !== '') {
    const texts = repeatable === true ? text.split(',').map((part) => part.trim()) : [text];
    return { texts: texts.filter((part) => part !== ''), source: 'environment' };
  }
  return { texts: standard === undefined ? [] : [standard], source: 'default' };
}

interface ParseContext {
  readonly given: ReadonlyMap<SettingName, Given>;
  readonly cwd: string;
}

function parse<Name extends SettingName>(
  name: Name,
  text: string,
  { given, cwd }: ParseContext,
): SettingValue<Name> {
  const { flag, env, secret, placeholder } = settingOf(name);
  const said = given.get(name)?.source === 'environment' || flag === undefined ? env : `--${flag}`;
  if (text === '') throw new UsageError(`${said} is empty: give ${placeholder}.`);
  if (text.includes('\0')) throw new UsageError(`${said} contains a NUL character.`);
  try {
    return settingsTable[name].parse(text, { cwd }) as SettingValue<Name>;
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    const shown = secret === true ? '' : ` (given: ${JSON.stringify(text)})`;
    throw new UsageError(`${said} ${error.message}${shown}.`);
  }
}

function tlsOf(certPath: string | undefined, keyPath: string | undefined): Settings['tls'] {
  if (certPath !== undefined && keyPath !== undefined) return { certPath, keyPath };
  if (certPath === undefined && keyPath === undefined) return undefined;
  const [has, needs] = certPath === undefined ? ['key', 'cert'] : ['cert', 'key'];
  throw new UsageError(`--tls-${has} is given without --tls-${needs}. Give both, or neither.`);
}

function rootOf(
  accessKeyId: string | undefined,
  secretAccessKey: SecretText | undefined,
): Settings['rootCredentials'] {
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    const missing = accessKeyId === undefined ? 'ACCESS' : 'SECRET';
    const present = accessKeyId === undefined ? 'SECRET' : 'ACCESS';
    throw new UsageError(
      `COFFER_ROOT_${present}_KEY is set without COFFER_ROOT_${missing}_KEY. Set both, or neither.`,
    );
  }
  if (secretAccessKey.reveal() === accessKeyId) {
    throw new UsageError(
      'COFFER_ROOT_SECRET_KEY equals COFFER_ROOT_ACCESS_KEY, which every request shows. Choose a secret of its own.',
    );
  }
  return { accessKeyId, secretAccessKey };
}

function checkTogether(settings: Settings): void {
  const { data, keeper, listen, console, tls } = settings;
  if (keeperFiles(keeper).some((path) => isWithin(path, data))) {
    throw new UsageError(
      `--keeper ${keeperText(keeper)} lies in the data folder ${data}, so a copy of the data would carry its key. Place it elsewhere, for example file:${data}.root-key.`,
    );
  }
  const { vaultToken, vaultTokenFile } = settings.keeperSecrets;
  if (vaultToken !== undefined && vaultTokenFile !== undefined) {
    throw new UsageError(
      'COFFER_VAULT_TOKEN and --vault-token-file are both given. Give one of them.',
    );
  }
  if (tls?.certPath !== undefined && [tls.certPath, tls.keyPath].some((p) => isWithin(p, data))) {
    throw new UsageError(`--tls-cert and --tls-key must not lie in the data folder ${data}.`);
  }
  if (console !== undefined && listen.port !== 0 && listen.port === console.port) {
    if (listen.host === console.host || anyHost.has(listen.host) || anyHost.has(console.host)) {
      throw new UsageError(
        `--listen and --console both ask for port ${listen.port}. Give one of them another port, or --console off.`,
      );
    }
  }
}

const anyHost = new Set(['0.0.0.0', '::']);

function sourcesOf(given: ReadonlyMap<SettingName, Given>): Settings['sources'] {
  return Object.fromEntries(
    settingNames.map((name) => [name, given.get(name)?.source ?? 'default']),
  ) as Record<SettingName, SettingSource>;
}

/** Others may name variables COFFER_… (Kubernetes does, for a service "coffer"): near misses only. */
function misspelt(env: Environment): string[] {
  const known = settingNames.map((name) => settingOf(name).env);
  return Object.keys(env).flatMap((name) => {
    if (!name.startsWith('COFFER_') || known.includes(name)) return [];
    const near = nearest(
      name.slice(7),
      known.map((variable) => variable.slice(7)),
    );
    return near === undefined ? [] : [`${name} is not a setting. Did you mean COFFER_${near}?`];
  });
}
