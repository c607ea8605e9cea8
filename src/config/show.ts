/** The settings in words: `coffer help settings` and `coffer config show`. Secrets are never shown. */
import { keeperText } from './keeper-setting.ts';
import type { Settings, SettingSource } from './settings.ts';
import { settingNames, settingOf } from './table.ts';
import type { SettingName } from './table.ts';
import { rotationAgeText } from './values.ts';

/** One setting as `config show` gives it. */
export interface ShownSetting {
  readonly name: SettingName;
  /** `--data`; undefined where only the environment sets it. */
  readonly flag: string | undefined;
  readonly env: string;
  /** Undefined where nothing is set. */
  readonly value: string | undefined;
  readonly source: SettingSource;
}

/** Every setting with its flag, variable, default and explanation. */
export function helpSettings(): string {
  return settingNames
    .map((name) => {
      const { flag, env, placeholder, repeatable, help, ...row } = settingOf(name);
      const forms = flag === undefined ? env : `--${flag} ${placeholder}    ${env}`;
      const standard = row.defaultHelp ?? row.default ?? 'none';
      const often =
        repeatable === true ? ' May be repeated; separated by commas in the variable.' : '';
      return `  ${forms}\n${wrapped(`Default: ${standard}. ${help}${often}`)}\n`;
    })
    .join('\n');
}

/** Every setting's value and where it came from, as data. */
export function describeSettings(settings: Settings): readonly ShownSetting[] {
  return settingNames.map((name) => {
    const { flag, env } = settingOf(name);
    return {
      name,
      flag: flag === undefined ? undefined : `--${flag}`,
      env,
      value: shownValue(settings, name),
      source: settings.sources[name],
    };
  });
}

function shownValue(settings: Settings, name: SettingName): string | undefined {
  const hostPort = ({ host, port }: { host: string; port: number }): string =>
    `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const list = (items: readonly string[]): string | undefined =>
    items.length === 0 ? undefined : items.join(',');
  const values: Readonly<Record<SettingName, string | undefined>> = {
    data: settings.data,
    keeper: keeperText(settings.keeper),
    vaultToken: redacted(settings.keeperSecrets.vaultToken),
    vaultTokenFile: settings.keeperSecrets.vaultTokenFile,
    vaultNamespace: settings.keeperSecrets.vaultNamespace,
    awskmsEndpoint: settings.keeperSecrets.awskmsEndpoint,
    pkcs11Pin: redacted(settings.keeperSecrets.pkcs11Pin),
    listen: hostPort(settings.listen),
    console: settings.console === undefined ? 'off' : hostPort(settings.console),
    publicUrl: settings.publicUrl,
    consoleUrl: settings.consoleUrl,
    region: settings.region,
    domain: list(settings.domains),
    tlsCert: settings.tls?.certPath,
    tlsKey: settings.tls?.keyPath,
    trustedProxy: list(settings.trustedProxies),
    workers: String(settings.workers),
    newBuckets: settings.newBuckets,
    rotateEvery: rotationAgeText(settings.rotation.everyMs),
    rotateAfterWraps: String(settings.rotation.afterWraps),
    logLevel: settings.logLevel,
    logFormat: settings.logFormat,
    rootAccessKey: settings.rootCredentials?.accessKeyId,
    rootSecretKey: redacted(settings.rootCredentials),
  };
  return values[name];
}

const redacted = (secret: unknown): string | undefined =>
  secret === undefined ? undefined : '[redacted]';

const indent = ' '.repeat(8);
const columnsMax = 100;

function wrapped(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > columnsMax) {
      lines.push(indent + line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, indent + line].join('\n');
}
