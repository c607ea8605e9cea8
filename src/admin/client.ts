/**
 * How a command reaches the admin API: over the Unix socket of a data folder on this machine, or
 * over the network at the console's URL with every request signed (AWS Signature Version 4, service
 * `coffer`). One request a connection; nothing is retried, because a change may have been made by a
 * request whose reply was lost.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { signHeaders } from '../access/signature/presign.ts';
import { nodeHttp } from '../base/node-http.ts';
import type {
  AdminErrorBody,
  AdminErrorCode,
  AdminOperationName,
  AdminOperations,
  AdminSent,
} from './contract.ts';

export type AdminTarget =
  | {
      readonly kind: 'socket';
      /** The data folder, for messages. */
      readonly data: string;
      readonly path: string;
    }
  | {
      readonly kind: 'endpoint';
      /** The console's origin: scheme, host and port. */
      readonly url: string;
      readonly region: string;
      readonly accessKeyId: string;
      readonly secretKey: string;
    };

export interface AdminClient {
  /**
   * Calls an operation. Throws `AdminError` for what the server refused and `Unreachable` where no
   * server answered.
   */
  call<Name extends AdminOperationName>(
    name: Name,
    sent: AdminSent<Name>,
  ): Promise<AdminOperations[Name]['reply']>;
}

/** What the server answered instead of doing it. */
export class AdminError extends Error {
  readonly code: AdminErrorCode;
  readonly requestId: string;

  constructor({ code, message, requestId }: AdminErrorBody) {
    super(message);
    this.name = 'AdminError';
    this.code = code;
    this.requestId = requestId;
  }
}

/** No server answered, or not as Coffer does. */
export class Unreachable extends Error {
  /** Nothing listens there at all: whatever was asked was not done. */
  readonly absent: boolean;

  constructor(message: string, options: ErrorOptions & { readonly absent: boolean }) {
    super(message, options);
    this.name = 'Unreachable';
    this.absent = options.absent;
  }
}

/** A client of one server. Connects only when it is called. */
export function openAdminClient(target: AdminTarget): AdminClient {
  return {
    async call(name, sent) {
      const reply = replyOf(await exchange(target, outgoing(name, sent)), target);
      return reply as AdminOperations[typeof name]['reply'];
    },
  };
}

/** Where each operation is; the compiler holds it to the contract. */
const routes: { readonly [Name in AdminOperationName]: AdminOperations[Name]['route'] } = {
  CreateAccount: 'POST /admin/v1/accounts',
  ListAccounts: 'GET /admin/v1/accounts',
  GetAccount: 'GET /admin/v1/accounts/{account}',
  DeleteAccount: 'DELETE /admin/v1/accounts/{account}',
  CreateUser: 'POST /admin/v1/accounts/{account}/users',
  ListUsers: 'GET /admin/v1/accounts/{account}/users',
  GetUser: 'GET /admin/v1/accounts/{account}/users/{user}',
  DeleteUser: 'DELETE /admin/v1/accounts/{account}/users/{user}',
  SetUserPolicy: 'PUT /admin/v1/accounts/{account}/users/{user}/policy',
  CreateAccessKey: 'POST /admin/v1/accounts/{account}/access-keys',
  ListAccessKeys: 'GET /admin/v1/accounts/{account}/access-keys',
  UpdateAccessKey: 'PATCH /admin/v1/access-keys/{accessKeyId}',
  DeleteAccessKey: 'DELETE /admin/v1/access-keys/{accessKeyId}',
  GetKeysStatus: 'GET /admin/v1/keys',
  RotateKeys: 'POST /admin/v1/keys/rotate',
  RewrapKeys: 'POST /admin/v1/keys/rewrap',
  GetRewrapStatus: 'GET /admin/v1/keys/rewrap',
  BackupKeys: 'POST /admin/v1/keys/backup',
  ResealKeyring: 'POST /admin/v1/keys/reseal',
  DestroyKeyVersion: 'POST /admin/v1/keys/{version}/destroy',
  ListRecords: 'GET /admin/v1/keys/records',
  ShredBucket: 'POST /admin/v1/buckets/{bucket}/shred',
  ListInventory: 'GET /admin/v1/inventory',
  VerifyStore: 'POST /admin/v1/verify',
  CreateSession: 'POST /admin/v1/session',
  GetSession: 'GET /admin/v1/session',
  DeleteSession: 'DELETE /admin/v1/session',
  DeleteSessions: 'DELETE /admin/v1/sessions',
  Presign: 'POST /admin/v1/presign',
  GetOverview: 'GET /admin/v1/overview',
  GetBucketCounts: 'GET /admin/v1/buckets/{bucket}/counts',
  EmptyBucket: 'POST /admin/v1/buckets/{bucket}/empty',
  GetEmptyStatus: 'GET /admin/v1/buckets/{bucket}/empty',
  SummarizeInventory: 'GET /admin/v1/inventory/summary',
  GetVersion: 'GET /admin/v1/version',
  ShowConfig: 'GET /admin/v1/config',
};

interface Outgoing {
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly body: string;
}

interface Incoming {
  readonly status: number;
  readonly body: string;
}

