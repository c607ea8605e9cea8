/**
 * The certificate and key of both ports, from PEM files; read at start and again on SIGHUP. They
 * are checked before they are used, so that the message names the file at fault.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { SecureContextOptions } from 'node:tls';
import { StartError } from '../base/start-error.ts';

export interface TlsFiles {
  readonly certPath: string;
  readonly keyPath: string;
}

/** What a TLS server is made with. */
export interface TlsIdentity {
  readonly options: SecureContextOptions;
}

/** Reads and checks both files. Throws a `StartError` that names the one at fault. */
export async function readTls({ certPath, keyPath }: TlsFiles): Promise<TlsIdentity> {
  const [cert, key] = await Promise.all([read('--tls-cert', certPath), read('--tls-key', keyPath)]);
  const certificate = parsed(
    certPath,
    'a certificate in PEM form',
    () => new X509Certificate(cert),
  );
  const privateKey: KeyObject = parsed(
    keyPath,
    'a private key in PEM form without a passphrase',
    () => createPrivateKey(key),
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new StartError(
      `The key in ${keyPath} does not belong to the certificate in ${certPath}. Give the pair that was issued together.`,
    );
  }
  return { options: { cert, key, minVersion: 'TLSv1.2' } };
}

async function read(flag: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'error';
    throw new StartError(`${flag} ${path} cannot be read (${code}). Check the path and its mode.`, {
      cause: error,
    });
  }
}

function parsed<T>(path: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new StartError(`${path} is not ${what}. Give the right file.`, { cause: error });
  }
}
