import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { KeysStatus, Overview } from '../../../../src/admin/contract.ts';
import { bytesText, countText } from '../../text/bytes.ts';
import { countdownText } from '../../text/countdown.ts';
import { agoText, durationText, timeText } from '../../text/times.ts';
import { outcomeOf, progressText } from '../keys/rewrap-text.ts';

/** Health, age, size and place of the server. */
export function ServerFacts({
  overview,
  answering,
}: {
  readonly overview: Overview;
  readonly answering: boolean;
}) {
  const { ready, startedAt, now, workers, memoryBytes, version, node, buckets, accounts } =
    overview;
  const upSeconds = (new Date(now).getTime() - new Date(startedAt).getTime()) / 1000;
  const { metadataBytes } = overview.disk;
  return (
    <Container fitHeight header={<Header variant="h2">Server</Header>}>
      <KeyValuePairs
        columns={2}
        items={[
          {
            label: 'Health',
            value: (
              <StatusIndicator type={answering ? 'success' : 'error'}>
                {answering ? 'It answers' : 'It does not answer now'}
              </StatusIndicator>
            ),
          },
          {
            label: 'Readiness',
            value: (
              <StatusIndicator type={ready && answering ? 'success' : 'warning'}>
                {ready && answering ? 'Ready for requests' : 'Not ready'}
              </StatusIndicator>
            ),
          },
          { label: 'Up', value: `${durationText(upSeconds)}, since ${timeText(startedAt)}` },
          { label: 'Version', value: `Coffer ${version}, Node.js ${node}` },
          { label: 'Memory of all processes', value: bytesText(memoryBytes) },
          { label: 'Processes that serve', value: countText(workers) },
          { label: 'Buckets', value: countText(buckets) },
          { label: 'Accounts', value: countText(accounts) },
          { label: 'Metadata', value: bytesText(metadataBytes) },
          { label: 'Disk', value: <Disk disk={overview.disk} /> },
        ]}
      />
    </Container>
  );
}

function Disk({ disk }: { readonly disk: Overview['disk'] }) {
  const { freeBytes, totalBytes } = disk;
  if (freeBytes === null || totalBytes === null) {
    return <Box color="text-status-inactive">Not told by the file system</Box>;
  }
  const used = totalBytes === 0 ? 0 : (100 * (totalBytes - freeBytes)) / totalBytes;
  return (
    <ProgressBar
      variant="key-value"
      ariaLabel="Part of the disk that is used"
      value={used}
      additionalInfo={`${bytesText(freeBytes)} of ${bytesText(totalBytes)} free`}
    />
  );
}

/** What the master keys are up to. */
export function KeysFacts({
  overview,
  keeper,
  now,
}: {
  readonly overview: Overview;
  /** Undefined: not known to this identity, or not yet. */
  readonly keeper: KeysStatus['keeper'] | undefined;
  readonly now: number;
}) {
  const { current, createdAt, nextRotation, rewrap } = overview.keys;
  return (
    <Container
      fitHeight
      header={
        <Header variant="h2" actions={<Link href="/keys">All versions</Link>}>
          Master keys
        </Header>
      }
    >
      <KeyValuePairs
        columns={2}
        items={[
          { label: 'Current version', value: `${current}, made ${agoText(createdAt, now)}` },
          {
            label: 'Next rotation',
            value:
              nextRotation === null
                ? 'None is planned'
                : `${countdownText(nextRotation, now)}, ${timeText(nextRotation)}`,
          },
          {
            label: 'Keeper, when this page was opened',
            value:
              keeper === undefined ? (
                '–'
              ) : (
                <StatusIndicator type={keeper.healthy ? 'success' : 'error'}>
                  {keeper.kind}
                </StatusIndicator>
              ),
          },
          { label: 'Re-wrap', value: rewrapText(rewrap) },
        ]}
      />
    </Container>
  );
}

function rewrapText(rewrap: Overview['keys']['rewrap']): string {
  if (rewrap === null) return 'None since the start';
  return rewrap.finishedAt === null ? progressText(rewrap) : outcomeOf(rewrap).text;
}
