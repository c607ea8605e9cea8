/**
 * Requests to the S3 endpoint: the server signs one (`Presign`, with the session's own identity), the
 * browser sends it straight to the endpoint. What the server signed is sent exactly so.
 */
import { admin } from './admin.ts';
import type { PresignRequest } from '../../../src/admin/contract.ts';
import { isBeyondBrowsers } from '../text/keys.ts';
import { parseXml, textOf, type XmlElement } from './xml.ts';
import { Unreachable } from './unreachable.ts';

export interface S3Request extends PresignRequest {
  readonly body?: BodyInit;
  readonly signal?: AbortSignal;
}

export interface S3Reply {
  readonly status: number;
  readonly headers: Headers;
  /** The root element of a reply that has one. */
  readonly xml: XmlElement | undefined;
}

/** What S3 refused: its code, and in `message` its reason in words. */
export class S3Error extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string;

  constructor(status: number, code: string, message: string, requestId = '') {
    super(message);
    this.name = 'S3Error';
    this.status = status;
    this.code = code;
    this.requestId = requestId;
  }
}

/** Throws `S3Error` for what was refused, `AdminError` where it could not be signed, `Unreachable`. */
export async function s3(request: S3Request): Promise<S3Reply> {
  const response = await s3Response(request);
  const text = await response.text().catch((error: unknown) => {
    throw Unreachable.from(error);
  });
  const xml = text.trimStart().startsWith('<') ? parseXml(text) : undefined;
  // A long CompleteMultipartUpload or CopyObject may answer 200 first and fail in the body.
  if (!response.ok || xml?.name === 'Error') {
    throw s3ErrorOf(response.status, xml, response.headers);
  }
  return { status: response.status, headers: response.headers, xml };
}

/** The response itself, its body unread: for objects' bytes. Status is not looked at. */
export async function s3Response(request: S3Request): Promise<Response> {
  const { body, signal, ...asked } = request;
  if (request.key !== undefined && isBeyondBrowsers(request.key)) throw beyondBrowsers();
  const presigned = await admin('POST /admin/v1/presign', {
    body: asked,
    ...(signal === undefined ? {} : { signal }),
  });
  return fetch(presigned.url, {
    method: presigned.method,
    headers: presigned.headers,
    body: body ?? null,
    mode: 'cors',
    credentials: 'omit',
    cache: 'no-store',
    signal: signal ?? null,
  }).catch((error: unknown) => {
    throw Unreachable.from(error);
  });
}

/** Instead of a request that the browser would send to another key. */
export function beyondBrowsers(): S3Error {
  return new S3Error(
    0,
    'KeyBeyondBrowsers',
    'No browser can send a request for a key with “.” or “..” between slashes: use a command-line client, or copy it to another key with one.',
  );
}

export function s3ErrorOf(
  status: number,
  xml: XmlElement | undefined,
  headers?: Pick<Headers, 'get'>,
): S3Error {
  const requestId = headers?.get('x-amz-request-id') ?? textOf(xml, 'RequestId') ?? '';
  const code = textOf(xml, 'Code') ?? codeOfStatus[status] ?? 'UnknownError';
  const message = textOf(xml, 'Message') ?? wordsOfStatus(status);
  return new S3Error(status, code, message, requestId);
}

/** The reply to HEAD has no body to tell the code. */
const codeOfStatus: Readonly<Record<number, string>> = {
  403: 'AccessDenied',
  404: 'NoSuchKey',
  405: 'MethodNotAllowed',
  412: 'PreconditionFailed',
  503: 'SlowDown',
};

function wordsOfStatus(status: number): string {
  if (status === 403) return 'Your identity may not do this.';
  if (status === 404) return 'There is no such bucket, object or version.';
  if (status === 405) return 'This version is a delete marker.';
  return `The S3 endpoint answered with status ${status}.`;
}
