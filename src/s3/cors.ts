/**
 * Lets the console's page, and no other, read the S3 endpoint's replies (Fetch standard, "CORS
 * protocol"; checked 2026-11-24). A preflight is answered before anything else, from the request alone:
 * it tells nothing of the store. Credentials are never allowed, as requests of the console carry
 * theirs in the URL. Bucket CORS configurations are another matter, and not built.
 */
import { header, type Handler, type HttpReply, type HttpRequest } from '../http/exchange.ts';

/** The origins that the console has for the sender of a request. */
export type ConsoleOrigins = (request: HttpRequest) => readonly string[];

/** The handler, answering the console's origin as a browser asks for it. */
export function withCors(handler: Handler, origins: ConsoleOrigins): Handler {
  return (request) => {
    const origin = header(request.headers, 'origin');
    if (origin === undefined || !origins(request).includes(origin)) return handler(request);
    const asked = header(request.headers, 'access-control-request-method');
    if (request.method === 'OPTIONS' && asked !== undefined) {
      return Promise.resolve(preflight(request, origin, asked));
    }
    return handler(request).then((reply) => readable(reply, origin));
  };
}

const methods = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'];
const preflightSeconds = 600;
const headersCharsMax = 4096;

function preflight(request: HttpRequest, origin: string, method: string): HttpReply {
  const headers = header(request.headers, 'access-control-request-headers') ?? '';
  if (!methods.includes(method) || !isTokenList(headers)) {
    return { status: 403, headers: { Vary: vary } };
  }
  return {
    status: 200,
    headers: {
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Methods': methods.join(', '),
      ...(headers === '' ? {} : { 'Access-Control-Allow-Headers': headers }),
      'Access-Control-Max-Age': String(preflightSeconds),
      Vary: vary,
    },
  };
}

const vary = 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method';

/** Names of headers between commas: nothing else of the client's is sent back. */
function isTokenList(text: string): boolean {
  return text.length <= headersCharsMax && /^[a-z0-9!#$%&'*+.^_`|~, -]*$/i.test(text);
}

/** Which headers a page may read is said with each reply, so metadata is named as it comes. */
function readable(reply: HttpReply, origin: string): HttpReply {
  const names = Object.keys(reply.headers).filter((name) => /^x-amz-/i.test(name));
  const headers = {
    ...reply.headers,
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Expose-Headers': [...exposed, ...names].join(', '),
    Vary: 'Origin',
  };
  return reply.body === undefined
    ? { status: reply.status, headers }
    : { status: reply.status, headers, body: reply.body };
}

const exposed = [
  'Accept-Ranges',
  'Cache-Control',
  'Content-Disposition',
  'Content-Encoding',
  'Content-Language',
  'Content-Length',
  'Content-Range',
  'Content-Type',
  'Date',
  'ETag',
  'Expires',
  'Last-Modified',
  'Location',
];
