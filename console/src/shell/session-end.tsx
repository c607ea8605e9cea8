/** A session left idle: a warning in its last minute, then the way back to the same page. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import { useEffect, useRef, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { admin, watchSession } from '../api/admin.ts';
import { clockText } from '../text/times.ts';
import { useNotices } from './notices.tsx';
import { useSession, useSessionHolder } from './session.tsx';
import { signInAddress } from './sign-in-address.ts';

const warnMs = 60_000;

export function SessionEnd() {
  const { state, ask } = useSessionHolder();
  const leftMs = useLeftMs();
  const notices = useNotices();
  const ended = state.kind === 'ended';
  const asked = useRef(false);

  useEffect(() => {
    // The server decides: another tab may have kept the session alive.
    if (leftMs > 0) asked.current = false;
    else if (!ended && !asked.current) {
      asked.current = true;
      void ask();
    }
  }, [leftMs, ended, ask]);

  if (ended) return <Ended />;
  if (leftMs > warnMs) return null;
  const stay = () => {
    admin('GET /admin/v1/session').catch((error: unknown) =>
      notices.failed('The session could not be kept', error),
    );
  };
  return (
    <Modal
      visible
      header="Are you still there?"
      onDismiss={stay}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={stay}>
            Stay signed in
          </Button>
        </Box>
      }
    >
      Nothing was done for a while. You will be signed out in {clockText(leftMs / 1000)}.
    </Modal>
  );
}

function Ended() {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const again = () => void navigate(signInAddress(pathname + search));
  return (
    <Modal
      visible
      header="You are signed out"
      onDismiss={again}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={again}>
            Sign in again
          </Button>
        </Box>
      }
    >
      The session was left idle too long, or was ended elsewhere. Sign in again to come back to this
      page.
    </Modal>
  );
}

/** Until the session ends by itself, as far as this tab knows. */
function useLeftMs(): number {
  const { idleMs, expiresAt } = useSession();
  const used = useRef(0);
  const [leftMs, setLeftMs] = useState(idleMs);
  useEffect(() => {
    used.current = Date.now();
    const look = (): void => {
      const now = Date.now();
      setLeftMs(Math.min(used.current + idleMs - now, new Date(expiresAt).getTime() - now));
    };
    const stop = watchSession((event) => {
      if (event !== 'used') return;
      used.current = Date.now();
      look();
    });
    look();
    const timer = setInterval(look, 1000);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, [idleMs, expiresAt]);
  return leftMs;
}
