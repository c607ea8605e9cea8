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
/** After its end by our clock, until the server is asked. */
const graceMs = 1500;
const tellEveryMs = 5000;

export function SessionEnd() {
  const { state } = useSessionHolder();
  const ended = state.kind === 'ended';
  const leftMs = useLeftMs(ended);
  const notices = useNotices();

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

/** Until the session ends by itself, as far as this browser knows: its tabs tell each other. */
function useLeftMs(ended: boolean): number {
  const { idleMs, expiresAt } = useSession();
  const used = useRef(0);
  const [leftMs, setLeftMs] = useState(idleMs);
  useEffect(() => {
    if (ended) return undefined;
    const tabs = new BroadcastChannel('coffer-session');
    let told = 0;
    let asking = false;
    const look = (): void => {
      const now = Date.now();
      const left = Math.min(used.current + idleMs, new Date(expiresAt).getTime()) - now;
      setLeftMs(Math.max(0, left));
      if (left > -graceMs || asking) return;
      asking = true;
      // The server decides. Asked in the background, the question keeps nothing alive.
      admin('GET /admin/v1/session', { background: true })
        .then(keep, () => undefined)
        .finally(() => {
          asking = false;
        });
    };
    const keep = (): void => {
      used.current = Date.now();
      look();
    };
    const stop = watchSession((event) => {
      if (event !== 'used') return;
      keep();
      if (Date.now() - told < tellEveryMs) return;
      told = Date.now();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has none
      tabs.postMessage('used');
    });
    tabs.addEventListener('message', keep);
    keep();
    const timer = setInterval(look, 1000);
    return () => {
      stop();
      tabs.close();
      clearInterval(timer);
    };
  }, [idleMs, expiresAt, ended]);
  return leftMs;
}
