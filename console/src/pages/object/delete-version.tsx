import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { ObjectName } from '../../api/object.ts';
import { s3 } from '../../api/s3.ts';
import { ErrorBox } from '../../shell/error-box.tsx';
import { Exact } from '../../shell/exact.tsx';

/** Deletes the object, one of its versions for good, or a delete marker. */
export function DeleteVersion({
  object,
  versioned,
  marker,
  onClose,
}: {
  readonly object: ObjectName;
  readonly versioned: boolean;
  readonly marker: boolean;
  readonly onClose: (deleted: boolean) => void;
}) {
  const { bucket, key, versionId } = object;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const word = marker ? 'Remove' : 'Delete';
  const submit = async (): Promise<void> => {
    setBusy(true);
    try {
      const query = versionId === undefined ? {} : { query: { versionId } };
      await s3({ method: 'DELETE', bucket, key, ...query });
      onClose(true);
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  };
  return (
    <Modal
      visible
      header={
        marker
          ? 'Remove the delete marker'
          : versionId === undefined
            ? 'Delete object'
            : 'Delete version'
      }
      onDismiss={() => onClose(false)}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={() => onClose(false)}>
              Cancel
            </Button>
            <Button variant="primary" loading={busy} onClick={() => void submit()}>
              {word}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <ErrorBox what="It is not deleted" error={error} />
        <div>
          <Exact text={key} />
          {versionId === undefined ? null : (
            <>
              , version <Exact text={versionId} />
            </>
          )}
        </div>
        {marker ? (
          <Alert type="info">What the marker hides comes back, where it is the newest.</Alert>
        ) : versioned && versionId === undefined ? (
          <Alert type="info">
            A delete marker hides it. Its versions stay and can be restored.
          </Alert>
        ) : (
          <Alert type="warning">It is deleted for good.</Alert>
        )}
      </SpaceBetween>
    </Modal>
  );
}
