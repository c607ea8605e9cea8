/** The S3 endpoint of one process, over an opened store. */
import type { Log } from './base/log.ts';
import type { Metrics } from './base/metrics.ts';
import { systemClock } from './base/time.ts';
import { addressUrl, type Settings } from './config/settings.ts';
import type { Handler } from './http/exchange.ts';
import { observeWith } from './http/observer.ts';
import { consoleOrigins } from './public-addresses.ts';
import { startHttpServer, type HttpServer } from './http/server.ts';
import { readTls, type TlsIdentity } from './http/tls.ts';
import type { OpenedStore } from './open-store.ts';
import { allOperations } from './s3/all-operations.ts';
import { routeTable } from './s3/route.ts';
import { withCors } from './s3/cors.ts';
import { serveS3 } from './s3/serve.ts';
import { createStore } from './store/create-store.ts';

export interface EndpointOptions {
  readonly settings: Settings;
  readonly opened: OpenedStore;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Where the console listens; undefined before it does. */
  readonly consoleBound: () => Settings['listen'] | undefined;
  /** False while the process ends. */
  readonly ready: () => boolean;
}

/** Starts it; resolves when it accepts connections. Throws a `StartError`. */
export async function startEndpoint(options: EndpointOptions): Promise<HttpServer> {
  const { settings, opened, log, metrics, ready, consoleBound } = options;
  const store = createStore({ rows: opened.rows, blobs: opened.blobs, clock: systemClock });
  const observer = observeWith(log, metrics);
  // Port 0 becomes a real one only when the server listens.
  let bound: Settings['listen'] = settings.listen;
  const handler = serveS3({
    store,
    routes: routeTable(allOperations),
    addressing: { domains: settings.domains },
    settings: {
      region: settings.region,
      get publicUrl() {
        return publicUrl(settings, bound);
      },
      newBuckets: settings.newBuckets,
    },
    account: (view, id) => opened.accounts.find(view, id),
    failed: (request, error) => observer.requestFailed(request, error),
  });
  const withConsole = (served: Handler): Handler =>
    settings.console === undefined
      ? served
      : withCors(served, (request) => consoleOrigins(settings, consoleBound(), request));
  const server = await startHttpServer({
    handler: withConsole(handler),
    address: { ...settings.listen, setting: '--listen' },
    observer,
    tls: await tlsOf(settings),
    trustedProxies: settings.trustedProxies,
    ready,
  });
  bound = server.listening;
  return server;
}

/** The certificate and key in the files that the settings name, as they are now. */
export async function tlsOf(settings: Settings): Promise<TlsIdentity | undefined> {
  return settings.tls === undefined ? undefined : readTls(settings.tls);
}

/** The endpoint's address as clients know it. */
export function publicUrl(settings: Settings, bound: Settings['listen']): string {
  return settings.publicUrl ?? addressUrl(bound, settings.tls !== undefined);
}
