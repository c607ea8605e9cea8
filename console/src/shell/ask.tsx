/** Asks before something is done, and does it: the dialog stays, with the reason, where it fails. */
import { useState } from 'react';
import type { ReactNode } from 'react';
import { ErrorBox } from './error-box.tsx';
import { FormDialog } from './form-dialog.tsx';
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
    <FormDialog
      size={size}
      header={header}
      action={action}
      disabled={closed}
      busy={busy}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <ErrorBox what={failed} error={error} />
      {children}
      {name === undefined ? null : <NameGuard name={name} typed={typed} onType={setTyped} />}
    </FormDialog>
  );
}