function outgoing(name: AdminOperationName, sent: object): Outgoing {
  const {
    path = {},
    query = {},
    body,
  } = sent as {
    readonly path?: Readonly<Record<string, string>>;
    readonly query?: Readonly<Record<string, string | undefined>>;
    readonly body?: object;
  };
  const [method = '', pattern = ''] = routes[name].split(' ');
  return {
    method,
    path: pattern.replaceAll(/\{(\w+)\}/g, (_all, name: string) => segmentOf(path[name] ?? '')),
    query: Object.entries(query).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, value] as const],
    ),
    body: body === undefined ? '' : JSON.stringify(body),
  };
}

/** No name of anything holds a slash: one that does must not become another path. */
function segmentOf(name: string): string {
  if (name !== '' && !name.includes('/')) return name;
  const message = `${JSON.stringify(name)} is not a name.`;
  throw new AdminError({ code: 'InvalidArgument', message, requestId: '' });
}

/** The reply's JSON, undefined for 204; whatever says something else is thrown. */
function replyOf({ status, body }: Incoming, target: AdminTarget): unknown {
  const parsed = body === '' ? undefined : parse(body);
  if (status >= 200 && status < 300 && (status === 204) === (parsed === undefined)) {
    return parsed;
  }
  if (isErrorBody(parsed)) throw new AdminError(parsed);
  throw new Unreachable(
    `${nameOf(target)} answered ${status}, and not as Coffer's admin API does.`,
    {
      absent: false,
    },
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isErrorBody(value: unknown): value is AdminErrorBody {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message, requestId } = value as Record<string, unknown>;
  return [code, message, requestId].every((member) => typeof member === 'string');
}

/** A list of every user of a large installation is some MiB. */
const replyBytesMax = 64 * 1024 * 1024;
const connectMsMax = 10_000;

async function exchange(target: AdminTarget, sent: Outgoing): Promise<Incoming> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const secure = target.kind === 'endpoint' && target.url.startsWith('https:');
  const request = (secure ? process.getBuiltinModule('node:https') : nodeHttp).request(
    addressed(target, sent),
    resolve,
  );
  let connected = false;
  const late = setTimeout(() => {
    if (!connected) request.destroy(new Error('no connection in 10 seconds'));
  }, connectMsMax);
  request.once('socket', (socket) => {
    // Before the handshake's end nothing of the request was sent.
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      connected = true;
    });
  });
  request.on('error', (error) => reject(unreachable(target, error, connected)));
  request.end(sent.body);
  try {
    const response = await promise;
    return { status: response.statusCode ?? 0, body: await readAll(response, target) };
  } finally {
    clearTimeout(late);
    request.destroy();
  }
}

function addressed(target: AdminTarget, sent: Outgoing): RequestOptions {
  const content: Readonly<Record<string, string>> =
    sent.body === ''
      ? {}
      : {
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(sent.body)),
        };
  const { method, path, query } = sent;
  if (target.kind === 'socket') {
    const search = new URLSearchParams(query.map(([name, value]) => [name, value])).toString();
    const encoded = path.split('/').map(encodeURIComponent).join('/');
    return {
      socketPath: target.path,
      method,
      path: search === '' ? encoded : `${encoded}?${search}`,
      headers: { host: 'localhost', ...content },
      agent: false,
    };
  }
  const { accessKeyId, secretKey, region, url } = target;
  const signer = { accessKeyId, secretKey, region, service: 'coffer', now: new Date() };
  const digest = createHash('sha256').update(sent.body).digest('hex');
  const call = { method, endpoint: url, path, query, headers: content };
  const signed = signHeaders(call, signer, digest);
  const { hostname, port } = new URL(url);
  return {
    hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
    ...(port === '' ? {} : { port }),
    method,
    path: signed.target,
    headers: signed.headers,
    agent: false,
  };
}

async function readAll(response: IncomingMessage, target: AdminTarget): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  response.on('data', (piece: Buffer) => {
    length += piece.length;
    if (length <= replyBytesMax) pieces.push(piece);
    else reject(new Unreachable(`The reply of ${nameOf(target)} is too long.`, { absent: false }));
  });
  response.on('end', () => resolve(Buffer.concat(pieces).toString('utf8')));
  response.on('error', (error) => reject(unreachable(target, error, true)));
  return promise;
}

/** Codes of a connection that never came to be. */
const absences = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'ENOTDIR']);

function unreachable(target: AdminTarget, error: Error, connected: boolean): Unreachable {
  const { code = error.message } = error as NodeJS.ErrnoException;
  const absent = !connected && absences.has(code);
  const options = { cause: error, absent };
  if (connected) {
    return new Unreachable(
      `The connection to ${nameOf(target)} broke (${code}): whether it was done is not known. Look before you repeat it.`,
      options,
    );
  }
  if (target.kind === 'endpoint') {
    return new Unreachable(
      `${target.url} cannot be reached (${code}). Is it the console's URL of a server that runs?`,
      options,
    );
  }
  const { data, path } = target;
  if (absent) {
    return new Unreachable(
      `No Coffer serves the data folder ${data}: start it with \`coffer serve\`, or name another with --data.`,
      options,
    );
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new Unreachable(
      `The socket ${path} may not be used by this user: run the command as the user that serves ${data}.`,
      options,
    );
  }
  return new Unreachable(`The socket ${path} cannot be used (${code}).`, options);
}

function nameOf(target: AdminTarget): string {
  return target.kind === 'socket' ? `the server of ${target.data}` : target.url;
}
