/** Loads when shown and whenever `load` changes (make it with `useCallback`); what is old is called off. */
import { useCallback, useEffect, useState } from 'react';

export interface Loaded<Value> {
  /** The last that came, also while the next is on its way. */
  readonly value: Value | undefined;
  readonly error: unknown;
  readonly loading: boolean;
  readonly reload: () => void;
}

export function useLoaded<Value>(load: (signal: AbortSignal) => Promise<Value>): Loaded<Value> {
  const [turn, setTurn] = useState(0);
  const [held, setHeld] = useState<{
    readonly load: typeof load;
    readonly turn: number;
    readonly value: Value | undefined;
    readonly error: unknown;
  }>();
  useEffect(() => {
    const stop = new AbortController();
    load(stop.signal).then(
      (value) => {
        if (!stop.signal.aborted) setHeld({ load, turn, value, error: undefined });
      },
      (error: unknown) => {
        if (stop.signal.aborted) return;
        setHeld((old) => ({
          load,
          turn,
          value: old?.load === load ? old.value : undefined,
          error,
        }));
      },
    );
    return () => stop.abort();
  }, [load, turn]);
  const reload = useCallback(() => setTurn((now) => now + 1), []);
  const mine = held?.load === load ? held : undefined;
  return {
    value: mine?.value,
    error: mine?.error,
    loading: mine === undefined || mine.turn !== turn,
    reload,
  };
}
