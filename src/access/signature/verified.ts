/**
 * The last steps of every verification: look the credential up, sign, compare. The credential that
 * was looked up is the one that was verified, and it is what comes back (SECURITY-REGRESSIONS
 * rule 1). An unknown access key id costs the same work as a known one.
 */
import type { Headers } from '../../base/headers.ts';
import { Refusal } from '../../base/refusal.ts';
import { rawPath } from '../../base/request-target.ts';
import { canonicalRequest } from './canonical.ts';
import type { HeaderAuthentication, PresignedAuthentication } from './kind.ts';
import type { PayloadRule } from './payload-rule.ts';
import type { SignedRequest } from './request.ts';
import type { Endpoint, ScopedCredential } from './scope.ts';
import {
  sameSignature,
  sign,
  type SignatureChain,
  signingKey,
  stringToSign,
  unknownSecret,
} from './signing-key.ts';
import type { Timestamp } from './timestamp.ts';

/** What a signature is verified with. Rooms that store credentials extend it with who they are. */
export interface SigningCredential {
  readonly accessKeyId: string;
  readonly secretKey: string;
  /** A disabled key is answered like one that does not exist. */
  readonly enabled: boolean;
}

export interface Verifier<Credential extends SigningCredential> extends Endpoint {
  /** The credential under an access key id, as it is in the store now; undefined for none. */
  readonly credentialFor: (accessKeyId: string) => Promise<Credential | undefined>;
}

/** A request that is who it says it is. */
export interface Authenticated<Credential extends SigningCredential> {
  readonly credential: Credential;
  /** The headers that count: for a presigned request its signed `x-amz-*` parameters too. */
  readonly headers: Headers;
  readonly payload: PayloadRule;
  /** What was verified, when it was signed, and what chunk signatures follow from. */
  readonly chain: SignatureChain;
}

/** What a request signed in its head says of itself, once all of it was found in order. */
export interface SignedHead {
  readonly authentication: HeaderAuthentication | PresignedAuthentication;
  readonly timestamp: Timestamp;
  /** The headers that count. */
  readonly headers: Headers;
  /** The values of a header as they were signed. */
  readonly signedHeader: (name: string) => readonly string[] | undefined;
  /** `x-amz-content-sha256` as it was signed, and what it says of the body. */
  readonly payload: string;
  readonly rule: PayloadRule;
}

/** Verifies a request that is signed in its header or query. Throws as `verifyClaim` does. */
export async function verifyHead<Credential extends SigningCredential>(
  { method, target }: SignedRequest,
  head: SignedHead,
  verifier: Verifier<Credential>,
): Promise<Authenticated<Credential>> {
  const { authentication, timestamp, headers, payload } = head;
  const { credential: scoped, query, signature, signedHeaders } = authentication;
  const canonical = canonicalRequest({
    method,
    rawPath: rawPath(target),
    query,
    signedHeaders,
    header: head.signedHeader,
    payload,
  });
  const claim = {
    credential: scoped,
    timestamp,
    stringToSign: stringToSign(timestamp, scoped.scope, canonical),
    canonicalRequest: canonical,
    signature,
  };
  const { credential, chain } = await verifyClaim(claim, verifier);
  return { credential, headers, payload: head.rule, chain };
}

/** What was signed, and what the signature should be of. */
export interface Claim {
  readonly credential: ScopedCredential;
  readonly timestamp: Timestamp;
  readonly stringToSign: string;
  /** Shown to a client whose signature is another; undefined for a form. */
  readonly canonicalRequest: string | undefined;
  readonly signature: string;
}

/** Verifies a claim. Throws `InvalidAccessKeyId` or `SignatureDoesNotMatch`. */
export async function verifyClaim<Credential extends SigningCredential>(
  claim: Claim,
  verifier: Verifier<Credential>,
): Promise<{ readonly credential: Credential; readonly chain: SignatureChain }> {
  const { accessKeyId, scope } = claim.credential;
  const credential =
    accessKeyId.length <= accessKeyIdCharsMax
      ? await verifier.credentialFor(accessKeyId)
      : undefined;
  const key = signingKey(credential?.secretKey ?? unknownSecret, scope);
  const signature = sign(key, claim.stringToSign);
  const matches = sameSignature(signature, claim.signature);
  if (credential === undefined || !credential.enabled) {
    throw new Refusal('InvalidAccessKeyId', { fields: { AWSAccessKeyId: accessKeyId } });
  }
  if (!matches) throw mismatch(claim);
  return {
    credential,
    chain: { signingKey: key, timestamp: claim.timestamp, scope, signature },
  };
}

/** The longest access key id of AWS's ("AccessKey", IAM API reference). */
const accessKeyIdCharsMax = 128;

/** What AWS tells a client to find its mistake with: all of it the client's own. */
function mismatch({ credential, stringToSign, canonicalRequest, signature }: Claim): Refusal {
  return new Refusal('SignatureDoesNotMatch', {
    fields: {
      AWSAccessKeyId: credential.accessKeyId,
      StringToSign: stringToSign,
      SignatureProvided: signature,
      StringToSignBytes: spacedHex(stringToSign),
      ...(canonicalRequest === undefined
        ? {}
        : {
            CanonicalRequest: Buffer.from(canonicalRequest, 'latin1').toString('utf8'),
            CanonicalRequestBytes: spacedHex(canonicalRequest),
          }),
    },
  });
}

function spacedHex(text: string): string {
  return Buffer.from(text, 'latin1')
    .toString('hex')
    .replaceAll(/..(?!$)/g, '$& ');
}
