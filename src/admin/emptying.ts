/**
 * Empties buckets: a job in the primary that removes versions, delete markers and uploads one by one,
 * each only if S3's decision lets the identity that asked delete it, as it is at that moment. It stops
 * when the identity's access key may no longer act; asked again, it goes on with what is left. Nothing
 * of it outlives the process but what it has deleted.
 */
import { credentialFor } from '../access/credentials.ts';
import { objectArn, type Permission } from '../access/permission.ts';
import { toHex } from '../base/bytes.ts';
import { Fault, Refusal } from '../base/refusal.ts';
import { type Clock, isoTime } from '../base/time.ts';
import type { Bucket } from '../store/buckets.ts';
import type { Store } from '../store/store.ts';
import { type BucketAsking, bucketDecisions } from './bucket-decision.ts';
import type { EmptyReport } from './contract.ts';
import type { Counting } from './counting.ts';

export interface EmptyingParts {
  readonly store: Store;
  readonly counting: Counting;
  readonly region: string;
  readonly clock: Clock;
  /** Aborted when the server ends. */
  readonly signal: AbortSignal;
  /** Trouble below: the log is told everything. */
  readonly failed: (error: unknown) => void;
}

/** Who asked, and from where. */
export type EmptyingAsked = Pick<BucketAsking, 'identity' | 'from'>;

const runningMax = 8;
const rememberedMax = 1_000;

export class Emptying {
  readonly #parts: EmptyingParts;
  /** By the bucket's id. */
  readonly #runs = new Map<string, Run>();

  constructor(parts: EmptyingParts) {
    this.#parts = parts;
  }

  /** Begins to empty the bucket, or gives the run that does. */
  start(bucket: Bucket, asked: EmptyingAsked): EmptyReport {
    const id = toHex(bucket.id);
    const running = [...this.#runs.values()].filter(({ report }) => report.state === 'running');
    const own = this.#runs.get(id);
    if (own?.report.state === 'running') return own.report;
    if (running.length >= runningMax) throw new Fault('busy', 'many buckets are emptied already');
    this.#runs.delete(id);
    for (const [oldest, run] of this.#runs) {
      if (this.#runs.size < rememberedMax) break;
      if (run.report.state !== 'running') this.#runs.delete(oldest);
    }
    const run = new Run(this.#parts, bucket, asked);
    this.#runs.set(id, run);
    return run.report;
  }

  /** How it stands with the bucket. */
  report(bucket: Bucket): EmptyReport {
    return this.#runs.get(toHex(bucket.id))?.report ?? idle;
  }
}

const idle: EmptyReport = {
  state: 'idle',
  deleted: 0,
  refused: 0,
  total: null,
  error: null,
  startedAt: null,
};

/** Something to be removed, and the permission that it takes. */
interface Removal {
  readonly permission: Permission;
  readonly remove: (store: Store) => Promise<unknown>;
}

/** So many deletions share a commit. */
const atOnce = 32;
const pageEntries = 256;

class Run {
  readonly #parts: EmptyingParts;
  readonly #bucket: Bucket;
  readonly #asked: EmptyingAsked;
  readonly #startedAt: string;
  #state: EmptyReport['state'] = 'running';
  #deleted = 0;
  #refused = 0;
  #total: number | null = null;
  #error: string | null = null;
  /** Of the credential that asked. */
  #keyCreatedAt: number | undefined;

  constructor(parts: EmptyingParts, bucket: Bucket, asked: EmptyingAsked) {
    this.#parts = parts;
    this.#bucket = bucket;
    this.#asked = asked;
    this.#startedAt = isoTime(parts.clock());
    void this.#empty().then(
      (state) => (this.#state = state),
      (error: unknown) => this.#fail(error),
    );
  }

  get report(): EmptyReport {
    return {
      state: this.#state,
      deleted: this.#deleted,
      refused: this.#refused,
      total: this.#total,
      error: this.#error,
      startedAt: this.#startedAt,
    };
  }

  #fail(error: unknown): void {
    this.#state = 'failed';
    if (error instanceof Refusal) {
      this.#error = 'The bucket is not there any more.';
      return;
    }
    this.#error = 'Something went wrong; the server’s log says what. Start again to go on.';
    this.#parts.failed(error);
  }

  async #empty(): Promise<'done' | 'stopped'> {
    const counts = await this.#parts.counting.countNow(this.#bucket);
    this.#total = counts.versions + counts.deleteMarkers + counts.uploads;
    const versions = await this.#removeAll((marker) => this.#versionsPage(marker));
    if (versions === 'stopped') return 'stopped';
    return this.#removeAll((marker) => this.#uploadsPage(marker));
  }

  async #removeAll(
    readPage: (marker: Marker) => Promise<Page | undefined>,
  ): Promise<'done' | 'stopped'> {
    let marker: Marker = {};
    for (;;) {
      if (this.#parts.signal.aborted) return 'stopped';
      const page = await readPage(marker);
      if (page === undefined) return this.#stop();
      await this.#remove(page.allowed);
      this.#refused += page.refused;
      if (page.next === undefined) return 'done';
      marker = page.next;
    }
  }

  #stop(): 'stopped' {
    this.#error = 'The access key that asked for it may no longer act.';
    return 'stopped';
  }

