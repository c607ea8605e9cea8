/** Tries again what may pass by itself: a network that is down, a server that restarts. */
import { AdminError } from '../api/admin.ts';
import { S3Error } from '../api/s3.ts';
import { Unreachable } from '../api/unreachable.ts';

export interface RetryOptions {
  readonly signal: AbortSignal;
  /** Waits so long, and until the browser is online; rejects when the signal aborts. */
  readonly rest: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Told `true` before each wait, and `false` when it goes on. */
  readonly onWait?: (waiting: boolean) => void;
  /** May throw what is wrong instead, before another try. */
  readonly examine?: (error: unknown) => Promise<void>;
}

/** About five minutes in all. */
export const triesMax = 24;
const firstMs = 500;
const longestMs = 15_000;

export async function withRetries<Result>(
  task: () => Promise<Result>,
  { signal, rest, onWait, examine }: RetryOptions,
): Promise<Result> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await task();
    } catch (error) {
      if (signal.aborted || tried >= triesMax || !mayPass(error)) throw error;
      await examine?.(error);
    }
    onWait?.(true);
    // Spread, so that the parts of an upload do not come back all at once.
    await rest(
      Math.min(longestMs, firstMs * 2 ** (tried - 1)) * (0.75 + Math.random() / 2),
      signal,
    );
    onWait?.(false);
  }
}

export function mayPass(error: unknown): boolean {
  if (error instanceof Unreachable) return true;
  if (error instanceof AdminError) return error.status >= 500 && error.code !== 'InternalError';
  if (!(error instanceof S3Error)) return false;
  return error.status >= 500 ? error.status !== 501 : passing.has(error.code);
}

const passing = new Set(['RequestTimeout', 'IncompleteBody', 'SlowDown', 'TooManyRequests']);

/** `rest` in a browser. */
export function restOnline(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (act: () => void) => (): void => {
      clearTimeout(timer);
      window.removeEventListener('online', online);
      signal.removeEventListener('abort', aborted);
      act();
    };
    // Back online: at once, whatever was left of the wait.
    const online = end(resolve);
    const aborted = end(() => reject(new DOMException('Called off.', 'AbortError')));
    window.addEventListener('online', online);
    signal.addEventListener('abort', aborted);
    timer = setTimeout(() => {
      if (navigator.onLine) online();
    }, ms);
    if (signal.aborted) aborted();
  });
}
