/**
 * Requests of an upload by XMLHttpRequest, which tells how far a body got; `fetch` does not. The body
 * is a slice of the file: the browser reads it from disk as it sends.
 */
import { admin } from '../api/admin.ts';
import { s3ErrorOf } from '../api/s3.ts';
import { Unreachable } from '../api/unreachable.ts';
import { parseXml } from '../api/xml.ts';
import type { PresignedRequest } from '../../../src/admin/contract.ts';
import type { Sending, Sent } from './transport.ts';

export async function sendByBrowser(sending: Sending): Promise<Sent> {
  const { method, bucket, key, query, headers, signal } = sending;
  const presigned = await admin('POST /admin/v1/presign', {
    body: {
      method,
      bucket,
      key,
      ...(query === undefined ? {} : { query }),
      ...(headers === undefined ? {} : { headers }),
      // A slow line may take long until a request begins; its end does not matter.
      expires: 3600,
    },
    ...(signal === undefined ? {} : { signal }),
  });
  return exchange(presigned, sending);
}

function exchange(presigned: PresignedRequest, sending: Sending): Promise<Sent> {
  const { body, onProgress, signal } = sending;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    const failed = (): void => reject(new Unreachable());
    request.open(presigned.method, presigned.url);
    for (const [name, value] of Object.entries(presigned.headers)) {
      request.setRequestHeader(name, value);
    }
    if (onProgress !== undefined) {
      request.upload.addEventListener('progress', ({ loaded }) => onProgress(loaded));
    }
    request.addEventListener('error', failed);
    request.addEventListener('timeout', failed);
    request.addEventListener('abort', () => reject(new DOMException('Called off.', 'AbortError')));
    request.addEventListener('loadend', () => signal?.removeEventListener('abort', abort));
    request.addEventListener('load', () => {
      const text = request.responseText;
      const xml = text.trimStart().startsWith('<') ? parseXml(text) : undefined;
      const replied = { get: (name: string) => request.getResponseHeader(name) };
      const ok = request.status >= 200 && request.status < 300;
      if (ok && xml?.name !== 'Error') resolve({ headers: replied, xml });
      else reject(s3ErrorOf(request.status, xml, replied));
    });
    signal?.addEventListener('abort', abort);
    if (signal?.aborted === true) reject(new DOMException('Called off.', 'AbortError'));
    else request.send(body ?? null);
  });
}
