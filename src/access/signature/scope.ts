/**
 * The credential of a SigV4 request: `AKID/yyyymmdd/region/service/aws4_request`, given in the
 * header, the query or a form. Texts are AWS's ("Authenticating Requests: Using the Authorization
 * Header" and "... Using Query Parameters", S3 API reference, and S3's answers, 2026-11-24).
 */
import { Refusal } from '../../base/refusal.ts';

export const algorithm = 'AWS4-HMAC-SHA256';
export const terminator = 'aws4_request';

export interface CredentialScope {
  /** `yyyymmdd`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

export interface ScopedCredential {
  readonly accessKeyId: string;
  readonly scope: CredentialScope;
}

/** Where the credential stood: each place has its own error. */
export type CredentialPlace = 'header' | 'query' | 'form';

/** What this server is: signatures for other places are refused. */
export interface Endpoint {
  readonly region: string;
  /** `s3`, or `coffer` for the admin API. */
  readonly service: string;
}

/** `date/region/service/aws4_request`, as it stands in the string to sign. */
export function scopeText(scope: CredentialScope): string {
  return `${scope.date}/${scope.region}/${scope.service}/${terminator}`;
}

/** Reads a credential. Throws AWS's error for one that is not of the form or has another terminator. */
export function parseCredential(text: string, place: CredentialPlace): ScopedCredential {
  const [accessKeyId = '', date = '', region = '', service = '', end, ...more] = text.split('/', 7);
  if (accessKeyId === '' || end === undefined || more.length > 0) {
    throw malformed(place, text, `the Credential is mal-formed; expecting "${expected}".`);
  }
  if (!/^\d{8}$/.test(date)) {
    const format = 'This date in the credential must be in the format "yyyyMMdd".';
    throw malformed(place, text, `incorrect date format "${date}". ${format}`);
  }
  if (end !== terminator) {
    const uses = `This endpoint uses "${terminator}".`;
    throw malformed(place, text, `incorrect terminal "${end}". ${uses}`);
  }
  return { accessKeyId, scope: { date, region, service } };
}

/** Throws AWS's error unless the credential is for this region and service. */
export function checkScope(
  credential: ScopedCredential,
  endpoint: Endpoint,
  place: CredentialPlace,
): void {
  const { scope } = credential;
  if (scope.region === endpoint.region && scope.service === endpoint.service) return;
  const value = `${credential.accessKeyId}/${scopeText(scope)}`;
  if (scope.service !== endpoint.service) {
    const belongs = `This endpoint belongs to "${endpoint.service}".`;
    throw malformed(place, value, `incorrect service "${scope.service}". ${belongs}`);
  }
  const { region } = endpoint;
  throw malformed(place, value, `the region '${scope.region}' is wrong; expecting '${region}'`, {
    Region: region,
  });
}

/** The error of a request whose authentication is not of the form that its place asks for. */
export function malformed(
  place: CredentialPlace,
  value: string,
  detail: string,
  fields: Readonly<Record<string, string>> = {},
): Refusal {
  switch (place) {
    case 'header':
      return new Refusal('AuthorizationHeaderMalformed', {
        message: `The authorization header is malformed; ${detail}`,
        fields,
      });
    case 'query':
      return new Refusal('AuthorizationQueryParametersError', {
        message: `Error parsing the X-Amz-Credential parameter; ${detail}`,
        fields,
      });
    case 'form':
      return new Refusal('InvalidArgument', {
        message: detail,
        fields: { ArgumentName: 'X-Amz-Credential', ArgumentValue: value, ...fields },
      });
  }
}

const expected = '<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request';
