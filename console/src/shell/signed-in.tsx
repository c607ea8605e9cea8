/** Pages for who is signed in; everyone else goes to the sign-in page and comes back. */
import Box from '@cloudscape-design/components/box';
import { Navigate, useLocation } from 'react-router';
import { ErrorBox } from './error-box.tsx';
import { Layout } from './layout.tsx';
import { SessionEnd } from './session-end.tsx';
import { signInAddress } from './sign-in-address.ts';
import { useSessionHolder } from './session.tsx';
import { Waiting } from './waiting.tsx';

export function SignedIn() {
  const { state, ask } = useSessionHolder();
  const { pathname, search } = useLocation();
  switch (state.kind) {
    case 'asking':
      return <Waiting />;
    case 'unreachable':
      return (
        <Box padding="l">
          <ErrorBox
            what="The console could not be loaded"
            error={state.error}
            retry={() => void ask()}
          />
        </Box>
      );
    case 'out':
      return <Navigate to={signInAddress(pathname + search)} replace />;
    case 'in':
    case 'ended':
      return (
        <>
          <Layout />
          <SessionEnd />
        </>
      );
  }
}
