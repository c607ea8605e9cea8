/**
 * Requests signed in the `Authorization` header ("Authenticating Requests: Using the Authorization
 * Header", S3 API reference, 2026-11-24).
 */
import { header } from '../../base/headers.ts';
import { Refusal } from '../../base/refusal.ts';
import type { HeaderAuthentication } from './kind.ts';
import { parsePayloadRule } from './payload-rule.ts';
import type { ReceivedRequest } from './request.ts';
import { checkScope, malformed } from './scope.ts';
import { checkSkew, headerTimestamp } from './timestamp.ts';
import { refuseUnsigned } from './unsigned-headers.ts';
import {
  type Authenticated,
  type SigningCredential,
  type Verifier,
  verifyHead,
} from './verified.ts';

/** Verifies the request. Throws AWS's refusal for each way in which it is not what was signed. */
export async function verifyHeader<Credential extends SigningCredential>(
  request: ReceivedRequest,
  authentication: HeaderAuthentication,
  verifier: Verifier<Credential>,
): Promise<Authenticated<Credential>> {
  const { headers } = request;
  const { credential: scoped, signedHeaders } = authentication;
  const { scope } = scoped;
  checkScope(scoped, verifier, 'header');
  const timestamp = headerTimestamp(headers);
  if (!timestamp.text.startsWith(scope.date)) {
    const other = `This date is not the same as X-Amz-Date: "${timestamp.text.slice(0, 8)}".`;
    throw malformed('header', '', `Invalid credential date "${scope.date}". ${other}`);
  }
  checkSkew(timestamp, request.receivedAt);
  const payload = header(headers, 'x-amz-content-sha256');
  if (payload === undefined) {
    throw new Refusal('InvalidRequest', {
      message: 'Missing required header for this request: x-amz-content-sha256',
    });
  }
  const rule = parsePayloadRule(payload, true);
  refuseUnsigned(headers, signedHeaders);
  const signedHeader = (name: string): readonly string[] | undefined => headers.get(name);
  const head = { authentication, timestamp, headers, signedHeader, payload, rule };
  return verifyHead(request, head, verifier);
}
