/** For tests: a transport with a server behind it that can be made to fail. */
import { S3Error } from '../api/s3.ts';
import { Unreachable } from '../api/unreachable.ts';
import type { XmlElement } from '../api/xml.ts';
import type { Sending, Sent, Transport } from './transport.ts';

export class FakeS3 {
  /** Every request, in order. */
  readonly seen: Sending[] = [];
  readonly objects = new Map<string, number>();
  /** Unfinished uploads: the bytes of their parts. */
  readonly uploads = new Map<string, Map<number, number>>();
  /** Asked before each request; what it returns is thrown. */
  fails: (sending: Sending, index: number) => Error | undefined = () => undefined;
  /** Requests wait for it, if it is there. */
  gate: Promise<void> | undefined;
  atOnce = 0;
  atOnceMax = 0;

  readonly transport: Transport = async (sending) => {
    const index = this.seen.push(sending);
    this.atOnce += 1;
    this.atOnceMax = Math.max(this.atOnceMax, this.atOnce);
    try {
      await this.#pass(sending);
      const failure = this.fails(sending, index);
      if (failure !== undefined) throw failure;
      return this.#reply(sending);
    } finally {
      this.atOnce -= 1;
    }
  };

  asked(method: string, parameter?: string): readonly Sending[] {
    return this.seen.filter(
      (sending) =>
        sending.method === method &&
        (parameter === undefined || parameter in (sending.query ?? {})),
    );
  }

  async #pass({ body, onProgress, signal }: Sending): Promise<void> {
    if (body instanceof Blob) onProgress?.(Math.floor(body.size / 2));
    await new Promise<void>((resolve, reject) => {
      const abort = () => reject(new DOMException('', 'AbortError'));
      if (signal?.aborted === true) abort();
      signal?.addEventListener('abort', abort);
      void (this.gate ?? Promise.resolve()).then(() => setTimeout(resolve, 1));
    });
  }

  #reply({ method, key, query = {}, body }: Sending): Sent {
    const { uploads, partNumber, uploadId } = query;
    const size = body instanceof Blob ? body.size : 0;
    if (uploads !== undefined) {
      const id = `upload-${this.uploads.size + 1}-${this.seen.length}`;
      this.uploads.set(id, new Map());
      return sent(leaf('InitiateMultipartUploadResult', [leaf('UploadId', [], id)]));
    }
    if (uploadId === undefined) {
      this.objects.set(key, size);
      return sent(undefined);
    }
    const parts = this.uploads.get(uploadId);
    if (parts === undefined) throw new S3Error(404, 'NoSuchUpload', 'No such upload.');
    if (partNumber !== undefined) {
      parts.set(Number(partNumber), size);
      return sent(undefined, `"${partNumber}"`);
    }
    this.uploads.delete(uploadId);
    if (method === 'POST') {
      this.objects.set(
        key,
        [...parts.values()].reduce((total, bytes) => total + bytes, 0),
      );
    }
    return sent(undefined);
  }
}

export const networkDown = (): Error => new Unreachable();
export const denied = (): Error => new S3Error(403, 'AccessDenied', 'Denied by the bucket policy.');

function sent(xml: XmlElement | undefined, etag?: string): Sent {
  return { headers: { get: (name) => (name === 'etag' ? (etag ?? null) : null) }, xml };
}

function leaf(name: string, children: readonly XmlElement[], text = ''): XmlElement {
  return { name, text, children };
}
