/** An admin API over a store in memory, and everybody who might call it. */
import { createHash } from 'node:crypto';
import type { GivenKey } from '../src/access/access-keys.ts';
import { AccessKeys } from '../src/access/access-keys.ts';
import { Accounts, defaultAccountName } from '../src/access/accounts.ts';
import { signHeaders } from '../src/access/signature/presign.ts';
import { Users } from '../src/access/users.ts';
import { keysStatusOf } from '../src/admin/keys-status.ts';
import type { Overview } from '../src/admin/contract.ts';
import { Counting } from '../src/admin/counting.ts';
import { Emptying } from '../src/admin/emptying.ts';
import type { AdminServices } from '../src/admin/operation.ts';
import { Sessions } from '../src/admin/sessions.ts';
import { Throttle } from '../src/admin/throttle.ts';
import { serveAdmin } from '../src/admin/serve.ts';
import { openLog } from '../src/base/log.ts';
import { type Clock, systemClock } from '../src/base/time.ts';
import { SecretKey } from '../src/crypto/secret-key.ts';
import { openMemoryBlobs } from '../src/engines/memory/blobs.ts';
import { openMemoryMetadata } from '../src/engines/memory/metadata.ts';
import type { Handler, HttpReply, HttpRequest } from '../src/http/exchange.ts';
import { Destruction } from '../src/jobs/destroy.ts';
import { KeyringChanges } from '../src/jobs/keyring-changes.ts';
import { Rewrapping } from '../src/jobs/rewrap.ts';
import { keyEvidence } from '../src/key-evidence.ts';
import { FileKeeper } from '../src/keys/file/file-keeper.ts';
import { activatePrepared, addVersion, mintFirstKeyring } from '../src/keys/keyring.ts';
import { KeysInForce } from '../src/keys/keys-in-force.ts';
import { countReferences } from '../src/rows/count-references.ts';
import { openRows, type Rows } from '../src/rows/rows.ts';
import { versionReferences } from '../src/rows/version-references.ts';
import { createStore } from '../src/store/create-store.ts';
import { storeEvidence } from '../src/store-evidence.ts';
import { loadedKeys } from './rows-fixture.ts';
import { assertConforms } from './support/openapi-reply.ts';

export interface AdminHouse {
  readonly rows: Rows;
  readonly services: AdminServices;
  /** As the Unix socket serves it. */
  readonly local: Handler;
  /** As the console port serves it. */
  readonly network: Handler;
  /** What was told to the log. */
  readonly failures: unknown[];
  /** The default account's root. */
  readonly root: GivenKey;
}

/** `clock`: of sessions and their throttle. */
export async function adminHouse(clock: Clock = systemClock): Promise<AdminHouse> {
  const metadata = openMemoryMetadata();
  const first = mintFirstKeyring(Buffer.alloc(16, 7), new Date(1_795_000_000_000));
  const keys = new KeysInForce(loadedKeys(first));
  const rows = openRows({ metadata, keys, clock: systemClock });
  await rows.initialise('us-east-1', async () => undefined);
  const accessKeys = new AccessKeys(rows, systemClock);
  const accounts = new Accounts(rows, systemClock, accessKeys);
  const users = new Users(rows, systemClock, accessKeys);
  const failures: unknown[] = [];
  const nowhere = { write: () => undefined, flush: () => undefined, flushSync: () => undefined };
  const log = openLog({ level: 'error', format: 'json', destination: nowhere });
  // Nothing here changes a keyring on disk: what would is refused before.
  const folder = '/nowhere';
  const storeId = rows.storeId;
  const keeper = new FileKeeper(
    { path: folder, storeId, key: SecretKey.generate(), state: 'initialised', warning: undefined },
    undefined,
  );
  const changes = new KeyringChanges({
    rows,
    keys,
    folder,
    keeper,
    clock: systemClock,
    inForce: async () => keys.newest.reference,
    hand: () => undefined,
  });
  const destruction = new Destruction({
    changes,
    rows,
    folder,
    clock: systemClock,
    log,
    count: (version) => versionReferences({ metadata, rows, clock: systemClock }, version),
  });
  let made: Rewrapping | undefined;
  const rewrapping = (): Rewrapping =>
    (made ??= new Rewrapping({
      rows,
      metadata,
      keys,
      clock: systemClock,
      log,
      moved: () => undefined,
      served: () => ({ inFlight: 0, answered: 0 }),
    }));
  const blobs = openMemoryBlobs();
  const evidence = storeEvidence({ metadata, keys, blobs });
  const store = createStore({ rows, blobs, clock: systemClock });
  const counting = new Counting({ store, inventory: evidence.inventory, clock });
  const emptying = new Emptying({
    store,
    counting,
    region: 'us-east-1',
    clock: systemClock,
    signal: new AbortController().signal,
    failed: (error) => void failures.push(error),
  });
  const services: AdminServices = {
    view: () => rows.view(),
    accounts,
    users,
    accessKeys,
    keysStatus: keysStatusOf({
      keyring: () => keys.newest.keyring,
      policy: { everyMs: 90 * 24 * 60 * 60_000, afterWraps: 2 ** 32 },
      count: () => countReferences({ metadata, rows, clock: systemClock }),
      keeper: async () => ({ kind: 'file', healthy: true }),
    }),
    currentKey: () => keys.newest.keyring.current,
    rotateKeys: async (from) => {
      const { keyring } = keys.newest;
      if (keyring.current === from) {
        const prepared = addVersion(keyring, systemClock());
        await rows.changeKeyring(loadedKeys(prepared));
        await rows.changeKeyring(loadedKeys(activatePrepared(prepared)));
      }
      return keys.newest.keyring.current;
    },
    resealKeyring: async (to) => ({ keeper: to, generation: 2, notice: null }),
    rewrapKeys: (scope) => rewrapping().request(scope),
    rewrapStatus: (run) => rewrapping().report(run),
    ...keyEvidence({ rows, metadata, changes, destruction, shredded: () => undefined }),
    ...evidence,
    store,
    counting,
    emptying,
    overview: async () => overview,
    settings: [
      { name: 'data', flag: '--data', env: 'COFFER_DATA', value: '/srv/data', source: 'flag' },
    ],
    version: { version: '0.0.1', node: 'v26.0.0' },
    region: 'us-east-1',
    clock,
    sessions: new Sessions(clock),
    signIns: new Throttle(clock),
    console: {
      url: undefined,
      endpointFor: () => 'http://coffer.test:9000',
      newBuckets: 'modern',
    },
    failed: (_request, error) => void failures.push(error),
  };
  const { key: root } = await accounts.create({ name: defaultAccountName });
  const local = serveAdmin(services, { trusted: true });
  const network = serveAdmin(services, { trusted: false });
  return { rows, services, local, network, failures, root };
}

