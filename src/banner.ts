/** What a start says: where things are, whom to be, what to keep safe, and one line to paste. */
import { keeperText, type KeeperSetting } from './config/keeper-setting.ts';
import { addressUrl, type Settings } from './config/settings.ts';
import { publicUrl } from './endpoint.ts';
import type { Start } from './open-store.ts';

/** The addresses that the ports got (a port of 0 becomes a real one). */
export interface BoundPorts {
  readonly endpoint: Settings['listen'];
  /** Undefined where it is off. */
  readonly console: Settings['console'];
}

export function banner(settings: Settings, start: Start, bound: BoundPorts): string {
  const endpoint = publicUrl(settings, bound.endpoint);
  const { credentialsPath, rootAccessKeyId, firstStart } = start;
  const { keeper } = settings;
  const secret =
    credentialsPath === undefined
      ? 'given by COFFER_ROOT_SECRET_KEY'
      : `in ${credentialsPath} (readable by you only)`;
  const paste =
    (credentialsPath === undefined
      ? ''
      : `AWS_SHARED_CREDENTIALS_FILE=${shellWord(credentialsPath)} `) +
    `aws s3 mb s3://my-bucket --endpoint-url ${endpoint} --region ${settings.region}`;
  const lines = [
    '',
    `Coffer serves S3 at   ${endpoint}`,
    ...(bound.console === undefined
      ? []
      : [`Console               ${consoleAt(settings, bound.console)}`]),
    `Access key id         ${rootAccessKeyId}`,
    `Secret access key     ${secret}`,
    `Data folder           ${settings.data}`,
    keeper.kind === 'file'
      ? `Root key file         ${keeper.path}`
      : `Root of trust         ${keeperText(keeper)}`,
    '',
    ...(firstStart ? loud(keeper) : [quiet(keeper)]),
    '',
    `Try:  ${paste}`,
    '',
  ];
  return `${lines.join('\n')}\n`;
}

function consoleAt(settings: Settings, bound: Settings['listen']): string {
  return settings.consoleUrl ?? addressUrl(bound, settings.tls !== undefined);
}

/** The text as one word of a POSIX shell, as it stands where that is safe. */
function shellWord(text: string): string {
  return /^[A-Za-z0-9_./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function loud(keeper: KeeperSetting): string[] {
  const rows = [...keepSafe[keeper.kind], 'Without it NOBODY can read your data again.'];
  if (keeper.kind === 'file') rows.splice(1, 0, `  ${keeper.path}`);
  const edge = `  ${'*'.repeat(72)}`;
  return [edge, ...rows.map((row) => `  *  ${row.padEnd(67)} *`), edge];
}

const quiet = (keeper: KeeperSetting): string =>
  keeper.kind === 'file'
    ? `Keep a copy of ${keeper.path} elsewhere: without it the data is lost.`
    : 'Without that root of trust the data is lost.';

/** What must not be lost, and how. */
const keepSafe: Readonly<Record<KeeperSetting['kind'], readonly string[]>> = {
  file: [
    'BACK UP THE ROOT KEY FILE NOW, to another machine or on paper:',
    'Never keep the only copy on the disk that holds the data.',
  ],
  passphrase: ['KEEP THE PASSPHRASE in a safe place, apart from this machine.'],
  vault: ['BACK UP VAULT: its transit key opens this store. Never delete that key.'],
  awskms: ['KEEP THE KMS KEY: never schedule its deletion.'],
  pkcs11: ['BACK UP THE TOKEN’S KEY, as its maker says.'],
};
