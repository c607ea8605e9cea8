/** The server's state every five seconds, and the rates of the last ten minutes. */
import { useRef, useState } from 'react';
import type { Overview } from '../../../../src/admin/contract.ts';
import { admin } from '../../api/admin.ts';
import { usePolled } from '../../shell/use-polled.ts';
import { keptPoints, type Point, pointOf } from './rates.ts';

const everyMs = 5000;
export const keepMs = 10 * 60_000;

export interface Samples {
  readonly latest: Overview | undefined;
  readonly points: readonly Point[];
  readonly error: unknown;
}

export function useSamples(): Samples {
  const [samples, setSamples] = useState<Samples>({
    latest: undefined,
    points: [],
    error: undefined,
  });
  const before = useRef<Overview>(undefined);
  usePolled(async (signal, first) => {
    try {
      const latest = await admin('GET /admin/v1/overview', { signal, background: !first });
      const next = before.current === undefined ? undefined : pointOf(before.current, latest);
      const restarted =
        before.current !== undefined && before.current.startedAt !== latest.startedAt;
      before.current = latest;
      const now = new Date(latest.now).getTime();
      setSamples(({ points }) => ({
        latest,
        points: keptPoints(restarted ? [] : points, next, { now, keepMs }),
        error: undefined,
      }));
    } catch (error) {
      if (!signal.aborted) setSamples((old) => ({ ...old, error }));
    }
  }, everyMs);
  return samples;
}
