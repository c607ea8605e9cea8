/**
 * The upload of one file: whole where it is small, in parts where it is large. Parts that arrived stay
 * through pauses, failures and retries; what is cancelled is aborted at the server, too.
 */
import { escapeXml, textOf } from '../api/xml.ts';
import { xmlBody } from '../api/xml-body.ts';
import { S3Error } from '../api/s3.ts';
import { encryptionHeaders, type EncryptionChoice } from './encryption.ts';
import { multipartBytesMin, partsOf, type Part } from './plan.ts';
import { withRetries, type RetryOptions } from './retry.ts';
import type { Slots } from './slots.ts';
import type { Sending, Sent, Transport } from './transport.ts';

export interface UploadSource {
  readonly file: Blob;
  readonly bucket: string;
  readonly key: string;
  readonly encryption: EncryptionChoice;
}

export type UploadState =
  | 'waiting'
  | 'running'
  /** The network or the server is away; it is tried again by itself. */
  | 'interrupted'
  /** Every part arrived; the server puts them together. */
  | 'finishing'
  | 'paused'
  | 'done'
  | 'failed'
  | 'cancelled';

export interface UploadHouse {
  readonly transport: Transport;
  /** Requests under way, of all uploads together. */
  readonly slots: Slots;
  readonly rest: RetryOptions['rest'];
  readonly onChange: () => void;
}

const partsAtOnce = 4;

export class FileUpload {
  readonly source: UploadSource;
  #state: UploadState = 'waiting';
  #error: unknown;
  #uploadId: string | undefined;
  /** None of a file that goes whole. */
  readonly #parts: readonly Part[];
  readonly #etags = new Map<number, string>();
  /** Bytes of requests under way, by part number; 0 is the whole file. */
  readonly #underWay = new Map<number, number>();
  #waits = 0;
  #stop = new AbortController();
  #run: Promise<void> = Promise.resolve();
  readonly #house: UploadHouse;

  constructor(source: UploadSource, house: UploadHouse) {
    this.source = source;
    this.#parts = this.bytes < multipartBytesMin ? [] : partsOf(this.bytes);
    this.#house = house;
  }

  get state(): UploadState {
    return this.#state === 'running' && this.#waits > 0 ? 'interrupted' : this.#state;
  }

  /** Why it failed. */
  get error(): unknown {
    return this.#error;
  }

  get bytes(): number {
    return this.source.file.size;
  }

