/**
 * The console port: /metrics, the admin API and the console's pages. With `--console off` the metrics
 * move to the admin socket, which has no pages.
 */
import { adminPathPrefix } from './admin/route.ts';
import { metricsContentType } from './base/metrics.ts';
import { rawPath } from './base/request-target.ts';
import { noteRequest } from './base/request-notes.ts';
import { nothingHere } from './console-pages.ts';
import type { Handler, HttpReply, HttpRequest } from './http/exchange.ts';

export interface ConsolePort {
  /** The summed metrics of all processes, in the Prometheus text format. */
  readonly metrics: () => Promise<string>;
  readonly admin: Handler;
  /** The console's page for a GET or HEAD; absent on the socket. */
  readonly page?: (request: HttpRequest) => HttpReply;
}

/** Answers the console port, and the admin socket. */
export function consoleHandler({ metrics, admin, page }: ConsolePort): Handler {
  return async (request) => {
    const path = rawPath(request.target);
    if (path.startsWith(adminPathPrefix)) return admin(request);
    noteRequest(request, { operation: path === '/metrics' ? 'Metrics' : 'Console' });
    if (request.method !== 'GET' && request.method !== 'HEAD') return notAllowed;
    if (path === '/metrics') {
      return {
        status: 200,
        headers: { 'Content-Type': metricsContentType, 'X-Content-Type-Options': 'nosniff' },
        body: await metrics(),
      };
    }
    return page === undefined ? nothingHere : page(request);
  };
}

const notAllowed: HttpReply = {
  status: 405,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', Allow: 'GET, HEAD' },
  body: 'Only GET and HEAD are answered here.\n',
};
