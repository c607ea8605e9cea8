/**
 * All uploads of this tab, as long as it is open: begun in order, a few at a time. Not stored: a
 * browser gives no file back after a reload.
 */
import type { EncryptionChoice } from './encryption.ts';
import { sendByBrowser } from './browser-transport.ts';
import {
  FileUpload,
  type UploadHouse,
  type UploadSource,
  type UploadState,
} from './file-upload.ts';
import { restOnline } from './retry.ts';
import { Slots } from './slots.ts';
import { Speed } from './speed.ts';

export interface UploadReport {
  readonly id: number;
  readonly bucket: string;
  readonly key: string;
  readonly encryption: EncryptionChoice;
  readonly state: UploadState;
  readonly bytes: number;
  readonly sentBytes: number;
  readonly error: unknown;
}

export interface QueueReport {
  readonly uploads: readonly UploadReport[];
  readonly bytes: number;
  readonly sentBytes: number;
  readonly bytesPerSecond: number;
  readonly secondsLeft: number | undefined;
  /** Waiting, running, interrupted or finishing. */
  readonly active: number;
  readonly paused: number;
  readonly failed: number;
  readonly done: number;
}

const filesAtOnce = 4;
const requestsAtOnce = 4;
const tellEveryMs = 150;

export class UploadQueue {
  readonly #uploads = new Map<number, FileUpload>();
  readonly #listeners = new Set<() => void>();
  readonly #house: UploadHouse;
  readonly #speed = new Speed();
  #owner: string | undefined;
  #lastId = 0;
  #running = 0;
  #telling = false;
  #report: QueueReport = reportOf(new Map(), new Speed());

  constructor(house?: Pick<UploadHouse, 'transport' | 'rest'>) {
    this.#house = {
      transport: house?.transport ?? sendByBrowser,
      rest: house?.rest ?? restOnline,
      slots: new Slots(requestsAtOnce),
      onChange: () => this.#changed(),
    };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly report = (): QueueReport => this.#report;

  add(sources: readonly UploadSource[]): void {
    for (const source of sources) {
      this.#lastId += 1;
      this.#uploads.set(this.#lastId, new FileUpload(source, this.#house));
    }
    this.#pump();
    this.#changed();
  }

  /** What one identity began is never gone on with by another: it is stopped and forgotten. */
  ownedBy(owner: string): void {
    if (this.#owner === owner) return;
    this.#owner = owner;
    this.pauseAll();
    this.#uploads.clear();
    this.#changed();
  }

  pause(id: number): void {
    this.#uploads.get(id)?.pause();
  }

  /** Goes on after a pause or a failure. */
  resume(id: number): void {
    const upload = this.#uploads.get(id);
    if (upload !== undefined) this.#begin(upload);
  }

  pauseAll(): void {
    for (const upload of this.#uploads.values()) upload.pause();
  }

  resumeAll(): void {
    for (const upload of this.#uploads.values()) {
      if (upload.state === 'paused' || upload.state === 'failed') this.#begin(upload);
    }
  }

  async cancel(id: number): Promise<void> {
    await this.#uploads.get(id)?.cancel();
    this.#pump();
  }

  async cancelAll(): Promise<void> {
    await Promise.all([...this.#uploads.values()].map((upload) => upload.cancel()));
  }

  /** Forgets what is over. */
  clear(): void {
    for (const [id, { state }] of this.#uploads) {
      if (state === 'done' || state === 'cancelled') this.#uploads.delete(id);
    }
    this.#changed();
  }

  #begin(upload: FileUpload): void {
    this.#running += 1;
    void upload.start().finally(() => {
      this.#running -= 1;
      this.#pump();
    });
  }

  #pump(): void {
    for (const upload of this.#uploads.values()) {
      if (this.#running >= filesAtOnce) return;
      if (upload.state === 'waiting') this.#begin(upload);
    }
  }

  /** Progress comes faster than it can be seen. */
  #changed(): void {
    if (this.#telling) return;
    this.#telling = true;
    setTimeout(() => {
      this.#telling = false;
      const { sentBytes } = (this.#report = reportOf(this.#uploads, this.#speed));
      this.#speed.mark(sentBytes, Date.now());
      for (const listener of this.#listeners) listener();
    }, tellEveryMs);
  }
}

const activeStates: ReadonlySet<UploadState> = new Set([
  'waiting',
  'running',
  'interrupted',
  'finishing',
]);

function reportOf(all: ReadonlyMap<number, FileUpload>, speed: Speed): QueueReport {
  const uploads = [...all].map(([id, upload]): UploadReport => {
    const { bucket, key, encryption } = upload.source;
    const { state, bytes, sentBytes, error } = upload;
    return { id, bucket, key, encryption, state, bytes, sentBytes, error };
  });
  const counted = uploads.filter(({ state }) => state !== 'cancelled');
  const bytes = sum(counted.map((upload) => upload.bytes));
  const sentBytes = sum(counted.map((upload) => upload.sentBytes));
  const of = (state: UploadState) => uploads.filter((upload) => upload.state === state).length;
  const active = uploads.filter(({ state }) => activeStates.has(state)).length;
  return {
    uploads,
    bytes,
    sentBytes,
    bytesPerSecond: active === 0 ? 0 : speed.bytesPerSecond(),
    secondsLeft: active === 0 ? undefined : speed.secondsLeft(bytes - sentBytes),
    active,
    paused: of('paused'),
    failed: of('failed'),
    done: of('done'),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
