/**
 * Sends replies. A whole body leaves in one write with its headers. A stream is written with
 * back-pressure, its first bytes with the headers; when it fails after that, the socket is
 * destroyed, so that the client sees a short body and never a clean end. A client that takes its
 * reply too slowly is cut off by the minimum-progress rule.
 *
 * A chunk of a stream belongs to the reply, which frees its memory as soon as the system took it.
 *
 * `http/` adds Date, Content-Length of a whole body, Connection, and the request's id; every other
 * header is the handler's.
 */
import { discard } from '../base/bytes.ts';
import { Defect } from '../base/refusal.ts';
import type { HttpReply } from './exchange.ts';
import { Wait } from './progress.ts';
import type { ProgressWatch } from './progress.ts';
import type { SocketRequest } from './request.ts';

export interface ReplyContext {
  readonly watch: ProgressWatch;
  readonly drainBytesMax: number;
  /** The server is ending: this reply is the connection's last. */
  readonly stopping: boolean;
}

/**
 * Sends `reply`. Returns undefined when all of it was handed over, else a promise for the end of
 * the stream; that promise rejects when the stream failed before its first byte, and then nothing
 * was sent yet. `failed` hears of an error after that.
 */
export function sendReply(
  request: SocketRequest,
  reply: HttpReply,
  context: ReplyContext,
  failed: (error: unknown) => void,
): Promise<void> | undefined {
  const { body } = reply;
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    sendWhole(request, reply, body, context);
    return undefined;
  }
  if (request.method === 'HEAD' || !mayHaveBody(reply.status)) {
    sendWhole(request, reply, undefined, context);
    return abandonReply(reply);
  }
  return sendStream(request, { ...reply, body }, context, failed);
}

/**
 * Lets go of a reply that nobody will take. A generator that never ran does not run its `finally`
 * either, so the stream is started before it is ended.
 */
export async function abandonReply({ body }: HttpReply): Promise<void> {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return;
  const chunks = body[Symbol.asyncIterator]();
  const step = await chunks.next();
  if (step.done !== true) await chunks.return?.();
}

function sendWhole(
  request: SocketRequest,
  reply: HttpReply,
  body: Uint8Array | string | undefined,
  context: ReplyContext,
): void {
  const { response } = request;
  const { status } = reply;
  const length = body === undefined ? 0 : lengthOf(body);
  const lines = headerLines(request, reply, context);
  const declares = mayHaveBody(status) && (body !== undefined || request.method !== 'HEAD');
  if (declares && declaredLength(reply) === undefined) lines.push('Content-Length', `${length}`);
  request.status = status;
  response.writeHead(status, lines);
  if (body === undefined || length === 0 || request.method === 'HEAD' || !mayHaveBody(status)) {
    response.end();
  } else {
    request.bytesOut = length;
    response.end(body);
  }
}

async function sendStream(
  request: SocketRequest,
  reply: HttpReply & { readonly body: AsyncIterable<Uint8Array> },
  context: ReplyContext,
  failed: (error: unknown) => void,
): Promise<void> {
  const { response } = request;
  const chunks = reply.body[Symbol.asyncIterator]();
  // Before its headers are out a failed stream can still be answered with an error.
  let step = await chunks.next();
  try {
    const length = declaredLength(reply);
    request.status = reply.status;
    response.writeHead(reply.status, headerLines(request, reply, context));
    let wait: Wait | undefined;
    while (step.done !== true && !request.isClosed) {
      const chunk = step.value;
      request.bytesOut += chunk.length;
      if (length !== undefined && request.bytesOut > length) break;
      if (!response.write(chunk, (error) => sent(chunk, error))) {
        wait ??= waitFor(request, context.watch);
        await drained(request, wait);
      }
      if (request.isClosed) break;
      step = await chunks.next();
    }
    if (request.isClosed) return;
    if (length !== undefined && request.bytesOut !== length) {
      throw new Defect(`a body of ${length} bytes was declared, the stream has another length`);
    }
    response.end();
  } catch (error) {
    request.connection.socket.destroy();
    failed(error);
  } finally {
    // A stream that was left early must let go of what it holds.
    if (step.done !== true) await chunks.return?.();
  }
}

/** After an error the system may still hold the memory: it is left to the collector. */
function sent(chunk: Uint8Array, error: Error | null | undefined): void {
  if (!error) discard(chunk);
}

/** Resolves when the client took what was written, or went away. */
function drained(request: SocketRequest, wait: Wait): Promise<void> {
  const { response } = request;
  const outstanding = response.writableLength;
  return new Promise((resolve) => {
    const done = (): void => {
      response.removeListener('drain', done);
      request.onClosed = undefined;
      wait.end(outstanding);
      resolve();
    };
    wait.begin(outstanding);
    response.once('drain', done);
    request.onClosed = done;
  });
}

/**
 * The reply of `request` was written as a whole, and its client has not taken all of it yet. Nearly
 * every reply is gone at once, so the server asks for this only when it finds one that is not.
 */
export function watchEnd(request: SocketRequest, watch: ProgressWatch): void {
  if (request.lastWait !== undefined) return;
  request.lastWait = waitFor(request, watch);
  request.lastWait.begin(request.response.writableLength);
}

function waitFor(request: SocketRequest, watch: ProgressWatch): Wait {
  const wait = new Wait(watch, () => cutOff(request, wait));
  return wait;
}

function cutOff(request: SocketRequest, wait: Wait): void {
  // A pipelined reply waits for those before it: they are watched, it is not to blame.
  if (request.response.socket === null) wait.restart();
  else request.connection.socket.destroy();
}

function headerLines(request: SocketRequest, reply: HttpReply, context: ReplyContext): string[] {
  const lines: string[] = [];
  const { headers } = reply;
  for (const name in headers) lines.push(name, headers[name] as string);
  if (headers['x-amz-request-id'] === undefined) lines.push('x-amz-request-id', request.id);
  const { connection } = request;
  const usable = request.leavesConnectionUsable(context.drainBytesMax);
  if (!usable || ((connection.closing || context.stopping) && connection.isLast(request))) {
    connection.closeAfterReply();
    lines.push('Connection', 'close');
  }
  return lines;
}

function declaredLength({ headers }: HttpReply): number | undefined {
  for (const name in headers) {
    if (name.length === 14 && name.toLowerCase() === 'content-length') return Number(headers[name]);
  }
  return undefined;
}

const mayHaveBody = (status: number): boolean => status !== 204 && status !== 304;

const lengthOf = (body: Uint8Array | string): number =>
  typeof body === 'string' ? Buffer.byteLength(body) : body.length;
