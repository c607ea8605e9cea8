/**
 * Kills its own process by SIGKILL at a moment that nothing in the process can put off: a thread of
 * its own waits for it.
 */
import { Worker } from 'node:worker_threads';

const thread = `
const { workerData } = require('node:worker_threads');
const armed = new Int32Array(workerData.shared);
Atomics.wait(armed, 0, 0);
const end = performance.now() + workerData.afterUs / 1000;
// A timer is late by some tens of microseconds: the last of the time is spent looking at the clock.
const wait = workerData.afterUs / 1000 - 1;
if (wait > 0) Atomics.wait(armed, 1, 0, wait);
while (performance.now() < end);
process.kill(process.pid, 'SIGKILL');
`;

/** Resolves when the thread waits; what it gives starts the time. */
export async function killer(afterUs: number): Promise<() => void> {
  const shared = new SharedArrayBuffer(8);
  const worker = new Worker(thread, { eval: true, workerData: { shared, afterUs } });
  await new Promise((online) => worker.once('online', online));
  const armed = new Int32Array(shared);
  return () => {
    Atomics.store(armed, 0, 1);
    Atomics.notify(armed, 0);
  };
}
