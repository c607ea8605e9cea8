/**
 * Every setting of `coffer serve`, once: flag, variable, default, what it may be, what it does.
 * `help settings`, `--help`, `config show` and the parser all read this table. These names are a
 * contract: operators' scripts depend on them.
 */
import { logFormats, logLevels } from '../base/log.ts';
import { keeper } from './keeper-setting.ts';
import * as value from './values.ts';
import type { Place } from './values.ts';

export interface Setting<T> {
  /** Without the two hyphens; undefined where the environment is the only way (secrets). */
  readonly flag: string | undefined;
  readonly env: string;
  /** What stands for the value in help texts. */
  readonly placeholder: string;
  /** The text of the default; undefined where nothing is the default. */
  readonly default: string | undefined;
  /** How help texts describe a default that is not a text of its own. */
  readonly defaultHelp?: string;
  /** May be given several times; in the environment, separated by commas. */
  readonly repeatable?: true;
  /** Its value is never shown. */
  readonly secret?: true;
  readonly parse: (text: string, place: Place) => T;
  /** One paragraph, with units. */
  readonly help: string;
}

const setting = <T>(definition: Setting<T>): Setting<T> => definition;

export const settingsTable = {
  data: setting({
    flag: 'data',
    env: 'COFFER_DATA',
    placeholder: 'DIR',
    default: './coffer-data',
    parse: value.folder,
    help: 'The data folder. Created with mode 0700 when it does not exist. A folder that holds anything and was not made by Coffer is refused.',
  }),
  keeper: setting({
    flag: 'keeper',
    env: 'COFFER_KEEPER',
    placeholder: 'SPEC',
    default: undefined,
    defaultHelp: 'file:DATA.root-key',
    parse: keeper,
    help: 'The root of trust that seals the keyring. file:PATH, a key file made on first start, beside the data folder, never in it; passphrase:[FILE]; vault:URL/KEY, a Transit key of Vault or OpenBao; awskms:ARN; pkcs11:URI, an AES key in a token. Without it nothing can be read. "coffer keys reseal" moves a store to another.',
  }),
  vaultToken: setting({
    flag: undefined,
    env: 'COFFER_VAULT_TOKEN',
    placeholder: 'TOKEN',
    default: undefined,
    defaultHelp: 'from --vault-token-file',
    secret: true,
    parse: value.opaqueSecret,
    help: 'The token for --keeper vault:…. Only by environment, so that no process list shows it.',
  }),
  vaultTokenFile: setting({
    flag: 'vault-token-file',
    env: 'COFFER_VAULT_TOKEN_FILE',
    placeholder: 'FILE',
    default: undefined,
    defaultHelp: 'none',
    parse: value.filePath,
    help: 'The file that holds the token for --keeper vault:…, as a Vault agent writes it. Read whenever Vault is asked, so a renewed token counts at once.',
  }),
  vaultNamespace: setting({
    flag: 'vault-namespace',
    env: 'COFFER_VAULT_NAMESPACE',
    placeholder: 'NAME',
    default: undefined,
    defaultHelp: 'none',
    parse: value.vaultNamespace,
    help: 'The namespace for --keeper vault:….',
  }),
  awskmsEndpoint: setting({
    flag: 'awskms-endpoint',
    env: 'COFFER_AWSKMS_ENDPOINT',
    placeholder: 'URL',
    default: undefined,
    defaultHelp: 'the region’s own',
    parse: value.url,
    help: 'Where --keeper awskms:… finds AWS KMS, for a private endpoint. Credentials come from the AWS SDK’s usual places: AWS_ACCESS_KEY_ID and its like, a profile, the machine’s role.',
  }),
  pkcs11Pin: setting({
    flag: undefined,
    env: 'COFFER_PKCS11_PIN',
    placeholder: 'PIN',
    default: undefined,
    defaultHelp: 'from the URI’s pin-source',
    secret: true,
    parse: value.opaqueSecret,
    help: 'The user PIN of the token of --keeper pkcs11:…. Only by environment, so that no process list shows it.',
  }),
  listen: setting({
    flag: 'listen',
    env: 'COFFER_LISTEN',
    placeholder: 'HOST:PORT',
    default: '127.0.0.1:9000',
    parse: value.address,
    help: 'Where the S3 endpoint listens. 0.0.0.0 or [::] is every interface; port 0 lets the system choose.',
  }),
  console: setting({
    flag: 'console',
    env: 'COFFER_CONSOLE',
    placeholder: 'HOST:PORT',
    default: '127.0.0.1:9001',
    parse: value.addressOrOff,
    help: 'Where the console, the admin API and /metrics listen. "off" disables the port; commands on this machine and metrics then use the socket in the data folder.',
  }),
  publicUrl: setting({
    flag: 'public-url',
    env: 'COFFER_PUBLIC_URL',
    placeholder: 'URL',
    default: undefined,
    defaultHelp: 'from --listen',
    parse: value.url,
    help: 'The S3 endpoint as clients reach it, for presigned links, Location headers and the console; needed behind a proxy.',
  }),
  consoleUrl: setting({
    flag: 'console-url',
    env: 'COFFER_CONSOLE_URL',
    placeholder: 'URL',
    default: undefined,
    defaultHelp: 'from --console',
    parse: value.url,
    help: 'The console as people reach it; needed behind a proxy.',
  }),
  region: setting({
    flag: 'region',
    env: 'COFFER_REGION',
    placeholder: 'NAME',
    default: 'us-east-1',
    parse: value.region,
    help: 'The region that requests are signed for and buckets report.',
  }),
  domain: setting({
    flag: 'domain',
    env: 'COFFER_DOMAIN',
    placeholder: 'NAME',
    default: undefined,
    defaultHelp: 'none',
    repeatable: true,
    parse: value.domain,
    help: 'A domain under which buckets are host names (BUCKET.NAME, virtual-hosted style). Path style always works.',
  }),
  tlsCert: setting({
    flag: 'tls-cert',
    env: 'COFFER_TLS_CERT',
    placeholder: 'FILE',
    default: undefined,
    defaultHelp: 'none: plain HTTP',
    parse: value.filePath,
    help: 'The certificate with its chain (PEM), for both ports. Needs --tls-key. Read again on SIGHUP.',
  }),
  tlsKey: setting({
    flag: 'tls-key',
    env: 'COFFER_TLS_KEY',
    placeholder: 'FILE',
    default: undefined,
    defaultHelp: 'none: plain HTTP',
    parse: value.filePath,
    help: 'The private key of --tls-cert (PEM, without a passphrase). Read again on SIGHUP.',
  }),
  trustedProxy: setting({
    flag: 'trusted-proxy',
    env: 'COFFER_TRUSTED_PROXY',
    placeholder: 'CIDR',
    default: undefined,
    defaultHelp: 'none',
    repeatable: true,
    parse: value.cidr,
    help: 'Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; they then feed aws:SourceIp and aws:SecureTransport. Without it these headers are ignored.',
  }),
  workers: setting({
    flag: 'workers',
    env: 'COFFER_WORKERS',
    placeholder: 'N',
    default: '1',
    parse: value.workers,
    help: 'Processes that serve the S3 endpoint, 1 to 128. With 1 there is a single process; with more, a primary supervises them.',
  }),
  newBuckets: setting({
    flag: 'new-buckets',
    env: 'COFFER_NEW_BUCKETS',
    placeholder: 'MODE',
    default: 'modern',
    parse: value.oneOf('modern', 'classic'),
    help: 'How buckets are created from now on. modern: AES256 default encryption, ACLs off, public access blocked. classic: the rules of 2020: encrypted only when asked, ACLs on, public access not blocked.',
  }),
  rotateEvery: setting({
    flag: 'rotate-every',
    env: 'COFFER_ROTATE_EVERY',
    placeholder: 'AGE',
    default: '90d',
    parse: value.rotationAge,
    help: 'The age at which the master key is rotated by itself: hours, days or weeks (12h, 90d, 4w), from 1h to 3650d. What exists stays readable; what is written from then on is sealed under the new version.',
  }),
  rotateAfterWraps: setting({
    flag: 'rotate-after-wraps',
    env: 'COFFER_ROTATE_AFTER_WRAPS',
    placeholder: 'N',
    default: '4294967296',
    parse: value.wraps,
    help: 'The number of keys wrapped under one master key version at which it is rotated whatever its age, at least 1000000. The default is 2^32, the bound of NIST SP 800-38D for random 96-bit nonces; the 192-bit nonces of XAES-256-GCM do not need it.',
  }),
  logLevel: setting({
    flag: 'log-level',
    env: 'COFFER_LOG_LEVEL',
    placeholder: 'LEVEL',
    default: 'info',
    parse: value.oneOf(...logLevels),
    help: 'The least that is logged: debug, info, warn or error. info has one line per request, without object keys; debug names them.',
  }),
  logFormat: setting({
    flag: 'log-format',
    env: 'COFFER_LOG_FORMAT',
    placeholder: 'FORMAT',
    default: 'text',
    parse: value.oneOf(...logFormats),
    help: 'text for people, json for programs. Logs go to standard error.',
  }),
  rootAccessKey: setting({
    flag: undefined,
    env: 'COFFER_ROOT_ACCESS_KEY',
    placeholder: 'ID',
    default: undefined,
    defaultHelp: 'generated on first start, kept in DATA.credentials',
    parse: value.accessKeyId,
    help: 'The access key id of the default account’s root, 3 to 128 characters. Replaces the stored one. Needs COFFER_ROOT_SECRET_KEY.',
  }),
  rootSecretKey: setting({
    flag: undefined,
    env: 'COFFER_ROOT_SECRET_KEY',
    placeholder: 'SECRET',
    default: undefined,
    defaultHelp: 'generated on first start, kept in DATA.credentials',
    secret: true,
    parse: value.secretAccessKey,
    help: 'The secret of COFFER_ROOT_ACCESS_KEY, 8 to 128 characters. Only by environment, so that no process list shows it.',
  }),
} as const;

export type SettingName = keyof typeof settingsTable;

/** The type that a setting's text becomes. */
export type SettingValue<Name extends SettingName> = ReturnType<
  (typeof settingsTable)[Name]['parse']
>;

export const settingNames = Object.keys(settingsTable) as readonly SettingName[];

/** The row of `name`, with its own facts only. */
export const settingOf = (name: SettingName): Setting<unknown> => settingsTable[name];
