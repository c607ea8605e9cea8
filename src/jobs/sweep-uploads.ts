/**
 * Forgets the results of uploads that were completed long ago. Uploads in progress are never
 * removed by age: only their owner, or one day a lifecycle rule, ends them (S3-BEHAVIOURS 30).
 */
import type { Sweeper } from '../store/sweeper.ts';
import type { Job } from './run.ts';

const everyMs = 60 * 60 * 1000;

export function sweepUploads(sweeper: Sweeper): Job {
  return {
    name: 'sweep-uploads',
    everyMs,
    run: async () => {
      const forgotten = await sweeper.forgetCompletedUploads();
      return forgotten === 0 ? undefined : { forgotten };
    },
  };
}
