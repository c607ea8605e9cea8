/** Deletes blobs whose last reference is gone, and what processes left behind that are gone. */
import type { Sweeper } from '../store/sweeper.ts';
import type { Job } from './run.ts';

const everyMs = 60_000;

/** `gone` must be certain (see `Sweeper.settleReservations`). */
export function sweepBlobs(sweeper: Sweeper, gone: ReadonlySet<string>): Job {
  return {
    name: 'sweep-blobs',
    everyMs,
    run: async () => {
      const abandoned = await sweeper.settleReservations(gone);
      const deleted = await sweeper.emptyTrash();
      return abandoned + deleted === 0 ? undefined : { abandoned, deleted };
    },
  };
}
