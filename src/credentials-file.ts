/**
 * The generated root credentials, in the form of AWS's shared credentials file ("Configuration and
 * credential file settings", AWS CLI user guide, 2026-11-24): `AWS_SHARED_CREDENTIALS_FILE` may
 * point at it. Readable by its owner only, and beside the data folder, never in it.
 */
import { stat } from 'node:fs/promises';
import type { GivenKey } from './access/access-keys.ts';
import { placeNewFile, replaceFile } from './keys/durable-file.ts';

/** Where the credentials of the store in `data` are written. */
export const credentialsPathOf = (data: string): string => `${data}.credentials`;

export const hasCredentialsFile = (data: string): Promise<boolean> =>
  stat(credentialsPathOf(data)).then(
    () => true,
    () => false,
  );

export async function writeCredentialsFile(
  path: string,
  key: GivenKey,
  region: string,
): Promise<void> {
  const text =
    '[default]\n' +
    `aws_access_key_id = ${key.accessKeyId}\n` +
    `aws_secret_access_key = ${key.secretKey}\n` +
    `region = ${region}\n`;
  const bytes = Buffer.from(text);
  if (!(await placeNewFile(path, bytes))) await replaceFile(path, bytes);
}
