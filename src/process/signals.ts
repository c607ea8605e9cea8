/**
 * SIGTERM and SIGINT end the service in good order, a second one at once; SIGHUP reloads. npm and
 * terminals deliver one wish twice (to the group, and forwarded), so a second signal counts only
 * after a moment.
 */
import { shutdownLimits } from '../base/limits.ts';

export interface SignalActions {
  /** SIGHUP. */
  readonly reload: () => void;
  /** A second wish to end. */
  readonly force: () => void;
}

/** Resolves at the first wish to end. */
export function watchSignals(actions: SignalActions): Promise<void> {
  process.on('SIGHUP', actions.reload);
  return new Promise((resolve) => {
    let firstMs: number | undefined;
    const asked = (): void => {
      const now = performance.now();
      if (firstMs === undefined) {
        firstMs = now;
        resolve();
      } else if (now - firstMs >= shutdownLimits.repeatedSignalMs) {
        actions.force();
      }
    };
    process.on('SIGTERM', asked);
    process.on('SIGINT', asked);
  });
}

/** In a worker: a terminal signals the whole group, but only the primary decides. */
export function leaveSignalsToPrimary(): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => undefined);
}
