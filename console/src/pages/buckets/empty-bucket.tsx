import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useState } from 'react';
import type { EmptyReport } from '../../../../src/admin/contract.ts';
import { admin } from '../../api/admin.ts';
import { ErrorBox } from '../../shell/error-box.tsx';
import { NameGuard } from '../../shell/name-guard.tsx';
import { countText, percentText, plural } from '../../text/bytes.ts';

const pollMs = 700;

/** Removes all that is in a bucket; the server goes on with it when the dialog is closed. */
export function EmptyBucket({
  bucket,
  onClose,
}: {
  readonly bucket: string;
  readonly onClose: () => void;
}) {
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [report, setReport] = useState<EmptyReport>();
  const [error, setError] = useState<unknown>();

  useEffect(() => {
    if (report?.state !== 'running') return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      admin('GET /admin/v1/buckets/{bucket}/empty', {
        path: { bucket },
        background: true,
        signal: stop.signal,
      }).then(setReport, setError);
    }, pollMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [report, bucket]);

  const submit = async (): Promise<void> => {
    if (typed !== bucket || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      setReport(
        await admin('POST /admin/v1/buckets/{bucket}/empty', { path: { bucket }, body: {} }),
      );
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Modal
      visible
      header="Empty bucket"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              {report === undefined ? 'Cancel' : 'Close'}
            </Button>
            {report === undefined ? (
              <Button
                variant="primary"
                disabled={typed !== bucket}
                loading={busy}
                onClick={() => void submit()}
              >
                Empty bucket
              </Button>
            ) : null}
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="l">
        {error === undefined ? null : (
          <ErrorBox what="The bucket could not be emptied" error={error} />
        )}
        {report === undefined ? (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void submit();
            }}
          >
            <SpaceBetween size="l">
              <Alert type="warning">
                Every object, every older version, every delete marker and every unfinished upload
                in <span className="exact">{bucket}</span> is deleted for good. What your identity
                may not delete stays.
              </Alert>
              <NameGuard name={bucket} typed={typed} onType={setTyped} />
            </SpaceBetween>
          </form>
        ) : (
          <Progress report={report} />
        )}
      </SpaceBetween>
    </Modal>
  );
}

function Progress({ report }: { readonly report: EmptyReport }) {
  const { state, deleted, refused, total, error } = report;
  const refusedText = refused === 0 ? '' : ` ${plural(refused, 'item')} may not be deleted by you.`;
  switch (state) {
    case 'running':
      return (
        <ProgressBar
          label="Deleting"
          description="The server goes on with it when this is closed."
          value={total === null || total === 0 ? 0 : Math.min(100, (100 * deleted) / total)}
          additionalInfo={
            total === null
              ? 'Counting'
              : `${countText(deleted)} of about ${countText(total)} (${percentText(deleted, total)}).${refusedText}`
          }
        />
      );
    case 'done':
      return (
        <Alert type={refused === 0 ? 'success' : 'warning'}>
          {plural(deleted, 'version, marker or upload', 'versions, markers and uploads')} deleted.
          {refusedText}
        </Alert>
      );
    case 'idle':
    case 'failed':
    case 'stopped':
      return (
        <Alert type="error" header="The bucket is not empty">
          {error ?? 'It was stopped before the end.'} {countText(deleted)} deleted.{refusedText}
        </Alert>
      );
  }
}
