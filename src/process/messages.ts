/** What primary and workers say to each other over node's channel. Nothing secret goes this way. */
import type { MetricsSnapshot } from '../base/metrics.ts';
import type { Listening } from '../http/listen.ts';

export type ToWorker =
  | { readonly kind: 'metrics'; readonly id: number }
  | { readonly kind: 'reload' }
  /** Where the console listens. */
  | { readonly kind: 'console'; readonly listening: Listening }
  | { readonly kind: 'stop'; readonly graceMs: number };

export type FromWorker =
  /** It opened the store under this id, before it writes anything there. */
  | { readonly kind: 'joined'; readonly processId: string }
  | { readonly kind: 'ready'; readonly listening: Listening }
  /** It cannot serve: the sentence for the operator. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'metrics'; readonly id: number; readonly snapshot: MetricsSnapshot };

/** The pipe's number in a worker: 0 to 2 are the standard streams, 3 is node's channel. */
export const secretPipeFd = 4;
