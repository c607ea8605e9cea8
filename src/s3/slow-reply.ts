/**
 * The reply of an operation that may take long (S3-BEHAVIOURS 10; "CompleteMultipartUpload" and
 * "CopyObject", S3 API reference, 2026-11-24). As long as it may still be quick its status says how it ended; after some
 * seconds a 200 goes out with white space, so that nobody on the way gives up, and what then goes
 * wrong stands in the body.
 */
import { Refusal } from '../base/refusal.ts';
import type { HttpReply } from '../http/exchange.ts';
import { describe, errorDocument } from './errors.ts';
import type { Call } from './operation.ts';
import { xmlContentType } from './xml/write.ts';

/** A result that is there, or one that is still to come. */
export type Awaited<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'late'; readonly outcome: Promise<Outcome<T>> };

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown };

/** How long an operation may take before its 200 goes out, and between two spaces after that. */
export const slowMs = 5000;

/**
 * The same for copies, which take as long as their bytes do: a reply that went out has no room for
 * the id of the version that was made, so clients wait as long as most of them are sure to.
 */
export const slowCopyMs = 20_000;

/**
 * Waits for `work` while it may still be quick, `ms` at the most. Rejects as it does, if it does so
 * in time.
 */
export async function soon<T>(work: Promise<T>, ms = slowMs): Promise<Awaited<T>> {
  const outcome: Promise<Outcome<T>> = work.then(
    (value) => ({ ok: true, value }),
    (error: unknown) => ({ ok: false, error }),
  );
  const first = await orSlow(outcome, ms);
  if (first === undefined) return { kind: 'late', outcome };
  if (first.ok) return { kind: 'done', value: first.value };
  throw first.error;
}

/** The reply of a late result: white space until it is there, then `document` of it or the error's. */
export function lateReply<T>(
  call: Pick<Call, 'http' | 'target'>,
  outcome: Promise<Outcome<T>>,
  reply: { readonly headers: Record<string, string>; readonly document: (value: T) => string },
): HttpReply {
  return {
    status: 200,
    headers: { ...reply.headers, 'Content-Type': xmlContentType },
    body: lateBody(call, outcome, reply.document),
  };
}

async function* lateBody<T>(
  { http, target }: Pick<Call, 'http' | 'target'>,
  outcome: Promise<Outcome<T>>,
  document: (value: T) => string,
): AsyncGenerator<Uint8Array, void, void> {
  yield declaration;
  let ended = await orSlow(outcome);
  while (ended === undefined) {
    yield space;
    ended = await orSlow(outcome);
  }
  if (ended.ok) {
    yield withoutDeclaration(document(ended.value));
  } else if (ended.error instanceof Refusal) {
    const place = { resource: target.rawPath, requestId: http.id, hostId: http.id };
    yield withoutDeclaration(errorDocument(describe(ended.error), place));
  } else {
    // A Fault or Defect cuts the reply short, and so comes into the log; the client tries again.
    throw ended.error;
  }
}

const declaration = Buffer.from('<?xml version="1.0" encoding="UTF-8"?>\n');
const space = Buffer.from(' ');

function withoutDeclaration(document: string): Buffer {
  return Buffer.from(document.slice(declaration.length));
}

/** The outcome, or undefined if it is not there after a while. */
function orSlow<T>(outcome: Promise<T>, ms = slowMs): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, ms, undefined);
  return Promise.race([outcome, promise]).finally(() => clearTimeout(timer));
}
