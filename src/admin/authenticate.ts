/**
 * Who calls the admin API. Over the Unix socket it is the local administrator: who may open the
 * socket (mode 0600, in a folder of mode 0700) may administer. Over the network every request is
 * signed in its header with AWS Signature Version 4, service `coffer`, its body's hash included, or
 * carries the cookie of a session that an access key opened; presigned URLs, unsigned bodies and
 * anonymous requests are refused, and so is a request that says in two ways who it is from.
 */
import { type Credential, credentialFor } from '../access/credentials.ts';
import type { RootIdentity, UserIdentity } from '../access/identity.ts';
import { authenticationKind } from '../access/signature/kind.ts';
import { verifyHeader } from '../access/signature/verify-header.ts';
import { Refusal } from '../base/refusal.ts';
import type { HttpRequest } from '../http/exchange.ts';
import type { View } from '../store/store.ts';
import { endedCookie, sessionToken } from './cookie.ts';
import { consoleHeader, refuseOtherOrigins } from './same-origin.ts';
import type { Session, Sessions } from './sessions.ts';

export type Caller = LocalCaller | StrangerCaller | KnownCaller;

/** Somebody with an identity. */
export type KnownCaller = SignedCaller | SessionCaller;

export interface LocalCaller {
  readonly kind: 'local';
}

/** Nobody yet: the sender of an operation whose credentials are its body. */
export interface StrangerCaller {
  readonly kind: 'stranger';
}

export interface SignedCaller {
  readonly kind: 'signed';
  readonly identity: RootIdentity | UserIdentity;
  /** The body's SHA-256 as it was signed, in lower-case hexadecimal digits. */
  readonly digest: string;
  /** Milliseconds since 1970 that the signature is of. */
  readonly signedAt: number;
}

/** A browser that is signed in. It acts as the identity that signed in, and never as more. */
export interface SessionCaller {
  readonly kind: 'session';
  readonly identity: RootIdentity | UserIdentity;
  readonly session: Session;
  /** Of the cookie. */
  readonly token: string;
}

/** For handlers of the Unix socket. */
export const localCaller: LocalCaller = { kind: 'local' };

export const strangerCaller: StrangerCaller = { kind: 'stranger' };

/** The credential scope's service. */
const adminService = 'coffer';

export interface AuthenticationPlace {
  readonly view: View;
  readonly region: string;
  readonly sessions: Sessions;
  /** The console's address where it is set. */
  readonly consoleUrl: string | undefined;
}

/** The sender of a request that came over the network. */
export async function authenticate(
  http: HttpRequest,
  place: AuthenticationPlace,
): Promise<KnownCaller> {
  const token = sessionToken(http.headers);
  if (token === undefined) return bySignature(http, place);
  if (http.headers.has('authorization')) {
    throw new Refusal('InvalidRequest', {
      message: 'Send either a session’s cookie or an Authorization header, not both.',
    });
  }
  return bySession(http, token, place);
}

/** A browser's poll, such as a live chart's, keeps no session from being idle. */
const backgroundHeader = 'x-coffer-background';

async function bySession(
  http: HttpRequest,
  token: string,
  { view, sessions, consoleUrl }: AuthenticationPlace,
): Promise<SessionCaller> {
  refuseOtherOrigins(http, consoleUrl);
  const session = sessions.find(token, !http.headers.has(backgroundHeader));
  if (session === undefined) throw sessionEnded(http);
  const credential = await credentialFor(view, session.accessKeyId);
  if (credential === undefined || !sessions.isOf(session, credential)) {
    sessions.end(token);
    throw sessionEnded(http);
  }
  return { kind: 'session', identity: credential.identity, session, token };
}

function sessionEnded(http: HttpRequest): Refusal {
  return new Refusal('SessionEnded', {
    headers: { 'Set-Cookie': endedCookie(http), 'WWW-Authenticate': authenticateScheme },
  });
}

/** A 401 names a scheme (RFC 9110 §11.6.1); a browser asks for no password for one it does not know. */
const authenticateScheme = 'Coffer';

async function bySignature(
  http: HttpRequest,
  { view, region }: AuthenticationPlace,
): Promise<SignedCaller> {
  if (http.headers.has(consoleHeader) && !http.headers.has('authorization')) {
    throw new Refusal('SessionEnded', {
      message: 'Nobody is signed in.',
      headers: { 'WWW-Authenticate': authenticateScheme },
    });
  }
  const found = authenticationKind(http);
  if (found.kind !== 'header') {
    throw new Refusal('AccessDenied', {
      message: `Sign the request in its Authorization header: AWS Signature Version 4, region ${region}, service ${adminService}.`,
    });
  }
  const verified = await verifyHeader<Credential>(http, found, {
    region,
    service: adminService,
    credentialFor: (id) => credentialFor(view, id),
  });
  const { payload, credential, chain } = verified;
  if (payload.rule !== 'sha256') {
    throw new Refusal('InvalidRequest', {
      message: 'x-amz-content-sha256 must be the SHA-256 of the body.',
    });
  }
  const { identity } = credential;
  return { kind: 'signed', identity, digest: payload.hash, signedAt: chain.timestamp.time };
}
