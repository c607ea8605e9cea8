/** Clients that write, delete and read back without a pause, against a store or a server. */
import { setImmediate } from 'node:timers/promises';
import { type Ledger, bodyAmong, bytesOf } from './ledger.ts';
import type { Random } from './random.ts';

/** A way to the store: in this process, or over the network. */
export interface Client {
  /** The version of the master key that is current, as far as is known. */
  readonly current: number;
  makeBucket(name: string, versioning?: 'enabled'): Promise<void>;
  /** Gives the version's id where the bucket has versions. */
  put(bucket: string, key: string, bytes: Buffer): Promise<string | undefined>;
  delete(bucket: string, key: string, versionId?: string): Promise<void>;
  /** Begins an upload and sends its one part. */
  begin(
    bucket: string,
    key: string,
    bytes: Buffer,
  ): Promise<{ readonly uploadId: string; readonly etag: string }>;
  complete(upload: {
    readonly bucket: string;
    readonly key: string;
    readonly uploadId: string;
    readonly etag: string;
  }): Promise<void>;
  /** The ETags of the parts of an upload in progress; undefined where there is no such upload. */
  parts(bucket: string, key: string, uploadId: string): Promise<readonly string[] | undefined>;
  /** Undefined where nothing is there. */
  read(bucket: string, key: string, versionId?: string): Promise<Uint8Array | undefined>;
}

/** Reads what a place of the ledger names. */
export function readPlace(client: Client, place: string): Promise<Uint8Array | undefined> {
  const [, bucket = '', key = '', versionId] = /^([^/]+)\/([^?]+)(?:\?(.+))?$/.exec(place) ?? [];
  return client.read(bucket, key, versionId);
}

/** Of bodies: inline, and files of one and of two segments. */
const sizes = [0, 10, 4_096, 17_000, 70_000];
const keysMax = 4;
const uploadsMax = 6;
/** An upload stays open until so many versions of the master key came after its own, or by chance. */
const versionsWaited = 2;

const plainBucket = 'plain';
const versionedBucket = 'versioned';

export interface WriterParts {
  readonly client: Client;
  readonly ledger: Ledger;
  readonly random: Random;
  /** Of its keys, which nobody else writes. */
  readonly name: string;
  /** A bug that is planted: it says what it wrote before that is so. */
  readonly early?: boolean;
}

/** Makes the buckets that are not there. */
export async function makeBuckets(client: Client): Promise<void> {
  await client.makeBucket(plainBucket);
  await client.makeBucket(versionedBucket, 'enabled');
}

export class Writer {
  readonly #parts: WriterParts;
  readonly #acts: readonly (() => Promise<void>)[];

  constructor(parts: WriterParts) {
    this.#parts = parts;
    const put = (): Promise<void> => this.#put();
    const version = (): Promise<void> => this.#putVersion();
    this.#acts = [
      put,
      put,
      put,
      version,
      version,
      () => this.#delete(),
      () => this.#deleteVersion(),
      () => this.#beginUpload(),
      () => this.#completeUpload(),
      () => this.#read(),
    ];
  }

  async write(times: number, until?: AbortSignal): Promise<void> {
    for (let n = 0; n < times; n += 1) {
      if (until?.aborted === true) return;
      await this.#parts.random.pick(this.#acts)();
      await setImmediate();
    }
  }

  /** A body that nothing else has. */
  #body(): string {
    const { random, name } = this.#parts;
    return `${name}.${random.below(2 ** 32).toString(36)}:${random.pick(sizes)}`;
  }

  #key(): string {
    const { random, name } = this.#parts;
    return `${name}-${random.below(keysMax)}`;
  }

  async #put(bucket = plainBucket, key = this.#key()): Promise<void> {
    const { client, ledger, early } = this.#parts;
    const body = this.#body();
    const sets = { [`${bucket}/${key}`]: body };
    if (early === true) await ledger.change({ sets }, async () => undefined);
    await ledger.change({ sets }, async () => {
      await client.put(bucket, key, bytesOf(body));
    });
  }

  async #putVersion(): Promise<void> {
    const { client, ledger } = this.#parts;
    const key = this.#key();
    const body = this.#body();
    const place = `${versionedBucket}/${key}`;
    await ledger.change({ sets: { [place]: body } }, async () => {
      const versionId = await client.put(versionedBucket, key, bytesOf(body));
      return { [`${place}?${versionId}`]: body };
    });
  }

  async #delete(): Promise<void> {
    const { client, ledger } = this.#parts;
    const key = this.#key();
    await ledger.change({ sets: { [`${plainBucket}/${key}`]: null } }, () =>
      client.delete(plainBucket, key),
    );
  }

  /** Of those versions that are not the latest. */
  async #deleteVersion(): Promise<void> {
    const { client, ledger, random } = this.#parts;
    const place = `${versionedBucket}/${this.#key()}`;
    const latest = ledger.known.get(place);
    const older = [...ledger.known].filter(
      ([name, body]) => name.startsWith(`${place}?`) && body !== null && body !== latest,
    );
    if (older.length < 2) return;
    const [name] = random.pick(older);
    const [, key = '', versionId = ''] = /^[^/]+\/([^?]+)\?(.+)$/.exec(name) ?? [];
    await ledger.change({ sets: { [name]: null } }, () =>
      client.delete(versionedBucket, key, versionId),
    );
  }

  async #beginUpload(): Promise<void> {
    const { client, ledger, name } = this.#parts;
    const { length } = ledger.uploads;
    if (length >= uploadsMax) return;
    const key = `${name}-upload-${length}`;
    const since = client.current;
    const body = this.#body();
    const begun = await client.begin(plainBucket, key, bytesOf(body));
    ledger.began({ place: `${plainBucket}/${key}`, ...begun, body, since, completing: false });
  }

  async #completeUpload(): Promise<void> {
    const { client, ledger, random, name } = this.#parts;
    const { current } = client;
    const due = ledger.uploads.find(
      ({ since, place, completing }) =>
        place.startsWith(`${plainBucket}/${name}-`) &&
        (completing || current - since >= versionsWaited || random.chance(0.05)),
    );
    if (due === undefined) return;
    const { place, uploadId, etag, body } = due;
    const [bucket = '', key = ''] = place.split('/');
    const asked = { sets: { [place]: body }, completes: uploadId };
    await ledger.change(asked, () => client.complete({ bucket, key, uploadId, etag }));
  }

  async #read(): Promise<void> {
    const { ledger, client, random, name } = this.#parts;
    const own = [...ledger.known].filter(([place]) => place.includes(`/${name}-`));
    if (own.length === 0) return;
    const [place, body] = random.pick(own);
    bodyAmong(await readPlace(client, place), place, [body]);
  }

  /** A bucket with three objects, for it to be shredded. */
  async fillDoomed(): Promise<string> {
    const { client, random } = this.#parts;
    const name = `doomed-${random.below(2 ** 32).toString(36)}`;
    await client.makeBucket(name);
    for (const key of ['a', 'b', 'c']) await this.#put(name, key);
    return name;
  }
}
