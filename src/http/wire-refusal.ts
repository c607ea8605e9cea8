/**
 * Refusals of the transport itself, before a request exists that the dialect could answer: a small
 * XML document in S3's form ("Error responses", S3 API reference, checked 2026-11-24), so that SDKs
 * can read it. Nothing of the client's input is echoed.
 */
import { requestId } from '../base/ids.ts';
import type { HttpReply } from './exchange.ts';

export interface WireRefusal {
  readonly status: 400 | 405 | 417 | 500 | 503;
  readonly code: string;
  readonly message: string;
}

const badRequest = (message: string): WireRefusal => ({ status: 400, code: 'BadRequest', message });

export const wireRefusals = {
  malformed: badRequest('An error occurred when parsing the HTTP request.'),
  version: badRequest('The HTTP version must be HTTP/1.1 or HTTP/1.0.'),
  target: badRequest('The request target must be a path that starts with "/".'),
  host: badRequest('The request must have exactly one Host header.'),
  authorization: badRequest('The request must not have more than one Authorization header.'),
  transferCoding: badRequest('The only transfer coding is chunked, on HTTP/1.1, without a length.'),
  length: badRequest('The Content-Length header is not valid.'),
  connect: { status: 405, code: 'MethodNotAllowed', message: 'CONNECT is not allowed.' },
  expectation: {
    status: 417,
    code: 'ExpectationFailed',
    message: 'The only expectation is 100-continue.',
  },
  headersTooLarge: {
    status: 400,
    code: 'RequestHeaderSectionTooLarge',
    message: 'Your request header section exceeds the maximum allowed size.',
  },
  timeout: {
    status: 400,
    code: 'RequestTimeout',
    message:
      'Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed.',
  },
  internal: {
    status: 500,
    code: 'InternalError',
    message: 'We encountered an internal error. Please try again.',
  },
  busy: { status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' },
} as const satisfies Record<string, WireRefusal>;

/** The refusal as a reply to a request that has an id. */
export function refusalReply({ status, code, message }: WireRefusal, id: string): HttpReply {
  return {
    status,
    headers: { 'Content-Type': 'application/xml', 'x-amz-request-id': id },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escaped(
      message,
    )}</Message><RequestId>${id}</RequestId></Error>`,
  };
}

/** The refusal as bytes for a socket on which no request could be made out; it asks to close. */
export function refusalBytes(refusal: WireRefusal): string {
  const id = requestId();
  const { status, headers, body } = refusalReply(refusal, id);
  const text = typeof body === 'string' ? body : '';
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return [
    `HTTP/1.1 ${status} ${reasons[status as keyof typeof reasons]}\r\n`,
    ...lines,
    `Date: ${new Date().toUTCString()}\r\nConnection: close\r\n`,
    `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  ].join('');
}

const reasons: Readonly<Record<WireRefusal['status'], string>> = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
  417: 'Expectation Failed',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

const escaped = (text: string): string => text.replaceAll('"', '&quot;');
