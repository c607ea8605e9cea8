/** Takes an access key out of use. The last one of a root goes only when that is said again. */
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Checkbox from '@cloudscape-design/components/checkbox';
import { useState } from 'react';
import type { AccessKeyReport } from '../../../../src/admin/contract.ts';
import { admin, AdminError } from '../../api/admin.ts';
import { Ask } from '../../shell/ask.tsx';
import { useSession } from '../../shell/session.tsx';

interface DialogProps {
  readonly report: AccessKeyReport;
  readonly onClose: () => void;
  readonly onDone: (text: string) => void;
}

export function DisableKey({ report, onClose, onDone }: DialogProps) {
  const { accessKeyId } = report;
  const { last, force, attempt, setForce } = useLast();
  return (
    <Ask
      header="Disable access key"
      action="Disable"
      failed="The access key is not disabled"
      onClose={onClose}
      run={() =>
        attempt(async () => {
          const body = force ? { enabled: false, force } : { enabled: false };
          const sent = { path: { accessKeyId }, body };
          await admin('PATCH /admin/v1/access-keys/{accessKeyId}', sent);
          onDone(`The access key ${accessKeyId} is disabled.`);
        })
      }
    >
      <Box>
        Requests signed with <span className="exact">{accessKeyId}</span> are refused from now on,
        and links shared with it end. It can be enabled again.
      </Box>
      <OwnKey accessKeyId={accessKeyId} />
      {last ? <Forcing force={force} onChange={setForce} /> : null}
    </Ask>
  );
}

export function DeleteKey({ report, onClose, onDone }: DialogProps) {
  const { accessKeyId } = report;
  const { last, force, attempt, setForce } = useLast();
  return (
    <Ask
      header="Delete access key"
      action="Delete"
      failed="The access key is not deleted"
      name={accessKeyId}
      onClose={onClose}
      run={() =>
        attempt(async () => {
          const query = force ? ({ force: 'true' } as const) : {};
          await admin('DELETE /admin/v1/access-keys/{accessKeyId}', {
            path: { accessKeyId },
            query,
          });
          onDone(`The access key ${accessKeyId} is deleted.`);
        })
      }
    >
      <Box>
        Requests signed with it are refused from now on, and links shared with it end. It cannot be
        had back.
      </Box>
      <OwnKey accessKeyId={accessKeyId} />
      {last ? <Forcing force={force} onChange={setForce} /> : null}
    </Ask>
  );
}

/** Learns from the server’s refusal that it is the last of what must not be lost by mistake. */
function useLast() {
  const [last, setLast] = useState(false);
  const [force, setForce] = useState(false);
  const attempt = async (action: () => Promise<void>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      if (error instanceof AdminError && error.code === 'StillReferenced') setLast(true);
      throw error;
    }
  };
  return { last, force, setForce, attempt };
}

function Forcing({
  force,
  onChange,
}: {
  readonly force: boolean;
  readonly onChange: (force: boolean) => void;
}) {
  return (
    <Checkbox checked={force} onChange={({ detail }) => onChange(detail.checked)}>
      Although the root of the account is left without an enabled key
    </Checkbox>
  );
}

function OwnKey({ accessKeyId }: { readonly accessKeyId: string }) {
  const session = useSession();
  if (session.accessKeyId !== accessKeyId) return null;
  return <Alert type="warning">You are signed in with this key: your session ends with it.</Alert>;
}
