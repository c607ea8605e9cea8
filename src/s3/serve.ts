/**
 * The pipeline: what every S3 request goes through, in this order and no other.
 * target → route → authenticate → input → authorize → 100-continue → run → output.
 *
 * Nothing of the body is read before the request has been authenticated and authorized, except by
 * PostObject, whose credentials are fields of it (`credentials: 'form'`), and by operations that
 * decide by what stands in it, for senders whom something could be allowed. Nothing is told about a
 * resource before then either, and the view is let go while a body is waited for (`moment.ts`).
 */
import type { Account } from '../access/identity.ts';
import type { Permission } from '../access/permission.ts';
import { effectiveHeaders } from '../access/signature/effective-headers.ts';
import { randomId } from '../base/ids.ts';
import { Refusal } from '../base/refusal.ts';
import { noteOf, noteRequest } from '../base/request-notes.ts';
import { rawPath, rawQuery } from '../base/request-target.ts';
import type { Handler, HttpReply, HttpRequest } from '../http/exchange.ts';
import type { Store, View } from '../store/store.ts';
import {
  authenticate,
  authenticateForm,
  checkFormCredentials,
  type Sender,
} from './authenticate.ts';
import { guard, type Guard } from './authorize.ts';
import { declaredDigests } from './declared-digests.ts';
import { readDocument } from './document.ts';
import { describe, errorReply } from './errors.ts';
import { readForm, type Form } from './form.ts';
import { refuseUngiven } from './headers/unsupported.ts';
import { Moment } from './moment.ts';
import type { AnyOperation, Call, DialectSettings, S3Request } from './operation.ts';
import { openPayload } from './payload-reader.ts';
import type { Payload } from './payload.ts';
import { parseQuery, type Query } from './query.ts';
import type { RouteTable } from './route.ts';
import { parseTarget, type Addressing } from './target.ts';

export interface Pipeline {
  readonly store: Store;
  readonly routes: RouteTable;
  readonly addressing: Addressing;
  readonly settings: DialectSettings;
  /** The account of an id, for Owner elements. */
  readonly account: (view: View, id: string) => Promise<Account | undefined>;
  /** A Fault or a Defect: the client learns nothing of it, the log everything. */
  readonly failed: (request: HttpRequest, error: unknown) => void;
}

/** The S3 endpoint. Never throws: whatever happens becomes a reply. */
export function serveS3(pipeline: Pipeline): Handler {
  const hostId = randomId(24).toString('base64');
  return async (request) => {
    try {
      const reply = await answer(pipeline, request);
      return withIds(reply, request.id, hostId);
    } catch (error) {
      const { code } = describe(error);
      noteRequest(request, { operation: noteOf(request)?.operation ?? 'Unrouted', code });
      if (!(error instanceof Refusal)) pipeline.failed(request, error);
      const resource = rawPath(request.target);
      const head = request.method === 'HEAD';
      return errorReply(error, { resource, requestId: request.id, hostId, head });
    }
  };
}

function withIds({ status, headers, body }: HttpReply, id: string, hostId: string): HttpReply {
  const all: Record<string, string> = { 'x-amz-request-id': id, 'x-amz-id-2': hostId };
  for (const name in headers) all[name] = headers[name] as string;
  return body === undefined ? { status, headers: all } : { status, headers: all, body };
}

