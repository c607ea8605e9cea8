/** Where the PIN of a PKCS#11 token comes from. */
import { Fault } from './base/refusal.ts';
import type { KeeperSecrets } from './config/settings.ts';
import { readSmallFile } from './keys/durable-file.ts';

const bytesMax = 4_096;

/** Gives the PIN: COFFER_PKCS11_PIN, else the file that the URI's pin-source names. */
export function pkcs11Pin(
  { pkcs11Pin: given }: KeeperSecrets,
  pinSource: string | undefined,
): () => Promise<string> {
  return async () => {
    if (given !== undefined) return given.reveal();
    if (pinSource === undefined) {
      throw new Fault(
        'failed',
        'The token asks for a PIN: set COFFER_PKCS11_PIN, or name a file with &pin-source=FILE in the URI.',
      );
    }
    const text = (await readSmallFile(pinSource, bytesMax))?.toString('utf8').replace(/\r?\n$/, '');
    if (text === undefined || text === '') {
      throw new Fault('failed', `The PIN file ${pinSource} is missing or empty.`);
    }
    return text;
  };
}
