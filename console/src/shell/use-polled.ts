/** Looks again and again while the page is seen; a tab in the background asks nothing. */
import { useEffect, useRef } from 'react';

/**
 * `look` shows its own failures. It is told whether it is the first time: what follows it asks in the
 * background, so that it keeps no session from being idle.
 */
export function usePolled(
  look: (signal: AbortSignal, first: boolean) => Promise<void>,
  everyMs: number,
): void {
  const latest = useRef(look);
  const looked = useRef(false);
  useEffect(() => {
    latest.current = look;
  });
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let looking = false;
    const turn = async (): Promise<void> => {
      if (looking || stop.signal.aborted || document.hidden) return;
      looking = true;
      const first = !looked.current;
      looked.current = true;
      await latest.current(stop.signal, first);
      looking = false;
      if (!stop.signal.aborted) timer = setTimeout(() => void turn(), everyMs);
    };
    const seen = (): void => {
      clearTimeout(timer);
      void turn();
    };
    document.addEventListener('visibilitychange', seen);
    void turn();
    return () => {
      stop.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [everyMs]);
}
