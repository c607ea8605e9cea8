/**
 * The admin API, typed by the server's own contract: an operation is called by its route, and the
 * compiler knows what it takes and answers. The session's cookie goes along by itself.
 *
 *   const { accounts } = await admin('GET /admin/v1/accounts');
 *   await admin('DELETE /admin/v1/accounts/{account}', { path: { account: 'acme' } });
 */
import type {
  AdminErrorBody,
  AdminErrorCode,
  AdminOperationName,
  AdminOperations,
} from '../../../src/admin/contract.ts';
import { Unreachable } from './unreachable.ts';

export type AdminRoute = AdminOperations[AdminOperationName]['route'];

type Named<Route extends AdminRoute> = {
  [Name in AdminOperationName]: AdminOperations[Name]['route'] extends Route
    ? AdminOperations[Name]
    : never;
}[AdminOperationName];

export type AdminReply<Route extends AdminRoute> = Named<Route>['reply'];

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** A poll that nobody asked for: it keeps no session from being idle. */
  readonly background?: boolean;
}

type Sent<Route extends AdminRoute> = Omit<Named<Route>, 'route' | 'reply'> & CallOptions;
type Argument<Route extends AdminRoute> =
  CallOptions extends Sent<Route> ? [sent?: Sent<Route>] : [sent: Sent<Route>];

/** What the server refused, and why. */
export class AdminError extends Error {
  readonly status: number;
  readonly code: AdminErrorCode;
  readonly requestId: string;
  /** With `TooManyAttempts`: when the next attempt is looked at. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, body: AdminErrorBody, retryAfterSeconds?: number) {
    super(body.message);
    this.name = 'AdminError';
    this.status = status;
    this.code = body.code;
    this.requestId = body.requestId;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

type SessionListener = (event: 'used' | 'ended') => void;
const sessionListeners = new Set<SessionListener>();

/** Tells when the session is used, which keeps it from being idle, and when it turns out to be over. */
export function watchSession(listener: SessionListener): () => void {
  sessionListeners.add(listener);
  return () => sessionListeners.delete(listener);
}

/** Throws `AdminError` for what the server refused, `Unreachable` where none answered. */
export async function admin<Route extends AdminRoute>(
  route: Route,
  ...[sent]: Argument<Route>
): Promise<AdminReply<Route>> {
  const { path, query, body, signal, background } = (sent ?? {}) as LooselySent;
  const { method, url } = target(route, path, query);
  const headers: Record<string, string> = { 'x-coffer-console': '1' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (background === true) headers['x-coffer-background'] = '1';
  const response = await fetch(url, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
    credentials: 'same-origin',
    cache: 'no-store',
    signal: signal ?? null,
  }).catch((error: unknown) => {
    throw Unreachable.from(error);
  });
  return (await replyOf(response, background === true)) as AdminReply<Route>;
}

interface LooselySent extends CallOptions {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

function target(
  route: AdminRoute,
  path: LooselySent['path'],
  query: LooselySent['query'],
): { readonly method: string; readonly url: string } {
  const [method = '', template = ''] = route.split(' ');
  const filled = template.replaceAll(/\{(\w+)\}/g, (_name, name: string) =>
    encodeURIComponent(path?.[name] ?? ''),
  );
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) parameters.set(name, value);
  }
  const search = parameters.size === 0 ? '' : `?${parameters.toString()}`;
  return { method, url: filled + search };
}

async function replyOf(response: Response, background: boolean): Promise<unknown> {
  const text = await response.text().catch((error: unknown) => {
    throw Unreachable.from(error);
  });
  if (response.ok) {
    if (!background) for (const listener of sessionListeners) listener('used');
    return text === '' ? undefined : JSON.parse(text);
  }
  const error = new AdminError(response.status, errorBody(text, response), retryAfter(response));
  if (error.code === 'SessionEnded') for (const listener of sessionListeners) listener('ended');
  throw error;
}

function errorBody(text: string, response: Response): AdminErrorBody {
  if (response.headers.get('content-type')?.startsWith('application/json') === true) {
    return JSON.parse(text) as AdminErrorBody;
  }
  return {
    code: 'InternalError',
    message: `Something that is not Coffer answered with status ${response.status}.`,
    requestId: '',
  };
}

function retryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds : undefined;
}
