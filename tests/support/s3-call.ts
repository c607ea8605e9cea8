/**
 * Drives one operation as the pipeline does, with a store that has only what a test gives it: a call
 * of anything else fails. The reply is held to AWS's output shape.
 */
import assert from 'node:assert/strict';
import type { Account, Identity } from '../../src/access/identity.ts';
import type { Permission } from '../../src/access/permission.ts';
import { errorReply } from '../../src/s3/errors.ts';
import { refuseUngiven } from '../../src/s3/headers/unsupported.ts';
import type { AnyOperation, Call } from '../../src/s3/operation.ts';
import type { Payload } from '../../src/s3/payload.ts';
import { parseQuery } from '../../src/s3/query.ts';
import { rawQuery } from '../../src/base/request-target.ts';
import { parseTarget } from '../../src/s3/target.ts';
import { assertReplyFitsShape, serviceModel } from '../service-model.ts';

export interface SentRequest {
  /** Path and query. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly declared?: Payload['declared'];
  /** Methods by the store's parts: `{ objects: { open } }`. */
  readonly store?: Readonly<Record<string, object>>;
  /** Actions that the caller may not do. */
  readonly denied?: readonly string[];
  readonly anonymous?: true;
}

export interface GotReply {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** S3's code of an error. */
  readonly code: string | undefined;
  /** What had to be allowed before `run`: `action resource`. */
  readonly pairs: readonly string[];
  /** What `run` asked for. */
  readonly asked: readonly string[];
}

export const owner: Account = {
  id: '123456789012',
  name: 'owner',
  canonicalId: 'ab'.repeat(32),
};

export const isoDay = new Date('2026-01-02T03:04:05.678Z');
export const httpDay = 'Fri, 02 Jan 2026 03:04:05 GMT';

/** A call with which an operation can be run by hand. */
export function callOf(sent: SentRequest, asked: string[] = []): Call {
  const { target, headers = {}, body = '', denied = [] } = sent;
  const given = new Map(Object.entries(headers).map(([name, value]) => [name, [value]]));
  const identity: Identity = sent.anonymous
    ? { kind: 'anonymous' }
    : { kind: 'root', account: owner, accessKeyId: 'AKIA' };
  const bytes = Buffer.from(body);
  return {
    http: { target, headers: given, receivedAt: isoDay, id: 'ID' } as never,
    target: parseTarget({ target, headers: given }, { domains: [] }),
    query: parseQuery(rawQuery(target)),
    headers: given,
    identity,
    signed: sent.anonymous !== true,
    settings: { region: 'us-east-1', publicUrl: 'http://s3.test:9000', newBuckets: 'modern' },
    view: undefined as never,
    payload: { length: bytes.length, bytes: once(bytes), declared: sent.declared ?? {} },
    document: async () => bytes,
    allowed: async (permission: Permission) => {
      asked.push(pairText(permission));
      return !denied.includes(permission.action);
    },
    account: async (id) => (id === owner.id ? owner : undefined),
    store: strict('store', sent.store ?? {}) as never,
  };
}

/** Sends a request to an operation and checks the reply's shape. */
export async function send(operation: AnyOperation, sent: SentRequest): Promise<GotReply> {
  const asked: string[] = [];
  const pairs: string[] = [];
  const reply = await answer(operation, callOf(sent, asked), pairs).then(undefined, (error) => {
    const head = operation.route.method === 'HEAD';
    return errorReply(error, { resource: sent.target, requestId: 'ID', hostId: 'HOST', head });
  });
  const headers: Record<string, string> = { 'x-amz-request-id': 'ID' };
  for (const [name, value] of Object.entries(reply.headers)) headers[name.toLowerCase()] = value;
  const body = await textOf(reply.body);
  if (operation.name in serviceModel.operations) {
    assertReplyFitsShape(operation.name, { status: reply.status, headers, body });
  }
  const code = reply.status < 300 ? undefined : /<Code>(\w+)<\/Code>/.exec(body)?.[1];
  return { status: reply.status, headers, body, code, pairs, asked };
}

async function answer(operation: AnyOperation, call: Call, pairs: string[]) {
  refuseUngiven(operation, call);
  const input: unknown = operation.input(call);
  pairs.push(...operation.permissions(input, call).map(pairText));
  const result: unknown = await operation.run(call, input);
  return operation.output(result, input, call);
}

const pairText = ({ action, resource }: Permission): string => `${action} ${resource}`;

async function textOf(body: string | Uint8Array | AsyncIterable<Uint8Array> | undefined) {
  if (body === undefined) return '';
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return Buffer.from(body).toString();
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield Buffer.from(bytes);
}

/** Whatever is not there must not be called. */
function strict(path: string, parts: object): object {
  return new Proxy(parts, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name);
      assert.ok(found !== undefined, `${path}.${String(name)} was not to be called`);
      return typeof found === 'object' && found !== null
        ? strict(`${path}.${String(name)}`, found)
        : found;
    },
  });
}
