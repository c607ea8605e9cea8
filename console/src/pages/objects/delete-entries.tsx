import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import LiveRegion from '@cloudscape-design/components/live-region';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useEffect, useRef, useState } from 'react';
import type { Versioning } from '../../api/buckets.ts';
import { deleteEntries, type DeletionProgress } from '../../api/deleting.ts';
import { entryId, type Entry } from '../../api/listing.ts';
import { ErrorBox } from '../../shell/error-box.tsx';
import { Exact } from '../../shell/exact.tsx';
import { NameGuard } from '../../shell/name-guard.tsx';
import { countText, plural } from '../../text/bytes.ts';

const shownMax = 8;

/** Deletes what was selected, folders with all below them, and tells what became of each. */
export function DeleteEntries({
  bucket,
  entries,
  versions,
  versioning,
  onClose,
}: {
  readonly bucket: string;
  readonly entries: readonly Entry[];
  /** They were selected among versions: they are deleted for good. */
  readonly versions: boolean;
  readonly versioning: Versioning | undefined;
  /** `changed`: something may have been deleted. */
  readonly onClose: (changed: boolean) => void;
}) {
  const [typed, setTyped] = useState('');
  const [state, setState] = useState<'asking' | 'running' | 'ended'>('asking');
  const [progress, setProgress] = useState<DeletionProgress>();
  const [error, setError] = useState<unknown>();
  const stop = useRef(new AbortController());
  useEffect(() => {
    stop.current = new AbortController();
    return () => stop.current.abort();
  }, []);
  const folders = entries.filter(({ kind }) => kind === 'prefix').length;
  const guarded = folders > 0;
  const ready = state === 'asking' && (!guarded || typed === 'delete');

  const submit = async (): Promise<void> => {
    if (!ready) return;
    setState('running');
    const { signal } = stop.current;
    try {
      setProgress(
        await deleteEntries(bucket, entries, { versions, onProgress: setProgress, signal }),
      );
    } catch (failure) {
      setError(failure);
    } finally {
      setState('ended');
    }
  };

  return (
    <Modal
      visible
      header={`Delete ${plural(entries.length, 'item')}`}
      onDismiss={() => onClose(state !== 'asking')}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={() => onClose(state !== 'asking')}>
              {state === 'asking' ? 'Cancel' : state === 'running' ? 'Stop' : 'Close'}
            </Button>
            {state === 'asking' ? (
              <Button variant="primary" disabled={!ready} onClick={() => void submit()}>
                Delete
              </Button>
            ) : null}
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <ErrorBox what="Not everything is deleted" error={error} />
        {state === 'asking' ? (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void submit();
            }}
          >
            <SpaceBetween size="m">
              <Consequence versions={versions} versioning={versioning} folders={folders} />
              <ul>
                {entries.slice(0, shownMax).map((entry) => (
                  <li key={entryId(entry)}>
                    <Exact text={entry.key} />
                  </li>
                ))}
                {entries.length > shownMax ? (
                  <li>and {countText(entries.length - shownMax)} more</li>
                ) : null}
              </ul>
              {guarded ? <NameGuard name="delete" typed={typed} onType={setTyped} /> : null}
            </SpaceBetween>
          </form>
        ) : (
          <LiveRegion>
            <StatusIndicator type={state === 'running' ? 'in-progress' : outcome(progress, error)}>
              {countText(progress?.deleted ?? 0)} deleted
              {progress === undefined || progress.failed === 0
                ? ''
                : `, ${countText(progress.failed)} not deleted`}
            </StatusIndicator>
          </LiveRegion>
        )}
        {progress === undefined || progress.failed === 0 ? null : <Failures progress={progress} />}
      </SpaceBetween>
    </Modal>
  );
}

function outcome(progress: DeletionProgress | undefined, error: unknown): 'success' | 'warning' {
  return error === undefined && progress?.failed === 0 ? 'success' : 'warning';
}

function Consequence({
  versions,
  versioning,
  folders,
}: {
  readonly versions: boolean;
  readonly versioning: Versioning | undefined;
  readonly folders: number;
}) {
  const below = folders > 0 ? ' Folders are deleted with everything below them.' : '';
  if (!versions && (versioning === 'Enabled' || versioning === 'Suspended')) {
    return (
      <Alert type="info">
        The bucket has versioning: a delete marker hides each object, and older versions stay. To
        delete for good, show versions first.{below}
      </Alert>
    );
  }
  return (
    <Alert type="warning">
      {versions ? 'These versions are' : 'This is'} deleted for good.{below}
    </Alert>
  );
}

function Failures({ progress }: { readonly progress: DeletionProgress }) {
  return (
    <Alert type="error" header={`${plural(progress.failed, 'item')} not deleted`}>
      <ul>
        {progress.failures.map(({ key, versionId, code, message }) => (
          <li key={`${versionId ?? ''} ${key}`}>
            <Exact text={key} />: {message} ({code})
          </li>
        ))}
      </ul>
    </Alert>
  );
}
