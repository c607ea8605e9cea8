/**
 * Destroys a version behind the proof that the command asks for: references counted just now and none
 * there, the number typed, and the signed record handed over. The server counts again before it acts.
 */
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useCallback, useState } from 'react';
import type { DestroyedKey } from '../../../../src/admin/contract.ts';
import { admin } from '../../api/admin.ts';
import { Ask } from '../../shell/ask.tsx';
import { ErrorBox } from '../../shell/error-box.tsx';
import { useLoaded } from '../../shell/use-loaded.ts';
import { countText } from '../../text/bytes.ts';
import { timeText } from '../../text/times.ts';
import { RecordView } from './record-view.tsx';

export function DestroyKey({
  version,
  onClose,
  onDestroyed,
}: {
  readonly version: number;
  readonly onClose: () => void;
  readonly onDestroyed: () => void;
}) {
  const [destroyed, setDestroyed] = useState<DestroyedKey>();
  const load = useCallback((signal: AbortSignal) => admin('GET /admin/v1/keys', { signal }), []);
  const { value: status, error, loading, reload } = useLoaded(load);
  const references = status?.versions.find((each) => each.version === version)?.references;
  if (destroyed !== undefined) return <Destroyed destroyed={destroyed} onClose={onClose} />;
  const free = !loading && references !== undefined && references.rows === 0;
  return (
    <Ask
      size="large"
      header={`Destroy master key version ${version}`}
      action="Destroy for ever"
      failed="The version is not destroyed"
      unready={!free}
      {...(free ? { name: String(version) } : {})}
      onClose={onClose}
      run={async () => {
        const path = { version: String(version) };
        setDestroyed(await admin('POST /admin/v1/keys/{version}/destroy', { path, body: {} }));
        onDestroyed();
      }}
    >
      <ErrorBox what="References could not be counted" error={error} retry={reload} />
      {loading ? (
        <StatusIndicator type="loading">
          Counting what is sealed under version {version}
        </StatusIndicator>
      ) : null}
      {references === undefined || status === undefined || loading ? null : (
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'Object versions', value: countText(references.objectVersions) },
            { label: 'Uploads', value: countText(references.uploads) },
            {
              label: `All rows, counted ${timeText(status.countedAt)}`,
              value: (
                <StatusIndicator type={free ? 'success' : 'error'}>
                  {countText(references.rows)}
                </StatusIndicator>
              ),
            },
          ]}
        />
      )}
      {references !== undefined && references.rows > 0 ? (
        <Alert type="error" header="The version is still needed">
          What is sealed under it could not be read any more. Re-wrap first, and see to rows that
          could not be moved.
        </Alert>
      ) : null}
      {free ? <WhatHappens version={version} /> : null}
    </Ask>
  );
}

function WhatHappens({ version }: { readonly version: number }) {
  return (
    <Alert type="warning" header="This cannot be undone">
      <ul>
        <li>
          The server counts once more, and refuses if anything is sealed under version {version}.
        </li>
        <li>The key is destroyed, and older keyring files are removed.</li>
        <li>
          A root key file is renewed, so that an old copy does not bring the version back:{' '}
          <strong>the new one must be backed up at once</strong>.
        </li>
        <li>
          What backups of this store hold under the version opens only with the root key or a
          recovery kit of that time.
        </li>
        <li>A signed record stays.</li>
      </ul>
    </Alert>
  );
}

function Destroyed({
  destroyed,
  onClose,
}: {
  readonly destroyed: DestroyedKey;
  readonly onClose: () => void;
}) {
  const { version, record, notice } = destroyed;
  return (
    <Modal
      visible
      size="large"
      header={`Master key version ${version} is destroyed`}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={onClose}>
            Close
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="l">
        {notice === null ? null : (
          <Alert type="warning" header="To be done now">
            {notice}
          </Alert>
        )}
        <RecordView record={record} />
      </SpaceBetween>
    </Modal>
  );
}
