/** The derivation in a worker of its own, which ends with it. */
import type { Derive } from './derive.ts';
import type { Told } from './derive-worker.ts';

export const deriveAside: Derive = async (derivation, onProgress) => {
  const worker = new Worker(new URL('derive-worker.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise<Uint8Array>((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent<Told>) => {
        if ('key' in data) resolve(data.key);
        else onProgress(data.done);
      });
      worker.addEventListener('error', ({ message }) => {
        reject(
          new Error(`The kit’s key could not be derived: ${message || 'no reason was given'}.`),
        );
      });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's has none
      worker.postMessage(derivation);
    });
  } finally {
    worker.terminate();
  }
};
