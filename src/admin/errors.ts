/**
 * Every error as the admin API tells it: JSON with a code, a sentence and the request's id. A Fault
 * or Defect tells nothing but that it happened: what was wrong stands in the log under that id.
 */
import { Fault, Refusal } from '../base/refusal.ts';
import { KeeperFault } from '../keys/watched-keeper.ts';
import type { HttpReply } from '../http/exchange.ts';
import type { AdminErrorBody, AdminErrorCode } from './contract.ts';

/** The reply for whatever was thrown. */
export function errorReply(error: unknown, requestId: string): HttpReply {
  const { code, status, message, headers } = describe(error);
  const body: AdminErrorBody = { code, message, requestId };
  return { status, headers: { ...jsonHeaders, ...headers }, body: JSON.stringify(body) };
}

/** Replies may carry secrets: nothing keeps them. */
export const jsonHeaders: Readonly<Record<string, string>> = {
  'Content-Type': 'application/json',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
};

export interface AdminErrorFacts {
  readonly code: AdminErrorCode;
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Code, status and sentence of whatever was thrown. */
export function describe(error: unknown): AdminErrorFacts {
  if (error instanceof Refusal) {
    const code = isAdminCode(error.code) ? error.code : 'InvalidRequest';
    const [status, standard] = refusals[code];
    const { message = standard, headers } = error.detail;
    return { code, status, message, headers };
  }
  if (error instanceof KeeperFault) {
    return {
      code: 'ServiceUnavailable',
      status: 503,
      message:
        'The root of trust does not seal the keyring, so nothing was changed; everything else goes on. The server’s log says why.',
      headers: { 'Retry-After': '60' },
    };
  }
  if (error instanceof Fault && (error.kind === 'busy' || error.kind === 'unavailable')) {
    return {
      code: 'ServiceUnavailable',
      status: 503,
      message: 'The server is busy or a part of it cannot be reached. Try again.',
      headers: { 'Retry-After': '1' },
    };
  }
  return {
    code: 'InternalError',
    status: 500,
    message: 'Something went wrong inside the server; its log says what, under this request id.',
  };
}

type RefusedCode = Exclude<AdminErrorCode, 'InternalError' | 'ServiceUnavailable'>;

function isAdminCode(code: string): code is RefusedCode {
  return Object.hasOwn(refusals, code);
}

const refusals: Readonly<Record<RefusedCode, readonly [status: number, message: string]>> = {
  AccessDenied: [403, 'This is not allowed.'],
  AlreadyExists: [409, 'It exists already.'],
  AuthorizationHeaderMalformed: [400, 'The Authorization header is malformed.'],
  IncompleteBody: [400, 'The body ended early.'],
  InvalidAccessKeyId: [403, 'There is no such access key, or it is disabled.'],
  InvalidArgument: [400, 'An argument is not valid.'],
  InvalidRequest: [400, 'The request is not valid.'],
  InvalidToken: [400, 'Session tokens are not supported.'],
  InvalidURI: [400, 'The path or the query cannot be read.'],
  MalformedPolicy: [400, 'The policy is malformed.'],
  MaxMessageLengthExceeded: [413, 'The body is too long.'],
  MethodNotAllowed: [405, 'This path does not know the method.'],
  NotFound: [404, 'There is no such thing.'],
  RequestTimeTooSkewed: [403, 'The clocks of caller and server differ by more than 15 minutes.'],
  RequestTimeout: [408, 'The request was sent too slowly.'],
  SessionEnded: [401, 'The session has ended: sign in again.'],
  SignatureDoesNotMatch: [403, 'The signature does not match: check the secret key.'],
  StillReferenced: [409, 'It is still in use.'],
  TooManyAttempts: [429, 'There were too many failed attempts: wait before the next one.'],
  XAmzContentSHA256Mismatch: [400, 'The body is not the one that was signed.'],
};
