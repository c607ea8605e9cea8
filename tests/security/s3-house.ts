/**
 * The S3 pipeline over a store in memory, with a spy between the two: every method of the store and
 * every row that a view reads is written down, and so is every byte taken from a body.
 */
import { AccessKeys, type GivenKey } from '../../src/access/access-keys.ts';
import { Accounts, defaultAccountName } from '../../src/access/accounts.ts';
import { Users } from '../../src/access/users.ts';
import { systemClock } from '../../src/base/time.ts';
import type { Blobs } from '../../src/engines/blobs.ts';
import { openMemoryBlobs } from '../../src/engines/memory/blobs.ts';
import { openMemoryMetadata } from '../../src/engines/memory/metadata.ts';
import type { Metadata } from '../../src/engines/metadata.ts';
import type { Handler, HttpRequest } from '../../src/http/exchange.ts';
import { allOperations } from '../../src/s3/all-operations.ts';
import { routeTable } from '../../src/s3/route.ts';
import { serveS3 } from '../../src/s3/serve.ts';
import { createStore } from '../../src/store/create-store.ts';
import type { Store } from '../../src/store/store.ts';
import { freshRows } from '../rows-fixture.ts';

export const host = 's3.test:9000';

export interface S3House {
  readonly handler: Handler;
  readonly store: Store;
  readonly accounts: Accounts;
  readonly users: Users;
  readonly accessKeys: AccessKeys;
  /** The default account's root. */
  readonly root: GivenKey;
  readonly rootAccount: string;
  /** What the pipeline asked of the store: `objects.put`, `view.get access-key`. */
  readonly calls: string[];
  /** How many views the pipeline holds. */
  openViews(): number;
  /** Faults and defects. */
  readonly failures: unknown[];
  /** Every row that a client's request could write, sealed: equal before and after means that nothing was written. */
  rows(): Promise<readonly string[]>;
  ask(sent: Sent): Promise<Answer>;
}

export async function s3House(
  options: {
    readonly domains?: readonly string[];
    readonly newBuckets?: 'classic';
    readonly metadata?: Metadata;
    readonly blobs?: Blobs;
  } = {},
): Promise<S3House> {
  const { metadata = openMemoryMetadata(), blobs = openMemoryBlobs() } = options;
  const rows = await freshRows({ metadata });
  const accessKeys = new AccessKeys(rows, systemClock);
  const accounts = new Accounts(rows, systemClock, accessKeys);
  const users = new Users(rows, systemClock, accessKeys);
  const store = createStore({ rows, blobs, clock: systemClock });
  const { account, key: root } = await accounts.create({ name: defaultAccountName });
  const calls: string[] = [];
  const openViews = new Set<object>();
  const failures: unknown[] = [];
  const handler = serveS3({
    store: spied(store, { calls, openViews }),
    routes: routeTable(allOperations),
    addressing: { domains: options.domains ?? [] },
    settings: {
      region: 'us-east-1',
      publicUrl: `http://${host}`,
      newBuckets: options.newBuckets ?? 'modern',
    },
    account: (view, id) => accounts.find(view, id),
    failed: (_request, error) => void failures.push(error),
  });
  return {
    handler,
    store,
    accounts,
    users,
    accessKeys,
    root,
    rootAccount: account.id,
    calls,
    openViews: () => openViews.size,
    failures,
    rows: async () => {
      using snapshot = metadata.snapshot();
      const start = Buffer.of(0);
      const all = await snapshot.range({ start, end: Buffer.of(0xff), limit: 100_000 });
      const told = all.filter(({ key }) => !ofProcesses.has(key[0] ?? 0));
      return told.map(({ key, value }) =>
        Buffer.concat([Buffer.from(key), Buffer.from(value)]).toString('base64'),
      );
    },
    ask: (sent) => ask(handler, sent),
  };
}

/** Process, reservation and trash rows: how the work was done, not what was done. */
const ofProcesses = new Set([0x18, 0x19, 0x1a]);

interface Spy {
  readonly calls: string[];
  readonly openViews: Set<object>;
}

