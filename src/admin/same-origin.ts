/**
 * Requests that a browser was made to send by another page are refused (cross-site request forgery).
 * SameSite=Strict keeps the cookie from other sites, but not from another port of this host, such as
 * the S3 endpoint's: so every request that changes something carries a header that no other origin's
 * page may send without being asked for (Fetch standard, "CORS-safelisted request-header"), and what
 * the browser itself says of the origin must be right ("Fetch Metadata Request Headers", W3C;
 * checked 2026-11-24).
 */
import { Refusal } from '../base/refusal.ts';
import { header, type HttpRequest } from '../http/exchange.ts';

/** Sent with the value `1` by the console. */
export const consoleHeader = 'x-coffer-console';

/** Throws `AccessDenied` unless the console's own page sent it. `consoleUrl` is set behind a proxy. */
export function refuseOtherOrigins(http: HttpRequest, consoleUrl: string | undefined): void {
  const changes = http.method !== 'GET' && http.method !== 'HEAD';
  if (changes && header(http.headers, consoleHeader) !== '1') {
    throw refused(
      `A session's request that changes something needs the header ${consoleHeader}: 1.`,
    );
  }
  const site = header(http.headers, 'sec-fetch-site');
  const typed = !changes && site === 'none';
  if (site !== undefined && site !== 'same-origin' && !typed) {
    throw refused('The request comes from a page of another origin.');
  }
  const origin = header(http.headers, 'origin');
  if (origin === undefined || isOwn(origin, http, consoleUrl)) return;
  throw refused(
    'The request comes from a page of another origin. Behind a proxy, set --console-url to the console’s address as browsers see it.',
  );
}

function isOwn(origin: string, http: HttpRequest, consoleUrl: string | undefined): boolean {
  if (origin === consoleUrl) return true;
  const host = header(http.headers, 'host')?.toLowerCase();
  return origin === `${http.secure ? 'https' : 'http'}://${host}`;
}

function refused(message: string): Refusal {
  return new Refusal('AccessDenied', { message });
}
