/** A key as AWS's command line and SDKs read it (AWS_SHARED_CREDENTIALS_FILE). */
import type { IssuedAccessKey } from '../../../../src/admin/contract.ts';

export function credentialsFile(
  { accessKeyId, secretKey }: IssuedAccessKey,
  { region, endpoint }: { readonly region: string; readonly endpoint: string },
): string {
  return (
    `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretKey}\n` +
    `region = ${region}\nendpoint_url = ${endpoint}\n`
  );
}
