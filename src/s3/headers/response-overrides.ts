/**
 * `response-*` of GetObject and HeadObject (S3-BEHAVIOURS 27): what a signed request wants the
 * reply's headers to say instead.
 */
import { Refusal } from '../../base/refusal.ts';
import type { S3Request } from '../operation.ts';
import { wireText } from './text.ts';

const overrides: Readonly<Record<string, string>> = {
  'response-cache-control': 'Cache-Control',
  'response-content-disposition': 'Content-Disposition',
  'response-content-encoding': 'Content-Encoding',
  'response-content-language': 'Content-Language',
  'response-content-type': 'Content-Type',
  'response-expires': 'Expires',
};

/** The headers to lay over the reply's. Throws `InvalidRequest` where the request is not signed. */
export function responseOverrides(
  request: Pick<S3Request, 'query' | 'signed'>,
): Readonly<Record<string, string>> {
  let found: Record<string, string> | undefined;
  for (const [parameter, value] of request.query.entries) {
    const name = Object.hasOwn(overrides, parameter) ? overrides[parameter] : undefined;
    if (name === undefined || found?.[name] !== undefined) continue;
    if (!request.signed) {
      throw new Refusal('InvalidRequest', {
        message: 'Request specific response headers cannot be used for anonymous GET requests.',
      });
    }
    (found ??= {})[name] = wireText(value, parameter);
  }
  return found ?? none;
}

const none = {};
