/**
 * What went over the wire beneath the SDK: replies captured whole, headers and parameters added that
 * the SDK itself would not send (and signed by it all the same), refusals compared.
 */
import assert from 'node:assert/strict';
import { PassThrough, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type ListBucketsCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { assertReplyFitsShape, type WireReply } from '../service-model.ts';

/** Any of the SDK's commands. */
export interface AnyCommand {
  readonly input: object;
  readonly middlewareStack: object;
}

export interface Reply extends WireReply {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The body as text. */
  readonly text: string;
}

/** Holds every reply that this client gets to the output shape of its operation. */
export function holdToModel(s3: S3Client): void {
  s3.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const result = await next(args);
        const reply = await captured(result.response);
        if (commandName !== '') assertReplyFitsShape(commandName.replace(/Command$/, ''), reply);
        return result;
      },
    { step: 'deserialize', priority: 'low', name: 'holdToModel' },
  );
}

/** More than the SDK sends. */
export interface Extra {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

/** Sends a command with more in it, signed. */
function sendWith<Command extends AnyCommand>(command: Command, extra: Extra): Command {
  // The stacks of all commands are alike; their types are not.
  const { middlewareStack } = command as unknown as ListBucketsCommand;
  middlewareStack.add(
    (next) => (args) => {
      const request = args.request as {
        headers: Record<string, string>;
        query: Record<string, string>;
      };
      Object.assign(request.headers, extra.headers);
      Object.assign(request.query, extra.query);
      return next(args);
    },
    { step: 'build', name: 'sendWith' },
  );
  return command;
}

/** Sends a command and gives the reply as it came, whatever its status. */
export async function exchange(
  s3: S3Client,
  command: AnyCommand,
  extra: Extra = {},
): Promise<Reply> {
  let reply: Reply | undefined;
  const sent = sendWith(command, extra) as unknown as ListBucketsCommand;
  sent.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      reply = await captured(result.response);
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'exchange' },
  );
  await s3.send(sent).then(undefined, (error: unknown) => {
    if (!(error instanceof S3ServiceException)) throw error;
  });
  assert.ok(reply !== undefined);
  return reply;
}

/** What a refusal must be: its code, its status and, where clients match it, its text. */
export interface Refused {
  readonly code: string;
  readonly status: number;
  readonly message?: string | RegExp;
}

/** Waits for a refusal; returns the SDK's error, which holds the document's other fields. */
export async function refused(
  sent: Promise<unknown>,
  expected: Refused,
): Promise<S3ServiceException> {
  const error = await sent.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error === undefined) assert.fail(`answered, where ${expected.code} was expected`);
  if (!(error instanceof S3ServiceException)) throw error;
  const { httpStatusCode: status } = error.$metadata;
  assert.deepEqual({ code: error.name, status }, { code: expected.code, status: expected.status });
  if (typeof expected.message === 'string') assert.equal(error.message, expected.message);
  if (expected.message instanceof RegExp) assert.match(error.message, expected.message);
  return error;
}

/** A code of an error document, or undefined. */
export const codeOf = ({ text }: Pick<Reply, 'text'>): string | undefined =>
  /<Code>(\w+)<\/Code>/.exec(text)?.[1];

/** All of an object's bytes. */
export async function bytesOf(output: {
  readonly Body?: { transformToByteArray(): Promise<Uint8Array> } | undefined;
}): Promise<Buffer> {
  return Buffer.from((await output.Body?.transformToByteArray()) ?? []);
}

interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  body: Readable | Buffer;
}

const bodies = new WeakMap<object, Buffer>();

/** Reads the body once, and gives the SDK another stream of the same bytes. */
async function captured(raw: unknown): Promise<Reply> {
  const response = raw as HttpResponse;
  const known = bodies.get(response);
  const body = known ?? (await buffer(response.body as Readable));
  if (known === undefined) {
    bodies.set(response, body);
    response.body = new PassThrough().end(body);
  }
  const { statusCode: status, headers } = response;
  return { status, headers, body, text: body.toString() };
}
