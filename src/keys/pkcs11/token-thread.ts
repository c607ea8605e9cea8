/**
 * The thread that talks to tokens, one use after the other: a token that is slow, or hangs, holds up
 * nothing else. It lives as long as the process once a token was asked for the first time.
 */
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { Fault, type FaultKind } from '../../base/refusal.ts';
import type { TokenUse } from './token-key.ts';

interface Asked {
  readonly id: number;
  readonly use: TokenUse;
}

type Answer =
  | { readonly id: number; readonly bytes: Uint8Array }
  | { readonly id: number; readonly kind: FaultKind; readonly message: string };

const answerMsMax = 30_000;

interface Waiting {
  readonly resolve: (bytes: Buffer) => void;
  readonly reject: (error: Error) => void;
}

let thread: Worker | undefined;
let uses = 0;
const waiting = new Map<number, Waiting>();

/** Does it in the thread. A token that does not answer in time is `Fault('unavailable')`. */
export async function askToken(use: TokenUse): Promise<Buffer> {
  const worker = (thread ??= startThread());
  const id = (uses += 1);
  const answer = Promise.withResolvers<Buffer>();
  waiting.set(id, answer);
  worker.ref();
  const late = setTimeout(() => {
    const where = use.place.modulePath;
    answer.reject(
      new Fault(
        'unavailable',
        `A token of ${where} cannot be reached (no answer in time): check it.`,
      ),
    );
  }, answerMsMax);
  // A thread has no origin.
  // eslint-disable-next-line unicorn/require-post-message-target-origin
  worker.postMessage({ id, use } satisfies Asked);
  try {
    return await answer.promise;
  } finally {
    clearTimeout(late);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
  }
}

function startThread(): Worker {
  // Nothing of this program's arguments or environment is needed there; the module reads the process's own.
  const worker = new Worker(new URL(import.meta.url));
  worker.on('message', (answer: Answer) => {
    const asked = waiting.get(answer.id);
    if ('bytes' in answer) asked?.resolve(Buffer.from(answer.bytes));
    else asked?.reject(new Fault(answer.kind, answer.message));
  });
  worker.on('error', (error: Error) => {
    thread = undefined;
    for (const { reject } of waiting.values()) reject(error);
  });
  return worker;
}

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  // koffi comes with it: only into this thread.
  const { useToken } = await import('./token-key.ts');
  port.on('message', ({ id, use }: Asked) => {
    port.postMessage(answerOf(id, () => useToken(use)));
  });
}

function answerOf(id: number, action: () => Uint8Array): Answer {
  try {
    return { id, bytes: action() };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { id, kind: error.kind, message: error.message };
  }
}
