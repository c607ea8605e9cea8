/** The uploads of this tab, below every page. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import LiveRegion from '@cloudscape-design/components/live-region';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import SplitPanel from '@cloudscape-design/components/split-panel';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Link from '@cloudscape-design/components/link';
import { useEffect, useSyncExternalStore } from 'react';
import { S3Error } from '../api/s3.ts';
import { bytesText, countText, percentText, plural } from '../text/bytes.ts';
import { objectAddress } from '../text/keys.ts';
import { clockText } from '../text/times.ts';
import { visibleText } from '../text/visible.ts';
import type { UploadState } from '../upload/file-upload.ts';
import type { QueueReport, UploadReport } from '../upload/queue.ts';
import { uploads } from '../upload/uploads.ts';
import { Exact } from './exact.tsx';
import { reasonOf } from './reason.ts';

const shownMax = 100;

export function useUploads(): QueueReport {
  return useSyncExternalStore(uploads.subscribe, uploads.report);
}

/** The browser asks before a tab is closed that still uploads. */
export function useLeaveWarning(active: boolean): void {
  useEffect(() => {
    if (!active) return undefined;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [active]);
}

export function UploadPanel({ report }: { readonly report: QueueReport }) {
  const { active, paused, failed, bytes, sentBytes } = report;
  // What one may have to act on stands first.
  const rows = report.uploads
    .toSorted((one, other) => rank[one.state] - rank[other.state] || one.id - other.id)
    .slice(0, shownMax);
  return (
    <SplitPanel
      header={`Uploads: ${summaryOf(report)}`}
      hidePreferencesButton
      closeBehavior="collapse"
    >
      <SpaceBetween size="m">
        <ProgressBar
          value={bytes === 0 ? 100 : (100 * sentBytes) / bytes}
          label={`${bytesText(sentBytes)} of ${bytesText(bytes)}`}
          description={paceOf(report)}
          ariaLabel="All uploads"
        />
        <SpaceBetween direction="horizontal" size="xs">
          <Button disabled={active === 0} onClick={() => uploads.pauseAll()}>
            Pause all
          </Button>
          <Button disabled={paused + failed === 0} onClick={() => uploads.resumeAll()}>
            {failed > 0 ? 'Retry and resume all' : 'Resume all'}
          </Button>
          <Button
            disabled={active + paused + failed === 0}
            onClick={() => void uploads.cancelAll()}
          >
            Cancel all
          </Button>
          <Button onClick={() => uploads.clear()}>Clear finished</Button>
        </SpaceBetween>
        <LiveRegion hidden>{summaryOf(report)}</LiveRegion>
        <ul className="uploads">
          {rows.map((upload) => (
            <UploadRow key={upload.id} upload={upload} />
          ))}
        </ul>
        {report.uploads.length > shownMax ? (
          <Box color="text-body-secondary">
            and {countText(report.uploads.length - shownMax)} more
          </Box>
        ) : null}
      </SpaceBetween>
    </SplitPanel>
  );
}

const rank: Readonly<Record<UploadState, number>> = {
  failed: 0,
  interrupted: 1,
  running: 1,
  finishing: 1,
  paused: 2,
  waiting: 3,
  done: 4,
  cancelled: 5,
};

function UploadRow({ upload }: { readonly upload: UploadReport }) {
  const { id, bucket, key, state, bytes, sentBytes, error } = upload;
  const name = visibleText(key);
  const deniedPlain =
    error instanceof S3Error && error.code === 'AccessDenied' && upload.encryption !== 'sse-s3';
  const canPause = state === 'running' || state === 'interrupted' || state === 'waiting';
  const canResume = state === 'paused' || state === 'failed';
  return (
    <li>
      <div className="uploads-name">
        {state === 'done' ? (
          <Link href={objectAddress(bucket, key)}>
            <Exact text={key} />
          </Link>
        ) : (
          <Exact text={key} />
        )}
      </div>
      <div className="uploads-state">
        <StatusIndicator type={looks[state].type}>
          {looks[state].text}
          {state === 'running' || state === 'paused' || state === 'interrupted'
            ? ` ${percentText(sentBytes, bytes)} of ${bytesText(bytes)}`
            : ''}
        </StatusIndicator>
        {state === 'failed' ? (
          <div className="uploads-reason">
            {reasonOf(error) ?? signIn}
            {deniedPlain ? ` ${askForEncryption}` : ''}
          </div>
        ) : null}
      </div>
      <SpaceBetween direction="horizontal" size="xxs">
        {canPause ? (
          <Button
            variant="inline-icon"
            iconName="pause"
            ariaLabel={`Pause ${name}`}
            onClick={() => uploads.pause(id)}
          />
        ) : null}
        {canResume ? (
          <Button
            variant="inline-icon"
            iconName={state === 'failed' ? 'refresh' : 'play'}
            ariaLabel={`${state === 'failed' ? 'Retry' : 'Resume'} ${name}`}
            onClick={() => uploads.resume(id)}
          />
        ) : null}
        {canPause || canResume ? (
          <Button
            variant="inline-icon"
            iconName="close"
            ariaLabel={`Cancel ${name}`}
            onClick={() => void uploads.cancel(id)}
          />
        ) : null}
      </SpaceBetween>
    </li>
  );
}

const askForEncryption =
  'If the bucket’s policy denies uploads that do not ask for encryption, upload again with SSE-S3.';
const signIn = 'The session ended. Sign in again, then retry: what arrived is not sent again.';

const looks: Readonly<
  Record<UploadState, { readonly type: StatusIndicatorProps.Type; readonly text: string }>
> = {
  waiting: { type: 'pending', text: 'Waiting' },
  running: { type: 'in-progress', text: 'Uploading' },
  interrupted: { type: 'warning', text: 'Interrupted, trying again' },
  finishing: { type: 'in-progress', text: 'Finishing' },
  paused: { type: 'stopped', text: 'Paused' },
  done: { type: 'success', text: 'Uploaded' },
  failed: { type: 'error', text: 'Failed' },
  cancelled: { type: 'stopped', text: 'Cancelled' },
};

function summaryOf({ active, paused, failed, done }: QueueReport): string {
  const parts = [
    ...(active === 0 ? [] : [`${countText(active)} to go`]),
    ...(paused === 0 ? [] : [`${countText(paused)} paused`]),
    ...(failed === 0 ? [] : [`${countText(failed)} failed`]),
    `${plural(done, 'file')} uploaded`,
  ];
  return parts.join(', ');
}

function paceOf({ bytesPerSecond, secondsLeft, active }: QueueReport): string {
  if (active === 0) return '';
  if (bytesPerSecond < 1) return 'Measuring the speed';
  const left = secondsLeft === undefined ? '' : `, ${clockText(secondsLeft)} left`;
  return `${bytesText(bytesPerSecond)}/s${left}`;
}
