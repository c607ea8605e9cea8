/**
 * What node:http lets through and a store must not (RFC 9112 §3.2, §6.1; SECURITY-REGRESSIONS,
 * "Paths, parsers, resources"): read from the raw headers, before anything else looks at them.
 * node's parser itself refuses obs-fold, NUL and other control characters, duplicate or signed
 * Content-Length, Content-Length beside Transfer-Encoding, and bare LF.
 */
import type { IncomingMessage } from 'node:http';
import type { Headers } from './exchange.ts';
import { wireRefusals } from './wire-refusal.ts';
import type { WireRefusal } from './wire-refusal.ts';

/** Lower-case name → values in wire order, from `name, value, name, value ...`. */
export function headersOf(raw: readonly string[]): Headers {
  const headers = new Map<string, string[]>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase();
    const value = raw[index + 1] as string;
    const values = headers.get(name);
    if (values === undefined) headers.set(name, [value]);
    else values.push(value);
  }
  return headers;
}

/** Why this request must not be served; undefined when it may be. */
export function malformed(message: IncomingMessage, headers: Headers): WireRefusal | undefined {
  const { httpVersion, url } = message;
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return wireRefusals.version;
  if (url === undefined || url.charCodeAt(0) !== slash) return wireRefusals.target;
  const hosts = headers.get('host')?.length ?? 0;
  // HTTP/1.0 has no Host; nothing but anonymous requests and health checks work without it.
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) return wireRefusals.host;
  if ((headers.get('authorization')?.length ?? 1) > 1) return wireRefusals.authorization;
  const codings = headers.get('transfer-encoding');
  if (codings !== undefined) {
    const chunked = codings.length === 1 && codings[0]?.toLowerCase() === 'chunked';
    if (!chunked || httpVersion !== '1.1' || headers.has('content-length')) {
      return wireRefusals.transferCoding;
    }
  }
  const lengths = headers.get('content-length');
  if (lengths !== undefined && (lengths.length > 1 || !isLength(lengths[0] ?? ''))) {
    return wireRefusals.length;
  }
  return undefined;
}

const slash = 0x2f;

const isLength = (text: string): boolean =>
  /^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text));
