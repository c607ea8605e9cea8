/**
 * A worker's side: it takes the opened keyring from the primary, serves, answers what the primary
 * asks, and ends when it is told to or when the primary is gone (node ends a cluster's worker whose
 * channel breaks).
 */
import cluster from 'node:cluster';
import { Socket } from 'node:net';
import type { MetricsSnapshot } from '../base/metrics.ts';
import type { Listening } from '../http/listen.ts';
import { readFrames } from './frames.ts';
import { secretPipeFd } from './messages.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { leaveSignalsToPrimary } from './signals.ts';

/** What a worker does when it is asked. */
export interface WorkerDuties {
  readonly listening: Listening;
  snapshot(): Promise<MetricsSnapshot>;
  reload(): void | Promise<void>;
  consoleListens(listening: Listening): void;
  /** Ends in good order; the process ends when it resolves. */
  stop(graceMs: number): Promise<void>;
}

export interface PrimaryLink {
  /** The first secret: the opened keyring. */
  readonly secret: Buffer;
  /** Tells the primary this worker's id in the store: once it is dead, what is marked so is nobody's. */
  joined(processId: string): Promise<void>;
  /** Gives every later keyring, those that came meanwhile at once. Needed before `serve`. */
  onSecret(received: (bytes: Buffer) => void): void;
  /** Tells the primary that this worker serves, and does its duties from now on. */
  serve(duties: WorkerDuties): void;
  /** Tells the primary why this worker cannot serve; then the process must end. */
  refuse(message: string): Promise<void>;
}

/** True in a process that the primary started. */
export const isWorker = (): boolean => cluster.isWorker;

/** Waits for the primary's first secret. */
export async function connectPrimary(): Promise<PrimaryLink> {
  leaveSignalsToPrimary();
  const first = Promise.withResolvers<Buffer>();
  const later: Buffer[] = [];
  let received = (bytes: Buffer): void => void later.push(bytes);
  let isFirst = true;
  const pipe = new Socket({ fd: secretPipeFd, readable: true, writable: false });
  // The end of the primary breaks the pipe too; node's channel tells, and ends this process.
  pipe.on('error', () => undefined);
  readFrames(pipe, (bytes) => {
    if (!isFirst) return received(bytes);
    isFirst = false;
    first.resolve(bytes);
  });
  pipe.unref();
  const secret = await first.promise;
  return {
    secret,
    joined: (processId) => tell({ kind: 'joined', processId }),
    onSecret(receive) {
      received = receive;
      for (const bytes of later.splice(0)) receive(bytes);
    },
    serve(duties) {
      process.on('message', (message: ToWorker) => void obey(message, duties));
      void tell({ kind: 'ready', listening: duties.listening });
    },
    refuse: (message) => tell({ kind: 'refused', message }),
  };
}

async function obey(message: ToWorker, duties: WorkerDuties): Promise<void> {
  switch (message.kind) {
    case 'metrics':
      return tell({ kind: 'metrics', id: message.id, snapshot: await duties.snapshot() });
    case 'reload':
      return duties.reload();
    case 'console':
      return duties.consoleListens(message.listening);
    case 'stop':
      await duties.stop(message.graceMs);
      process.exit(0);
  }
}

function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) return resolve();
    process.send(message, undefined, undefined, () => resolve());
  });
}
