/**
 * The signature of a POST form: it covers the policy document as sent, base64 and all, and the policy
 * covers the other fields (`post-policy.ts`). "Authenticating Requests in Browser-Based Uploads Using
 * POST", S3 API reference, 2026-11-24; texts as S3 answers them.
 *
 * The signature is verified before the policy is decoded: nothing unsigned is parsed.
 */
import { header, type Headers } from '../../base/headers.ts';
import { Refusal } from '../../base/refusal.ts';
import { unsignedPayload } from './payload-rule.ts';
import { algorithm, checkScope, parseCredential, type ScopedCredential } from './scope.ts';
import { parseTimestamp, skewMsMax, type Timestamp } from './timestamp.ts';
import {
  type Authenticated,
  type SigningCredential,
  type Verifier,
  verifyClaim,
} from './verified.ts';

/**
 * Verifies a form by its fields before `file`, lower-case name → values; undefined for one without any credentials, which is anonymous. One with half of
 * them is refused, never anonymous.
 */
export async function verifyForm<Credential extends SigningCredential>(
  fields: Headers,
  now: Date,
  verifier: Verifier<Credential>,
): Promise<Authenticated<Credential> | undefined> {
  if (!claimsIdentity(fields)) return undefined;
  const policy = required(fields, 'Policy');
  const signature = required(fields, 'X-Amz-Signature');
  if (required(fields, 'X-Amz-Algorithm') !== algorithm) {
    throw invalidField('X-Amz-Algorithm', `X-Amz-Algorithm only supports "${algorithm}"`);
  }
  const scoped = parseCredential(required(fields, 'X-Amz-Credential'), 'form');
  const timestamp = formTime(required(fields, 'X-Amz-Date'), scoped, now);
  checkScope(scoped, verifier, 'form');

  const claim = {
    credential: scoped,
    timestamp,
    stringToSign: policy,
    canonicalRequest: undefined,
    signature,
  };
  const { credential, chain } = await verifyClaim(claim, verifier);
  return { credential, headers: fields, payload: unsignedPayload, chain };
}

/** A signing key is good for seven days; a form must not outlive it, whatever its policy says. */
const ageMsMax = 7 * 24 * 60 * 60 * 1000;

function claimsIdentity(fields: Headers): boolean {
  if (fields.has('awsaccesskeyid') || fields.has('signature')) {
    throw new Refusal('InvalidRequest', {
      message: `The authorization mechanism you have provided is not supported. Please use ${algorithm}.`,
    });
  }
  if (fields.has('x-amz-security-token')) {
    throw new Refusal('InvalidToken');
  }
  return claims.some((name) => fields.has(name));
}

const claims = ['policy', 'x-amz-signature', 'x-amz-credential', 'x-amz-algorithm'];

function required(fields: Headers, name: string): string {
  const lower = name.toLowerCase();
  if ((fields.get(lower)?.length ?? 0) > 1) {
    throw invalidField(name, `The field '${name}' is given more than once.`);
  }
  const value = header(fields, lower);
  if (value !== undefined && value !== '') return value;
  throw invalidField(
    name,
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
  );
}

function formTime(text: string, { scope }: ScopedCredential, now: Date): Timestamp {
  const timestamp = parseTimestamp(text);
  if (timestamp === undefined) {
    throw invalidField('X-Amz-Date', 'X-Amz-Date must be formated via ISO8601 Long format', text);
  }
  if (!timestamp.text.startsWith(scope.date)) {
    const other = `This date is not the same as X-Amz-Date: "${text.slice(0, 8)}".`;
    throw invalidField('X-Amz-Date', `Invalid credential date "${scope.date}". ${other}`, text);
  }
  const age = now.getTime() - timestamp.time;
  if (age < -skewMsMax) throw new Refusal('AccessDenied', { message: 'Request is not valid yet' });
  if (age > ageMsMax) {
    throw new Refusal('AccessDenied', {
      message: 'Invalid according to Policy: its signature is more than seven days old.',
    });
  }
  return timestamp;
}

function invalidField(name: string, message: string, value = ''): Refusal {
  return new Refusal('InvalidArgument', {
    message,
    fields: { ArgumentName: name, ArgumentValue: value },
  });
}
