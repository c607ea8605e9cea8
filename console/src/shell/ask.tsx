/** Asks before something is done, and does it: the dialog stays, with the reason, where it fails. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { ErrorBox } from './error-box.tsx';
import { NameGuard } from './name-guard.tsx';

export interface AskProps {
  readonly header: string;
  /** On the button. */
  readonly action: string;
  /** Where it fails: "The user is not deleted". */
  readonly failed: string;
  /** To be typed first. */
  readonly name?: string;
  /** What was entered is not complete yet. */
  readonly unready?: boolean;
  readonly run: () => Promise<void>;
  readonly onClose: () => void;
  readonly size?: 'medium' | 'large';
  readonly children?: ReactNode;
}

export function Ask(props: AskProps) {
  const { header, action, failed, name, unready, run, onClose, size, children } = props;
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const closed = unready === true || (name !== undefined && typed !== name);
  const submit = async (): Promise<void> => {
    if (closed || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await run();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      visible
      size={size ?? 'medium'}
      header={header}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button
              variant="primary"
              disabled={closed}
              loading={busy}
              onClick={() => void submit()}
            >
              {action}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <SpaceBetween size="l">
          <ErrorBox what={failed} error={error} />
          {children}
          {name === undefined ? null : <NameGuard name={name} typed={typed} onType={setTyped} />}
        </SpaceBetween>
      </form>
    </Modal>
  );
}
