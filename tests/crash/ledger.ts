/**
 * What must be in the store: every change is written here before it is asked for, and again once it
 * was acknowledged. A write to a file outlives the process that made it, so after a kill it is known
 * of each place what may stand there: what was acknowledged last, or what was asked for since.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Names a body: `NONCE:SIZE`. Null: nothing is there. */
export type Body = string | null;

/** `bucket/key`, or `bucket/key?versionId`. */
export type Place = string;

export interface OpenUpload {
  readonly place: Place;
  readonly uploadId: string;
  readonly etag: string;
  readonly body: string;
  /** The master key version that was current when it began. */
  readonly since: number;
  readonly completing: boolean;
}

type Line =
  | {
      readonly begin: number;
      readonly sets: Readonly<Record<Place, Body>>;
      readonly bucket?: string;
      readonly completes?: string;
    }
  | { readonly done: number; readonly also?: Readonly<Record<Place, Body>> }
  | { readonly upload: OpenUpload }
  | { readonly known: readonly (readonly [Place, Body])[] };

/** A change that was asked for. */
export interface Asked {
  readonly sets: Readonly<Record<Place, Body>>;
  /** The bucket that goes with all that is in it. */
  readonly bucket?: string;
  /** The upload that it completes. */
  readonly completes?: string;
}

export class Ledger {
  readonly #path: string;
  readonly #known = new Map<Place, Body>();
  readonly #asked = new Map<number, Asked>();
  readonly #uploads = new Map<string, OpenUpload>();
  #last = 0;

  constructor(path: string) {
    this.#path = path;
    if (!existsSync(path)) return;
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      if (line !== '') this.#apply(JSON.parse(line) as Line);
    }
  }

  /** Makes a change: `act` asks for it, and gives what is known only once it is done. */
  async change(
    asked: Asked,
    act: () => Promise<Readonly<Record<Place, Body>> | void>,
  ): Promise<void> {
    const id = this.#last + 1;
    this.#write({ begin: id, ...asked });
    const also = await act();
    this.#write(also === undefined ? { done: id } : { done: id, also });
  }

  /** An upload was begun and has its part. */
  began(upload: OpenUpload): void {
    this.#write({ upload });
  }

  get uploads(): readonly OpenUpload[] {
    return [...this.#uploads.values()];
  }

  /** What may stand in each place; the first is what was acknowledged last. */
  allowed(): ReadonlyMap<Place, readonly Body[]> {
    const allowed = new Map<Place, Body[]>();
    for (const [place, body] of this.#known) allowed.set(place, [body]);
    for (const { sets, bucket } of this.#asked.values()) {
      for (const [place, body] of Object.entries(sets)) {
        allowed.set(place, [...(allowed.get(place) ?? [null]), body]);
      }
      if (bucket === undefined) continue;
      for (const [place, bodies] of allowed) {
        if (place.startsWith(`${bucket}/`)) bodies.push(null);
      }
    }
    return allowed;
  }

  /** Buckets that were to be shredded, without word that they were. */
  get shredding(): readonly string[] {
    return [...this.#asked.values()].flatMap(({ bucket }) => bucket ?? []);
  }

  /** What stands there, with nothing asked for. */
  get known(): ReadonlyMap<Place, Body> {
    return this.#known;
  }

  /** After a kill: what was found is what is there from now on. */
  settle(found: ReadonlyMap<Place, Body>): void {
    const known = [...found].filter(([, body]) => body !== null);
    const uploads = this.uploads.filter(
      ({ place, body, completing }) => !(completing && found.get(place) === body),
    );
    const lines: Line[] = [{ known }, ...uploads.map((upload) => ({ upload }))];
    const draft = `${this.#path}.new`;
    writeFileSync(draft, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    renameSync(draft, this.#path);
  }

  #write(line: Line): void {
    appendFileSync(this.#path, `${JSON.stringify(line)}\n`);
    this.#apply(line);
  }

  #apply(line: Line): void {
    if ('known' in line) for (const [place, body] of line.known) this.#known.set(place, body);
    else if ('upload' in line) this.#uploads.set(line.upload.uploadId, line.upload);
    else if ('begin' in line) this.#begin(line);
    else this.#done(line.done, line.also);
  }

  #begin({ begin, ...asked }: Extract<Line, { begin: number }>): void {
    this.#last = begin;
    this.#asked.set(begin, asked);
    const upload = this.#uploads.get(asked.completes ?? '');
    if (upload !== undefined) this.#uploads.set(upload.uploadId, { ...upload, completing: true });
  }

  #done(id: number, also: Readonly<Record<Place, Body>> = {}): void {
    const asked = this.#asked.get(id);
    assert.ok(asked, 'what was done was asked for');
    this.#asked.delete(id);
    for (const [place, body] of Object.entries({ ...asked.sets, ...also })) {
      this.#known.set(place, body);
    }
    if (asked.completes !== undefined) this.#uploads.delete(asked.completes);
    for (const place of asked.bucket === undefined ? [] : this.#known.keys()) {
      if (place.startsWith(`${asked.bucket}/`)) this.#known.delete(place);
    }
  }
}

/** The bytes of a body, unlike those of any other. */
export function bytesOf(body: string): Buffer {
  const [nonce = '', size = '0'] = body.split(':');
  const block = createHash('sha512').update(nonce).digest('hex');
  return Buffer.alloc(Number(size), `${nonce} ${block} `);
}

/** Which of the bodies these bytes are; throws where they are none of them. */
export function bodyAmong(
  bytes: Uint8Array | undefined,
  place: Place,
  allowed: readonly Body[],
): Body {
  const found = allowed.find((body) =>
    body === null
      ? bytes === undefined
      : bytes?.length === Number(body.split(':')[1]) && bytesOf(body).equals(bytes),
  );
  if (found !== undefined) return found;
  const shown =
    bytes === undefined
      ? 'nothing'
      : `${bytes.length} bytes (${Buffer.from(bytes.subarray(0, 24)).toString('latin1')}…)`;
  throw new Error(`${place} holds ${shown}, and may hold ${JSON.stringify(allowed)}`);
}
