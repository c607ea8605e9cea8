/**
 * Liveness and readiness for supervisors and load balancers, on the S3 port outside every bucket's
 * namespace (no bucket's name starts with a dot). They need no signature and say nothing more than
 * yes or no. Live: this process answers. Ready: it can serve requests now.
 */
import { rawPath } from '../base/request-target.ts';
import type { HttpReply, HttpRequest } from './exchange.ts';

/** True when requests can be served: the store is open and the process is not ending. */
export type Ready = () => boolean | Promise<boolean>;

/** The reply to a health request; undefined when it is not one. */
export function healthReply(
  request: HttpRequest,
  ready: Ready,
): HttpReply | Promise<HttpReply> | undefined {
  const { target } = request;
  if (!target.startsWith(healthPrefix)) return undefined;
  const path = rawPath(target);
  if (path !== '/.coffer/live' && path !== '/.coffer/ready') return undefined;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, headers: { Allow: 'GET, HEAD' } };
  }
  return path === '/.coffer/live' ? answer(true, 'live') : readiness(ready);
}

/** The operation's name in logs and metrics. */
export const healthOperation = 'Health';

const healthPrefix = '/.coffer/';

async function readiness(ready: Ready): Promise<HttpReply> {
  return answer(await ready(), 'ready');
}

function answer(yes: boolean, word: string): HttpReply {
  return {
    status: yes ? 200 : 503,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' },
    body: yes ? `${word}\n` : `not ${word}\n`,
  };
}