const overview: Overview = {
  now: '2026-11-24T08:00:00.000Z',
  startedAt: '2026-11-24T07:00:00.000Z',
  version: '0.0.1',
  node: 'v26.0.0',
  workers: 1,
  ready: true,
  disk: { freeBytes: null, totalBytes: null, metadataBytes: 0 },
  memoryBytes: 1,
  buckets: 0,
  accounts: 1,
  counters: { requests: {}, errors4xx: 0, errors5xx: 0, bytesIn: 0, bytesOut: 0 },
  latency: { boundariesMs: [], counts: [] },
  keys: { current: 1, createdAt: '2026-11-24T07:00:00.000Z', nextRotation: null, rewrap: null },
};

export interface SentToAdmin {
  /** `POST /admin/v1/accounts` */
  readonly route: string;
  readonly body?: object | string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Signs with it. */
  readonly key?: GivenKey;
  /** What differs from a right signature. */
  readonly signer?: { readonly service?: string; readonly region?: string; readonly now?: Date };
  /** Sent instead of what was signed. */
  readonly sentBody?: string;
}

export interface AdminAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  // Tests look into what the contract says is there.
  // eslint-disable-next-line typescript/no-explicit-any
  readonly json: any;
}

/** Sends one request to a handler, signed where a key is given. */
export async function send(handler: Handler, sent: SentToAdmin): Promise<AdminAnswer> {
  const reply = await handler(requestOf(sent));
  const text = textOf(reply);
  const json: unknown = text === '' ? undefined : JSON.parse(text);
  assertConforms(sent.route, reply.status, text);
  return { status: reply.status, headers: reply.headers, text, json };
}

export function requestOf({ route, body, headers = {}, key, ...sent }: SentToAdmin): HttpRequest {
  const [method = '', target = ''] = route.split(' ');
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === 'object' ? JSON.stringify(body) : (body ?? ''));
  let all: Readonly<Record<string, string>> = { host: 'coffer.test:9001', ...headers };
  if (key !== undefined) {
    const [path = '', search = ''] = target.split('?');
    const request = {
      method,
      endpoint: 'http://coffer.test:9001',
      path: decodeURIComponent(path),
      query: [...new URLSearchParams(search)],
      headers,
    };
    const { region = 'us-east-1', service = 'coffer', now = new Date() } = sent.signer ?? {};
    const digest = createHash('sha256').update(bytes).digest('hex');
    all = signHeaders(request, { ...key, region, service, now }, digest).headers;
  }
  const wire = sent.sentBody === undefined ? bytes : Buffer.from(sent.sentBody);
  return {
    id: '00000000000000AB',
    method,
    target,
    headers: new Map(Object.entries(all).map(([name, value]) => [name.toLowerCase(), [value]])),
    remoteAddress: '192.0.2.7',
    secure: true,
    receivedAt: new Date(),
    contentLength: wire.length === 0 ? undefined : wire.length,
    body: pieces(wire),
    sendContinue: () => undefined,
    signal: new AbortController().signal,
  };
}

async function* pieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

function textOf({ body }: HttpReply): string {
  if (body === undefined) return '';
  return typeof body === 'string' ? body : Buffer.from(body as Uint8Array).toString();
}
