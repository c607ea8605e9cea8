/**
 * Where browsers reach the two ports. Without a setting, a port that listens on every interface is
 * reached under the same host name as the other one: the Host header of the request says which.
 */
import { addressUrl, type Settings } from './config/settings.ts';
import { header, type HttpRequest } from './http/exchange.ts';

/** The S3 endpoint for the sender of a request to the console; `bound` is where it listens. */
export function endpointFor(
  settings: Settings,
  bound: Settings['listen'],
  request: Pick<HttpRequest, 'headers'>,
): string {
  if (settings.publicUrl !== undefined) return settings.publicUrl;
  return addressUrl({ ...bound, host: hostFor(bound.host, request) }, settings.tls !== undefined);
}

/**
 * The origins that the console has for the sender of a request to the S3 endpoint: none where it is
 * off; `bound` is where it listens, undefined before it does.
 */
export function consoleOrigins(
  settings: Settings,
  bound: Settings['listen'] | undefined,
  request: Pick<HttpRequest, 'headers'>,
): readonly string[] {
  if (settings.console === undefined) return [];
  if (settings.consoleUrl !== undefined) return [settings.consoleUrl];
  if (bound === undefined || bound.port === 0) return [];
  const { port } = bound;
  const secure = settings.tls !== undefined;
  const hosts = new Set([bound.host, hostFor(bound.host, request)]);
  if ([...hosts].some((host) => loopback.has(host) || anyHost.has(host))) {
    for (const host of loopback) hosts.add(host);
  }
  return [...hosts]
    .filter((host) => !anyHost.has(host))
    .map((host) => addressUrl({ host, port }, secure));
}

const loopback: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);
const anyHost: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** Of a port on every interface, the name that the request was sent to. */
function hostFor(bound: string, { headers }: Pick<HttpRequest, 'headers'>): string {
  if (!anyHost.has(bound)) return bound;
  const named = hostName(header(headers, 'host') ?? '');
  return named ?? bound;
}

/** Without the port and the brackets; undefined for what is no name. */
function hostName(host: string): string | undefined {
  const match =
    /^(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?))(?::\d{1,5})?$/.exec(
      host.toLowerCase(),
    );
  return match?.[1] ?? match?.[2];
}