async function answer(pipeline: Pipeline, http: HttpRequest): Promise<HttpReply> {
  const target = parseTarget(http, pipeline.addressing);
  const query = parseQuery(rawQuery(http.target));
  const operation = pipeline.routes.find(routed(http, query), target, query);
  noteRequest(http, note(operation, target));

  const form = operation.credentials === 'form' ? await formOf(http) : undefined;
  using moment = new Moment(pipeline.store);
  const { region } = pipeline.settings;
  const gate = { view: moment.view, region };
  const sender =
    form === undefined
      ? await authenticate(http, gate)
      : await authenticateForm(http, form.fields, gate);
  const { headers, identity, signed } = sender;
  const request: S3Request = { http, target, query, headers, identity, signed };
  if (identity.kind !== 'anonymous') {
    noteRequest(http, { operation: operation.name, accessKeyId: identity.accessKeyId });
  }
  refuseUngiven(operation, request);
  const input: unknown = operation.input(request);

  const guarded = await guard({ operation, request, input, sender, moment, region });
  for (const permission of operation.permissions(input, request)) await guarded.demand(permission);
  if (operation.body !== 'none') {
    if (operation.decides === 'per-item') await guarded.demandHope();
    moment.release();
  }

  const call = new AdmittedCall(pipeline, { operation, request, sender, moment, guarded, form });
  const result: unknown = await operation.run(call, input);
  return operation.output(result, input, call);
}

/** Read before its sender is known, for that is in it; but not where other credentials are sent. */
function formOf(http: HttpRequest): Promise<Form> {
  checkFormCredentials(http);
  return readForm(http);
}

/** A presigned request may carry `x-amz-copy-source` in its query: it routes by it as by a header. */
function routed(
  { method, headers }: HttpRequest,
  query: Query,
): Pick<HttpRequest, 'method' | 'headers'> {
  // As `kind.ts` knows a presigned request: names in any case.
  if (!query.entries.some(([name]) => name.toLowerCase() === 'x-amz-signature')) {
    return { method, headers };
  }
  return { method, headers: effectiveHeaders(headers, query.entries) };
}

interface Admitted {
  readonly operation: AnyOperation;
  readonly request: S3Request;
  readonly sender: Sender;
  readonly moment: Moment;
  readonly guarded: Guard;
  readonly form: Form | undefined;
}

/** A class, not a literal with a getter: that is made property by property for every request. */
class AdmittedCall implements Call {
  readonly http: HttpRequest;
  readonly target: S3Request['target'];
  readonly query: Query;
  readonly headers: S3Request['headers'];
  readonly identity: S3Request['identity'];
  readonly signed: boolean;
  readonly store: Store;
  readonly settings: DialectSettings;
  readonly payload: Payload;
  readonly #pipeline: Pipeline;
  readonly #admitted: Admitted;

  constructor(pipeline: Pipeline, admitted: Admitted) {
    const { request } = admitted;
    this.http = request.http;
    this.target = request.target;
    this.query = request.query;
    this.headers = request.headers;
    this.identity = request.identity;
    this.signed = request.signed;
    this.store = admitted.moment.store;
    this.settings = pipeline.settings;
    this.payload = admitted.form === undefined ? bodyOf(admitted) : fileOf(admitted.form);
    this.#pipeline = pipeline;
    this.#admitted = admitted;
  }

  get view(): View {
    return this.#admitted.moment.view;
  }

  document(): Promise<Buffer> {
    const { moment, operation } = this.#admitted;
    moment.release();
    return readDocument(this.payload, { needsDigest: operation.needsDigest === true });
  }

  allowed(permission: Permission): Promise<boolean> {
    return this.#admitted.guarded.allows(permission);
  }

  account(id: string): Promise<Account | undefined> {
    return this.#pipeline.account(this.view, id);
  }
}

/** Opened only now: reading it is what tells the client to go on. */
function bodyOf({ operation, request, sender }: Admitted): Payload {
  return openPayload({
    http: request.http,
    headers: request.headers,
    rule: sender.payload,
    chain: sender.chain,
    none: operation.body === 'none',
    checksumOfObject: operation.name === 'CompleteMultipartUpload',
  });
}

function fileOf({ fields, file }: Form): Payload {
  return { length: undefined, bytes: file.bytes, declared: declaredDigests(fields, undefined) };
}

function note(
  operation: AnyOperation,
  target: S3Request['target'],
): Parameters<typeof noteRequest>[1] {
  const { bucket, key } = target;
  return {
    operation: operation.name,
    ...(bucket === undefined ? {} : { bucket }),
    ...(key === undefined ? {} : { key }),
  };
}
