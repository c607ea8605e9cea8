/**
 * The console port: /metrics, the admin API, and, until the console is built, a page that says so.
 * With `--console off` the metrics move to the admin socket.
 */
import { adminPathPrefix } from './admin/route.ts';
import { metricsContentType } from './base/metrics.ts';
import { rawPath } from './base/request-target.ts';
import type { Handler, HttpReply } from './http/exchange.ts';

export interface ConsolePort {
  /** The summed metrics of all processes, in the Prometheus text format. */
  readonly metrics: () => Promise<string>;
  readonly admin: Handler;
}

/** Answers the console port, and the admin socket. */
export function consoleHandler({ metrics, admin }: ConsolePort): Handler {
  return async (request) => {
    const path = rawPath(request.target);
    if (path.startsWith(adminPathPrefix)) return admin(request);
    if (request.method !== 'GET' && request.method !== 'HEAD') return notAllowed;
    if (path === '/metrics') {
      return {
        status: 200,
        headers: { 'Content-Type': metricsContentType },
        body: await metrics(),
      };
    }
    return path === '/' ? placeholder : notFound;
  };
}

const guarded = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Coffer</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:4em auto;padding:0 1em}</style>
<h1>Coffer</h1>
<p>The server is running. Its web console is not part of this version yet: use any S3 client for
objects, and the <code>coffer</code> command for accounts, users and keys
(<code>coffer help</code>). Metrics for Prometheus are at <a href="/metrics">/metrics</a>.</p>
</html>
`;

const placeholder: HttpReply = {
  status: 200,
  headers: { 'Content-Type': 'text/html; charset=utf-8', ...guarded },
  body: page,
};

const text = { 'Content-Type': 'text/plain; charset=utf-8', ...guarded };
const notFound: HttpReply = { status: 404, headers: text, body: 'There is nothing here.\n' };
const notAllowed: HttpReply = {
  status: 405,
  headers: { ...text, Allow: 'GET, HEAD' },
  body: 'Only GET and HEAD are answered here.\n',
};