/** Records what is called of the store, and of the views that it opens. */
function spied(store: Store, spy: Spy): Store {
  const { calls, openViews } = spy;
  return watching(store, '', (name, result) => {
    if (name === 'within') return spied(result as Store, spy);
    calls.push(name);
    if (name !== 'view') return result;
    const view = result as object;
    openViews.add(view);
    return watching(view, 'view.', (method, got, [kind]) => {
      const row = (kind as { readonly name?: string } | undefined)?.name;
      if (method === 'view.dispose') openViews.delete(view);
      else if (method !== 'view.in') calls.push(row === undefined ? method : `${method} ${row}`);
      return got;
    });
  });
}

type Seen = (name: string, result: unknown, args: readonly unknown[]) => unknown;

/** The same object, whose methods tell of their calls; what it holds is watched too. */
function watching<T extends object>(watched: T, path: string, seen: Seen): T {
  return new Proxy(watched, {
    get(target, property) {
      const found: unknown = Reflect.get(target, property, target);
      const name = path + (property === Symbol.dispose ? 'dispose' : String(property));
      if (typeof found === 'object' && found !== null) return watching(found, `${name}.`, seen);
      if (typeof found !== 'function') return found;
      return (...args: unknown[]) => seen(name, found.apply(target, args), args);
    },
  });
}

export interface Sent {
  readonly method: string;
  /** Path and query as on the wire. */
  readonly target: string;
  /** In wire order: a name may stand twice. `host` is added where there is none. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array | string | AsyncIterable<Uint8Array>;
  /** Instead of the body's length. */
  readonly contentLength?: number;
  readonly receivedAt?: Date;
}

export interface Answer {
  readonly status: number;
  /** S3's code of an error. */
  readonly code: string | undefined;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly bytes: Buffer;
  /** The stream of the reply failed after `bytes`: the client's socket is destroyed. */
  readonly broken: unknown;
  /** Bytes taken of the body, and whether the client was told to send it. */
  readonly pulled: number;
  readonly continued: boolean;
}

/** One request, answered. */
export async function ask(handler: Handler, sent: Sent): Promise<Answer> {
  const seen = { pulled: 0, continued: false };
  const reply = await handler(requestOf(sent, seen));
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(reply.headers)) headers[name.toLowerCase()] = value;
  const { bytes, broken } = await bytesOf(reply.body);
  const text = bytes.toString();
  const code = reply.status < 300 ? undefined : /<Code>(\w+)<\/Code>/.exec(text)?.[1];
  return { status: reply.status, code, headers, text, bytes, broken, ...seen };
}

function requestOf(sent: Sent, seen: { pulled: number; continued: boolean }): HttpRequest {
  const headers = new Map<string, string[]>();
  for (const [name, value] of sent.headers ?? []) {
    const lower = name.toLowerCase();
    headers.set(lower, [...(headers.get(lower) ?? []), value]);
  }
  if (!headers.has('host')) headers.set('host', [host]);
  const { body = '' } = sent;
  const whole = typeof body === 'string' ? Buffer.from(body) : body;
  const length = 'length' in whole ? (whole as Uint8Array).length : undefined;
  return {
    id: '00000000000000AB',
    method: sent.method,
    target: sent.target,
    headers,
    remoteAddress: '192.0.2.7',
    secure: false,
    receivedAt: sent.receivedAt ?? new Date(),
    contentLength: sent.contentLength ?? length,
    body: pulledFrom(whole, seen),
    sendContinue: () => void (seen.continued = true),
    signal: new AbortController().signal,
  };
}

async function* pulledFrom(
  body: Uint8Array | AsyncIterable<Uint8Array>,
  seen: { pulled: number },
): AsyncGenerator<Uint8Array> {
  const pieces = body instanceof Uint8Array ? [body] : body;
  for await (const piece of pieces) {
    seen.pulled += piece.length;
    if (piece.length > 0) yield Buffer.from(piece);
  }
}

async function bytesOf(
  body: string | Uint8Array | AsyncIterable<Uint8Array> | undefined,
): Promise<{ readonly bytes: Buffer; readonly broken: unknown }> {
  if (body === undefined) return { bytes: Buffer.alloc(0), broken: undefined };
  if (typeof body === 'string' || body instanceof Uint8Array) {
    return { bytes: Buffer.from(body as string), broken: undefined };
  }
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of body) pieces.push(Buffer.from(piece));
    return { bytes: Buffer.concat(pieces), broken: undefined };
  } catch (error) {
    return { bytes: Buffer.concat(pieces), broken: error };
  }
}
