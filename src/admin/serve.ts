/**
 * The pipeline: what every admin request goes through, in this order and no other.
 * route → authenticate → input → authorize → run → output.
 *
 * Nothing of a body is read before its sender is known, and nothing is told of the store before the
 * operation is allowed.
 */
import { Refusal } from '../base/refusal.ts';
import { noteOf, noteRequest } from '../base/request-notes.ts';
import type { Handler, HttpReply, HttpRequest } from '../http/exchange.ts';
import { adminOperations } from './all-operations.ts';
import { authenticate, type Caller, localCaller, strangerCaller } from './authenticate.ts';
import { authorize } from './authorize.ts';
import { readMembers, readNothing } from './body.ts';
import { describe, errorReply, jsonHeaders } from './errors.ts';
import type { AdminCall, AdminServices } from './operation.ts';
import { type AdminRoutes, type Routed, routeTable } from './route.ts';
import { refuseOtherOrigins } from './same-origin.ts';
import { findSubject, type Found } from './subject.ts';

export interface AdminGate {
  /** Every request is the local administrator's: for the Unix socket and nothing else. */
  readonly trusted: boolean;
}

/** The admin API. Never throws: whatever happens becomes a reply. */
export function serveAdmin(services: AdminServices, gate: AdminGate): Handler {
  const routes = routeTable(adminOperations);
  return async (http) => {
    try {
      return await answer({ services, routes, gate }, http);
    } catch (error) {
      const operation = noteOf(http)?.operation ?? 'Unrouted';
      noteRequest(http, { operation, code: describe(error).code });
      if (!(error instanceof Refusal)) services.failed(http, error);
      return errorReply(error, http.id);
    }
  };
}

interface Served {
  readonly services: AdminServices;
  readonly routes: AdminRoutes;
  readonly gate: AdminGate;
}

async function answer({ services, routes, gate }: Served, http: HttpRequest): Promise<HttpReply> {
  const routed = routes.find(http.method, http.target);
  const { operation } = routed;
  noteRequest(http, { operation: operation.name });
  const caller = await callerOf(routed, { services, gate }, http);
  if ('identity' in caller) {
    const { accessKeyId } = caller.identity;
    noteRequest(http, { operation: operation.name, accessKeyId });
    if (operation.confidential === true) refuseOpenWay(http);
  }
  const input = await inputOf(routed, caller, http);
  const { account } = await admit(services, { http, routed, caller, input });
  // Only who may know learns that there is no such subject.
  if (account === undefined) throw nothingThere(operation.subject(input));
  const cookie: Record<string, string> = {};
  const setCookie = (value: string): void => void (cookie['Set-Cookie'] = value);
  const operations = adminOperations;
  const call: AdminCall = { services, account, caller, http, operations, setCookie };
  const reply: unknown = await operation.run(call, input);
  if (reply === undefined) {
    return { status: 204, headers: { 'Cache-Control': 'no-store', ...cookie } };
  }
  const status = http.method === 'POST' ? 201 : 200;
  return { status, headers: { ...jsonHeaders, ...cookie }, body: JSON.stringify(reply) };
}

/** The client of this project does not even ask; another one learns here that it has told too much. */
function refuseOpenWay({ secure, remoteAddress, headers }: HttpRequest): void {
  // What a proxy on this machine passes on began elsewhere.
  const isPassedOn = proxyHeaders.some((name) => headers.has(name));
  if (secure || (isLoopback(remoteAddress) && !isPassedOn)) return;
  throw new Refusal('AccessDenied', {
    message:
      'This is answered over TLS, or on the server’s own machine, only (behind a proxy: with --trusted-proxy). What was sent may have been read on its way: do not use it again.',
  });
}

const proxyHeaders = ['x-forwarded-for', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via'];

const isLoopback = (address: string): boolean =>
  address === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(address);

async function callerOf(
  { operation }: Routed,
  { services, gate }: Pick<Served, 'services' | 'gate'>,
  http: HttpRequest,
): Promise<Caller> {
  if (gate.trusted) return localCaller;
  if (operation.credentials === 'body') {
    refuseForgedSignIn(http, services);
    return strangerCaller;
  }
  using view = services.view();
  const { region, sessions, console } = services;
  return await authenticate(http, { view, region, sessions, consoleUrl: console.url });
}

/** Another page must not sign a browser in as somebody else either. */
function refuseForgedSignIn(http: HttpRequest, { console }: AdminServices): void {
  if (http.headers.has('authorization')) {
    throw new Refusal('InvalidRequest', {
      message: 'This takes its credentials from the body, not from an Authorization header.',
    });
  }
  refuseOtherOrigins(http, console.url);
}

async function inputOf(
  { operation, path, query }: Routed,
  caller: Caller,
  http: HttpRequest,
): Promise<unknown> {
  const digest = caller.kind === 'signed' ? caller.digest : undefined;
  const hasBody = http.method !== 'GET' && http.method !== 'DELETE';
  const bytesMax = caller.kind === 'stranger' ? strangerBytesMax : undefined;
  const body = await (hasBody ? readMembers(http, digest, bytesMax) : readNothing(http, digest));
  const input: unknown = operation.input({ path, query, body });
  query.refuseUnread();
  body.refuseUnread();
  return input;
}

/** The body of somebody who is not known yet: an access key. */
const strangerBytesMax = 4096;

/** Decides, on a view that is closed before anything long runs. */
async function admit(
  services: AdminServices,
  asked: {
    readonly http: HttpRequest;
    readonly routed: Routed;
    readonly caller: Caller;
    readonly input: unknown;
  },
): Promise<Found> {
  const { http, caller, input } = asked;
  const { operation } = asked.routed;
  using view = services.view();
  const { region } = services;
  const subject = await findSubject(operation.subject(input), { services, view, caller });
  await authorize({ http, operation, caller, subject, view, region });
  return subject;
}

function nothingThere(subject: ReturnType<Routed['operation']['subject']>): Refusal {
  const what =
    subject.kind === 'access-key'
      ? `access key ${JSON.stringify(subject.accessKeyId.slice(0, 128))}`
      : `account named ${JSON.stringify('account' in subject ? subject.account.slice(0, 64) : '')}`;
  return new Refusal('NotFound', { message: `There is no ${what}.` });
}