  get sentBytes(): number {
    if (this.#state === 'done') return this.bytes;
    let sent = 0;
    for (const { number, start, end } of this.#parts) {
      if (this.#etags.has(number)) sent += end - start;
    }
    for (const bytes of this.#underWay.values()) sent += bytes;
    return Math.min(sent, this.bytes);
  }

  /** Begins, or goes on after a pause or a failure. Resolves when it rests, however it ended. */
  start(): Promise<void> {
    if (!['waiting', 'paused', 'failed'].includes(this.#state)) return this.#run;
    this.#set('running');
    this.#error = undefined;
    const before = this.#run;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#run = before.then(() => (signal.aborted ? undefined : this.#upload(signal)));
    return this.#run;
  }

  pause(): void {
    if (!['waiting', 'running'].includes(this.#state)) return;
    this.#set('paused');
    this.#stop.abort();
  }

  /** Resolves when nothing of it is left at the server. */
  async cancel(): Promise<void> {
    if (['done', 'cancelled', 'finishing'].includes(this.#state)) return;
    this.#set('cancelled');
    this.#stop.abort();
    await this.#run;
    await this.#abandon();
  }

  async #upload(signal: AbortSignal): Promise<void> {
    try {
      if (this.bytes < multipartBytesMin) await this.#putWhole(signal);
      else await this.#putParts(signal);
      this.#set('done');
    } catch (error) {
      if (signal.aborted) return;
      this.#error = error;
      this.#set('failed');
      // The server forgot the upload: the next try begins anew.
      if (error instanceof S3Error && error.code === 'NoSuchUpload') {
        this.#uploadId = undefined;
        this.#etags.clear();
      }
    } finally {
      this.#underWay.clear();
      this.#waits = 0;
      this.#house.onChange();
    }
  }

  async #putWhole(signal: AbortSignal): Promise<void> {
    const { file } = this.source;
    await this.#send(0, { method: 'PUT', headers: this.#firstHeaders(), body: file }, signal);
  }

  async #putParts(signal: AbortSignal): Promise<void> {
    this.#uploadId ??= await this.#create(signal);
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    const left = this.#parts.filter(({ number }) => !this.#etags.has(number));
    const worker = async (): Promise<void> => {
      for (let part = left.shift(); part !== undefined; part = left.shift()) {
        await this.#putPart(part, either);
      }
    };
    const workers = Array.from({ length: partsAtOnce }, () =>
      worker().catch((error: unknown) => {
        failed.abort();
        throw error;
      }),
    );
    const ends = await Promise.allSettled(workers);
    signal.throwIfAborted();
    const reasons = ends.flatMap((end) =>
      end.status === 'rejected' ? [end.reason as unknown] : [],
    );
    // The first that failed called the others off: they say so only of themselves.
    const reason = reasons.find((each) => !isCalledOff(each)) ?? reasons[0];
    if (reason !== undefined) throw reason;
    this.#set('finishing');
    await this.#complete(signal);
  }

  async #create(signal: AbortSignal): Promise<string> {
    const headers = this.#firstHeaders();
    // Never called off once it is sent: an upload that nobody knows the id of could not be aborted.
    const sending = { method: 'POST', query: { uploads: '' }, headers } as const;
    const { xml } = await this.#retrying(() => this.#request(sending), signal);
    const uploadId = textOf(xml, 'UploadId');
    if (uploadId === undefined) throw new Error('The server began no upload.');
    return uploadId;
  }

  async #putPart({ number, start, end }: Part, signal: AbortSignal): Promise<void> {
    const body = this.source.file.slice(start, end);
    const query = { partNumber: String(number), uploadId: this.#uploadId ?? '' };
    const { headers } = await this.#send(number, { method: 'PUT', query, body }, signal);
    const etag = headers.get('etag');
    if (etag === null) throw new Error('The server named no ETag of a part.');
    this.#etags.set(number, etag);
  }

  async #complete(signal: AbortSignal): Promise<void> {
    const parts = this.#parts.map(
      ({ number }) =>
        `<Part><PartNumber>${number}</PartNumber>` +
        `<ETag>${escapeXml(this.#etags.get(number) ?? '')}</ETag></Part>`,
    );
    const { body } = xmlBody('CompleteMultipartUpload', parts.join(''));
    const sending: Pick<Sending, 'method' | 'query' | 'body' | 'headers'> = {
      method: 'POST',
      query: { uploadId: this.#uploadId ?? '' },
      headers: { 'content-type': 'application/xml' },
      body: body as Uint8Array<ArrayBuffer>,
    };
    await this.#retrying(() => this.#request(sending), signal);
    this.#uploadId = undefined;
  }

  /** Best effort: what is left shows among the bucket's unfinished uploads. */
  async #abandon(): Promise<void> {
    const uploadId = this.#uploadId;
    if (uploadId === undefined) return;
    this.#uploadId = undefined;
    const { signal } = new AbortController();
    const abort = () => this.#request({ method: 'DELETE', query: { uploadId } });
    await this.#retrying(abort, signal).catch(() => undefined);
    this.#house.onChange();
  }

  /** A request that carries bytes of the file: in a slot, its progress told, tried again. */
  #send(
    part: number,
    sending: Pick<Sending, 'method' | 'query' | 'headers' | 'body'>,
    signal: AbortSignal,
  ): Promise<Sent> {
    const onProgress = (bytes: number): void => {
      this.#underWay.set(part, bytes);
      this.#house.onChange();
    };
    const once = (): Promise<Sent> =>
      this.#house.slots
        .use(() => {
          signal.throwIfAborted();
          return this.#request({ ...sending, onProgress, signal });
        })
        .finally(() => this.#underWay.delete(part));
    return this.#retrying(once, signal);
  }

  #request(sending: Omit<Sending, 'bucket' | 'key'>): Promise<Sent> {
    const { bucket, key } = this.source;
    return this.#house.transport({ ...sending, bucket, key });
  }

  #retrying<Result>(task: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    const { rest, onChange } = this.#house;
    const onWait = (waiting: boolean): void => {
      this.#waits += waiting ? 1 : -1;
      onChange();
    };
    return withRetries(task, { signal, rest, onWait, examine: () => this.#examine() });
  }

  /** A file that changed or went away looks like a network that is down. */
  async #examine(): Promise<void> {
    await this.source.file
      .slice(0, 1)
      .arrayBuffer()
      .catch((cause: unknown) => {
        throw new Error('The file cannot be read any more: it was changed, moved or deleted.', {
          cause,
        });
      });
  }

  #firstHeaders(): Readonly<Record<string, string>> {
    const { file, encryption } = this.source;
    const type = file.type === '' ? 'application/octet-stream' : file.type;
    return { 'content-type': type, ...encryptionHeaders(encryption) };
  }

  #set(state: UploadState): void {
    this.#state = state;
    this.#house.onChange();
  }
}

function isCalledOff(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
