/**
 * The last step of every verification: look the credential up, sign, compare. The credential that
 * was looked up is the one that was verified, and it is what comes back (SECURITY-REGRESSIONS
 * rule 1). An unknown access key id costs the same work as a known one.
 */
import { Refusal } from '../../base/refusal.ts';
import type { PayloadRule } from './payload-rule.ts';
import type { SignedRequestHeaders } from './request.ts';
import type { CredentialScope, Endpoint, ScopedCredential } from './scope.ts';
import {
  sameSignature,
  sign,
  type SignatureChain,
  signingKey,
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
  readonly kind: 'header' | 'presigned' | 'form';
  readonly credential: Credential;
  readonly scope: CredentialScope;
  readonly timestamp: Timestamp;
  /** The names of the headers that were signed; none for a form. */
  readonly signedHeaders: ReadonlySet<string>;
  /** The headers that count: for a presigned request its signed `x-amz-*` parameters too. */
  readonly headers: SignedRequestHeaders;
  readonly payload: PayloadRule;
  /** What chunk signatures follow from. */
  readonly chain: SignatureChain;
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
