/** Who is signed in. One place knows; pages ask `useSession`. */
import { createContext, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import type { SessionReport } from '../../../src/admin/contract.ts';
import { admin, AdminError, watchSession } from '../api/admin.ts';

export type SessionState =
  | { readonly kind: 'asking' }
  | { readonly kind: 'in'; readonly session: SessionReport }
  /** Nobody signed in yet, or signed out by hand. */
  | { readonly kind: 'out' }
  /** Ended by time or by the server, while it was in use; who it was. */
  | { readonly kind: 'ended'; readonly session: SessionReport }
  | { readonly kind: 'unreachable'; readonly error: unknown };

interface SessionHolder {
  readonly state: SessionState;
  readonly signIn: (accessKeyId: string, secretKey: string) => Promise<void>;
  readonly signOut: (everywhere: boolean) => Promise<void>;
  readonly ask: () => Promise<void>;
}

/** Asked while the page's code is still on its way; taken once. */
let first: Promise<SessionReport> | undefined;

export function askForSession(): void {
  first = admin('GET /admin/v1/session');
  // Whoever takes it hears of its failure.
  first.catch(() => undefined);
}

const Holder = createContext<SessionHolder | undefined>(undefined);

export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const [state, setState] = useState<SessionState>({ kind: 'asking' });

  const ask = useCallback(async () => {
    const answer = first ?? admin('GET /admin/v1/session');
    first = undefined;
    try {
      setState({ kind: 'in', session: await answer });
    } catch (error) {
      if (!(error instanceof AdminError)) setState({ kind: 'unreachable', error });
      else if (error.status === 401) setState(overOf);
      else setState({ kind: 'unreachable', error });
    }
  }, []);

  const signIn = useCallback(async (accessKeyId: string, secretKey: string) => {
    const body = { accessKeyId, secretKey };
    setState({ kind: 'in', session: await admin('POST /admin/v1/session', { body }) });
  }, []);

  const signOut = useCallback(async (everywhere: boolean) => {
    await admin(everywhere ? 'DELETE /admin/v1/sessions' : 'DELETE /admin/v1/session');
    setState({ kind: 'out' });
  }, []);

  useEffect(() => void ask(), [ask]);
  useEffect(
    () =>
      watchSession((event) => {
        if (event === 'ended') setState(overOf);
      }),
    [],
  );

  const holder = useMemo(() => ({ state, signIn, signOut, ask }), [state, signIn, signOut, ask]);
  return <Holder value={holder}>{children}</Holder>;
}

export function useSessionHolder(): SessionHolder {
  const holder = useContext(Holder);
  if (holder === undefined) throw new Error('outside of SessionProvider');
  return holder;
}

/** On pages for who is signed in. */
export function useSession(): SessionReport {
  const { state } = useSessionHolder();
  if (state.kind !== 'in' && state.kind !== 'ended') throw new Error('nobody is signed in');
  return state.session;
}

/** Whether the session's identity may ask for an admin operation: to show and hide by. */
export function useMay(): (operation: string) => boolean {
  const { actions } = useSession();
  return useCallback((operation) => actions.includes(`coffer:${operation}`), [actions]);
}

function overOf(state: SessionState): SessionState {
  if (state.kind === 'in') return { kind: 'ended', session: state.session };
  return state.kind === 'ended' ? state : { kind: 'out' };
}
