/**
 * Self-signed certificates for tests, with their keys, good for 127.0.0.1 and localhost until 2126:
 * made once, so that a machine without OpenSSL runs the tests too. They protect nothing.
 */
import { join } from 'node:path';
import type { TlsFiles } from '../../src/http/tls.ts';

/** The subject's common name is the certificate's own. */
export function certificate(name: 'first' | 'second'): TlsFiles {
  const path = join(import.meta.dirname, 'certificates', name);
  return { certPath: `${path}.crt`, keyPath: `${path}.key` };
}
