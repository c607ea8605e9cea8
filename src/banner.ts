/** What a start says: where things are, whom to be, what to keep safe, and one line to paste. */
import type { Settings } from './config/settings.ts';
import { publicUrl } from './endpoint.ts';
import type { Start } from './open-store.ts';

/** `bound` is the address that the endpoint got (a port of 0 becomes a real one). */
export function banner(settings: Settings, start: Start, bound: Settings['listen']): string {
  const endpoint = publicUrl(settings, bound);
  const { credentialsPath, rootAccessKeyId, firstStart } = start;
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
    `Access key id         ${rootAccessKeyId}`,
    `Secret access key     ${secret}`,
    `Data folder           ${settings.data}`,
    `Root key file         ${settings.keeper.path}`,
    '',
    ...(firstStart
      ? loud(settings.keeper.path)
      : [`Keep a copy of ${settings.keeper.path} elsewhere: without it the data is lost.`]),
    '',
    `Try:  ${paste}`,
    '',
  ];
  return `${lines.join('\n')}\n`;
}

/** The text as one word of a POSIX shell, as it stands where that is safe. */
function shellWord(text: string): string {
  return /^[A-Za-z0-9_./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function loud(path: string): string[] {
  return [
    '  ************************************************************************',
    '  *  BACK UP THE ROOT KEY FILE NOW, to another machine or on paper:      *',
    `  *    ${path}`,
    '  *  Without it NOBODY can read your data again. Never keep the only     *',
    '  *  copy on the disk that holds the data.                               *',
    '  ************************************************************************',
  ];
}
