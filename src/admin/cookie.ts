/** The session's cookie ("HTTP State Management Mechanism", RFC 6265bis; checked 2026-11-24). */
import type { Headers, HttpRequest } from '../http/exchange.ts';
import { sessionLimits } from './sessions.ts';

const cookieName = 'coffer-session';

/**
 * The session's token; undefined where no cookie of that name was sent. What is no token, or comes
 * twice (another program of the host may have set one), is empty: the token of no session.
 */
export function sessionToken(headers: Headers): string | undefined {
  const found: string[] = [];
  for (const line of headers.get('cookie') ?? []) {
    for (const pair of line.split(';')) {
      const [name = '', ...value] = pair.split('=');
      if (name.trim() === cookieName) found.push(value.join('=').trim());
    }
  }
  if (found.length === 0) return undefined;
  const [token = ''] = found;
  return found.length === 1 && /^[A-Za-z0-9_-]{43}$/.test(token) ? token : '';
}

/** The `Set-Cookie` header of a new session. */
export function sessionCookie(token: string, secure: boolean): string {
  return cookie(token, Math.floor(sessionLimits.ageMsMax / 1000), secure);
}

/** The `Set-Cookie` header that takes it away. */
export function endedCookie({ secure }: Pick<HttpRequest, 'secure'>): string {
  return cookie('', 0, secure);
}

function cookie(value: string, seconds: number, secure: boolean): string {
  const attributes = ['Path=/admin', `Max-Age=${seconds}`, 'HttpOnly', 'SameSite=Strict'];
  if (secure) attributes.push('Secure');
  return [`${cookieName}=${value}`, ...attributes].join('; ');
}
