/**
 * Who calls the admin API. Over the Unix socket it is the local administrator: who may open the
 * socket (mode 0600, in a folder of mode 0700) may administer. Over the network every request is
 * signed in its header with AWS Signature Version 4, service `coffer`, its body's hash included;
 * presigned URLs, unsigned bodies and anonymous requests are refused.
 */
import { type Credential, credentialFor } from '../access/credentials.ts';
import type { RootIdentity, UserIdentity } from '../access/identity.ts';
import { authenticationKind } from '../access/signature/kind.ts';
import { verifyHeader } from '../access/signature/verify-header.ts';
import { Refusal } from '../base/refusal.ts';
import type { HttpRequest } from '../http/exchange.ts';
import type { View } from '../store/store.ts';

export type Caller = LocalCaller | SignedCaller;

export interface LocalCaller {
  readonly kind: 'local';
}

export interface SignedCaller {
  readonly kind: 'signed';
  readonly identity: RootIdentity | UserIdentity;
  /** The body's SHA-256 as it was signed, in lower-case hexadecimal digits. */
  readonly digest: string;
  /** Milliseconds since 1970 that the signature is of. */
  readonly signedAt: number;
}

/** For handlers of the Unix socket. */
export const localCaller: LocalCaller = { kind: 'local' };

/** The credential scope's service. */
const adminService = 'coffer';

/** The sender of a request that came over the network. */
export async function authenticate(
  http: HttpRequest,
  { view, region }: { readonly view: View; readonly region: string },
): Promise<SignedCaller> {
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
