/** Runs in a worker: the page stays alive while a passphrase is worked on for seconds. */
import { deriveHere, type Derivation } from './derive.ts';

export type Told = { readonly done: number } | { readonly key: Uint8Array };

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's has none
const tell = (told: Told): void => self.postMessage(told);

self.addEventListener('message', ({ data }: MessageEvent<Derivation>) => {
  void deriveHere(data, (done) => tell({ done })).then((key) => tell({ key }));
});
