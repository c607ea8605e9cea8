/** How the latest re-wrap stands, followed while it runs. */
import { useCallback, useRef, useState } from 'react';
import type { RewrapReport } from '../../../../src/admin/contract.ts';
import { admin, AdminError } from '../../api/admin.ts';
import { usePolled } from '../../shell/use-polled.ts';

const runningMs = 1000;
const restingMs = 3000;

export interface Rewrap {
  /** Null: none ran since the server started; undefined: not known yet. */
  readonly report: RewrapReport | null | undefined;
  readonly error: unknown;
  readonly start: (scope: { readonly bucket?: string; readonly prefix?: string }) => Promise<void>;
}

/** `onEnd`: a run that was seen running has ended. */
export function useRewrap(onEnd: () => void): Rewrap {
  const [report, setReport] = useState<RewrapReport | null>();
  const [error, setError] = useState<unknown>();
  const seenRunning = useRef(false);
  const running = isRunning(report);
  const take = useCallback(
    (next: RewrapReport | null) => {
      setReport(next);
      setError(undefined);
      if (seenRunning.current && !isRunning(next)) onEnd();
      seenRunning.current = isRunning(next);
    },
    [onEnd],
  );
  usePolled(
    async (signal, first) => {
      try {
        take(await admin('GET /admin/v1/keys/rewrap', { query: {}, signal, background: !first }));
      } catch (failed) {
        if (signal.aborted) return;
        if (failed instanceof AdminError && failed.code === 'NotFound') take(null);
        else setError(failed);
      }
    },
    running ? runningMs : restingMs,
  );
  const start = useCallback(
    async (scope: { readonly bucket?: string; readonly prefix?: string }) =>
      take(await admin('POST /admin/v1/keys/rewrap', { body: scope })),
    [take],
  );
  return { report, error, start };
}

function isRunning(report: RewrapReport | null | undefined): boolean {
  return report !== null && report !== undefined && report.finishedAt === null;
}
