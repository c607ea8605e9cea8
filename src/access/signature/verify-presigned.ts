/**
 * Presigned URLs ("Authenticating Requests: Using Query Parameters", S3 API reference, 2026-11-24).
 *
 * A header that is in SignedHeaders but not on the wire takes its value from the `x-amz-*` query
 * parameter of its name: the AWS SDK for JavaScript v2 signs it in both places and sends one.
 */
import { header } from '../../base/headers.ts';
import { s3Limits } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import { effectiveHeaders, headerBytes } from './effective-headers.ts';
import type { PresignedAuthentication } from './kind.ts';
import { parsePayloadRule, unsignedPayloadName } from './payload-rule.ts';
import type { ReceivedRequest } from './request.ts';
import { checkScope } from './scope.ts';
import { parseTimestamp, skewMsMax, type Timestamp } from './timestamp.ts';
import { refuseUnsigned } from './unsigned-headers.ts';
import {
  type Authenticated,
  type SigningCredential,
  type Verifier,
  verifyHead,
} from './verified.ts';

/** Verifies the request. Throws AWS's refusal for each way in which it is not what was signed. */
export async function verifyPresigned<Credential extends SigningCredential>(
  request: ReceivedRequest,
  authentication: PresignedAuthentication,
  verifier: Verifier<Credential>,
): Promise<Authenticated<Credential>> {
  const { query, signedHeaders } = authentication;
  checkScope(authentication.credential, verifier, 'query');
  const timestamp = presignedTime(authentication);
  checkValidity(timestamp, expirySeconds(authentication.expires), request.receivedAt);
  refuseUnsigned(request.headers, signedHeaders);
  const headers = effectiveHeaders(request.headers, query);
  const payload = header(headers, 'x-amz-content-sha256') ?? unsignedPayloadName;
  const rule = parsePayloadRule(payload, true);
  const signedHeader = (name: string): readonly string[] | undefined =>
    request.headers.get(name) ?? headers.get(name)?.map(headerBytes);
  const head = { authentication, timestamp, headers, signedHeader, payload, rule };
  return verifyHead(request, head, verifier);
}

function presignedTime({ date, credential }: PresignedAuthentication): Timestamp {
  const timestamp = parseTimestamp(date);
  if (timestamp === undefined) {
    throw queryError(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`);
  }
  const credentialDate = credential.scope.date;
  if (!timestamp.text.startsWith(credentialDate)) {
    const other = `This date is not the same as X-Amz-Date: "${date.slice(0, 8)}".`;
    throw queryError(`Invalid credential date "${credentialDate}". ${other}`);
  }
  return timestamp;
}

const secondsMax = s3Limits.presignSecondsMax;

function expirySeconds(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw queryError('X-Amz-Expires should be a number');
  const seconds = Number(text);
  if (seconds < 0) throw queryError('X-Amz-Expires must be non-negative');
  if (seconds === 0) throw queryError('X-Amz-Expires must be at least 1 second');
  if (seconds > secondsMax) {
    throw queryError(
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${secondsMax} seconds`,
    );
  }
  return seconds;
}

function checkValidity(timestamp: Timestamp, seconds: number, now: Date): void {
  if (timestamp.time - now.getTime() > skewMsMax) {
    throw new Refusal('AccessDenied', {
      message: 'Request is not valid yet',
      fields: { 'X-Amz-Date': timestamp.text, ServerTime: now.toISOString() },
    });
  }
  const expires = timestamp.time + seconds * 1000;
  if (now.getTime() <= expires) return;
  throw new Refusal('ExpiredPresignRequest', {
    message: 'Request has expired',
    fields: {
      'X-Amz-Expires': String(seconds),
      Expires: `${new Date(expires).toISOString().slice(0, 19)}Z`,
      ServerTime: `${now.toISOString().slice(0, 19)}Z`,
    },
  });
}

function queryError(message: string): Refusal {
  return new Refusal('AuthorizationQueryParametersError', { message });
}
