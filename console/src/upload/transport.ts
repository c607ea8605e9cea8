/** How an upload's requests travel: by the browser, or by a test's fake. */
import type { XmlElement } from '../api/xml.ts';

export interface Sending {
  readonly method: 'PUT' | 'POST' | 'DELETE';
  readonly bucket: string;
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Blob | Uint8Array<ArrayBuffer>;
  /** Bytes of the body that left the browser. */
  readonly onProgress?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

export interface Sent {
  readonly headers: Pick<Headers, 'get'>;
  readonly xml: XmlElement | undefined;
}

/** Rejects with `S3Error`, `AdminError`, `Unreachable`, or the signal's reason. */
export type Transport = (sending: Sending) => Promise<Sent>;
