/** Where the token for Vault comes from, and what an operator should be told about the way to it. */
import { isIP } from 'node:net';
import { Fault } from './base/refusal.ts';
import type { KeeperSecrets } from './config/settings.ts';
import { readSmallFile } from './keys/durable-file.ts';

const bytesMax = 8_192;

/** Gives the token as it is now: a file is read each time, because agents renew it. */
export function vaultToken({
  vaultToken: given,
  vaultTokenFile,
}: KeeperSecrets): () => Promise<string> {
  return async () => {
    if (given !== undefined) return given.reveal();
    if (vaultTokenFile === undefined) {
      throw new Fault(
        'failed',
        'Vault asks for a token: set COFFER_VAULT_TOKEN, or name a file with --vault-token-file.',
      );
    }
    const text = (await readSmallFile(vaultTokenFile, bytesMax))?.toString('latin1').trim();
    if (text === undefined || !/^[\x21-\x7e]+$/.test(text)) {
      throw new Fault(
        'failed',
        `The Vault token file ${vaultTokenFile} is missing or holds no token.`,
      );
    }
    return text;
  };
}

/** A warning where the token would travel in clear. */
export function plainHttp(origin: string): string | undefined {
  const { protocol, hostname } = new URL(origin);
  const isHere = hostname === 'localhost' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
  if (protocol === 'https:' || isHere || hostname === '[::1]') return undefined;
  return `Vault at ${origin} is asked without TLS: its token and the key of the keyring travel in clear. Use https://.`;
}