  async #remove(removals: readonly Removal[]): Promise<void> {
    const { store } = this.#parts;
    // A new bucket of this name is another one: nothing of it is touched.
    const within = store.within(new Map([[this.#bucket.name, this.#bucket.id]]));
    for (let at = 0; at < removals.length; at += atOnce) {
      const turn = removals.slice(at, at + atOnce);
      await Promise.all(turn.map(({ remove }) => remove(within)));
      this.#deleted += turn.length;
    }
  }

  /** Undefined where whoever asked may no longer act. */
  async #versionsPage(marker: Marker): Promise<Page | undefined> {
    const { store } = this.#parts;
    const { name } = this.#bucket;
    using view = store.view();
    if (!(await this.#mayAct(view))) return undefined;
    // Without versioning there is no version to name: deleting the object removes it.
    const { versioning } = await store.buckets.get(view, name);
    const page = await store.listing.versions(view, { ...this.#query(), ...marker.versions });
    const removals = page.versions.map(({ key, versionId }): Removal => {
      const object = { bucket: name, key };
      if (versioning === 'off') {
        return {
          permission: onObject('s3:DeleteObject', object),
          remove: ({ objects }) => objects.delete(object),
        };
      }
      const context = new Map([['s3:versionid', [versionId]]]);
      return {
        permission: { ...onObject('s3:DeleteObjectVersion', object), context },
        remove: ({ objects }) => objects.delete({ ...object, versionId }),
      };
    });
    const { truncated, nextKeyMarker: keyMarker, nextVersionIdMarker: versionIdMarker } = page;
    const next =
      truncated && keyMarker !== undefined
        ? {
            versions:
              versionIdMarker === undefined ? { keyMarker } : { keyMarker, versionIdMarker },
          }
        : undefined;
    return { ...(await this.#decide(removals, 'DeleteObject', view)), next };
  }

  async #uploadsPage(marker: Marker): Promise<Page | undefined> {
    const { store } = this.#parts;
    const { name } = this.#bucket;
    using view = store.view();
    if (!(await this.#mayAct(view))) return undefined;
    const page = await store.listing.uploads(view, { ...this.#query(), ...marker.uploads });
    const removals = page.uploads.map(({ key, uploadId }): Removal => {
      const object = { bucket: name, key };
      return {
        permission: onObject('s3:AbortMultipartUpload', object),
        remove: ({ uploads }) => uploads.abort({ ...object, uploadId }),
      };
    });
    const { truncated, nextKeyMarker: keyMarker, nextUploadIdMarker: uploadIdMarker } = page;
    const next =
      truncated && keyMarker !== undefined
        ? { uploads: uploadIdMarker === undefined ? { keyMarker } : { keyMarker, uploadIdMarker } }
        : undefined;
    return { ...(await this.#decide(removals, 'AbortMultipartUpload', view)), next };
  }

  #query() {
    return { bucket: this.#bucket.name, prefix: '', delimiter: '', limit: pageEntries };
  }

  async #decide(
    removals: readonly Removal[],
    operation: string,
    view: ReturnType<Store['view']>,
  ): Promise<Pick<Page, 'allowed' | 'refused'>> {
    const { store, region, clock } = this.#parts;
    const asking = { ...this.#asked, operation, now: clock(), region, store };
    const decides = bucketDecisions(asking, view);
    const allowed: Removal[] = [];
    for (const removal of removals) {
      if (await decides(removal.permission)) allowed.push(removal);
    }
    return { allowed, refused: removals.length - allowed.length };
  }

  /** The access key that asked is as it was, and the bucket is the one that was meant. */
  async #mayAct(view: ReturnType<Store['view']>): Promise<boolean> {
    const { identity } = this.#asked;
    const bucket = await this.#parts.store.buckets.get(view, this.#bucket.name);
    if (toHex(bucket.id) !== toHex(this.#bucket.id)) throw new Refusal('NoSuchBucket');
    const credential = await credentialFor(view, identity.accessKeyId);
    if (credential?.enabled !== true) return false;
    this.#keyCreatedAt ??= credential.createdAt.getTime();
    return (
      this.#keyCreatedAt === credential.createdAt.getTime() &&
      nameOf(credential.identity) === nameOf(identity)
    );
  }
}

interface Marker {
  readonly versions?: { readonly keyMarker: string; readonly versionIdMarker?: string };
  readonly uploads?: { readonly keyMarker: string; readonly uploadIdMarker?: string };
}

interface Page {
  readonly allowed: readonly Removal[];
  readonly refused: number;
  /** Undefined: that was the last. */
  readonly next: Marker | undefined;
}

function onObject(
  action: string,
  { bucket, key }: { readonly bucket: string; readonly key: string },
): Permission {
  return { action, resource: objectArn(bucket, key), bucket };
}

const nameOf = (identity: EmptyingAsked['identity']): string =>
  identity.kind === 'root' ? identity.account.id : `${identity.account.id}/${identity.userId}`;
