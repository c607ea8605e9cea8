import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useCallback } from 'react';
import { admin } from '../../api/admin.ts';
import { ErrorBox } from '../../shell/error-box.tsx';
import { useMay, useSession } from '../../shell/session.tsx';
import { useLoaded } from '../../shell/use-loaded.ts';
import { countText, exactBytesText } from '../../text/bytes.ts';
import { timeText } from '../../text/times.ts';

/** Where the bucket is and what it holds. */
export function BucketFacts({ bucket }: { readonly bucket: string }) {
  const { endpoint, region } = useSession();
  const may = useMay();
  const { value, error, reload } = useLoaded(
    useCallback(
      (signal: AbortSignal) =>
        admin('GET /admin/v1/buckets/{bucket}/counts', { path: { bucket }, signal }),
      [bucket],
    ),
  );
  const count = (amount: number | undefined): string =>
    amount === undefined ? '–' : countText(amount);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={value === undefined ? undefined : `Counted ${timeText(value.countedAt)}.`}
          actions={
            may('ListInventory') ? (
              <Link href={`/inventory?${new URLSearchParams({ bucket }).toString()}`}>
                Encryption inventory
              </Link>
            ) : null
          }
        >
          Bucket
        </Header>
      }
    >
      <ErrorBox what="What is in it could not be counted" error={error} retry={reload} />
      {value === undefined && error === undefined ? (
        <StatusIndicator type="loading">Counting</StatusIndicator>
      ) : null}
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'ARN', value: <span className="exact">{`arn:aws:s3:::${bucket}`}</span> },
          { label: 'Address', value: <span className="exact">{`${endpoint}/${bucket}`}</span> },
          { label: 'Region', value: region },
          { label: 'Objects', value: count(value?.objects) },
          { label: 'Versions', value: count(value?.versions) },
          { label: 'Delete markers', value: count(value?.deleteMarkers) },
          {
            label: 'Size of all versions',
            value: value === undefined ? '–' : exactBytesText(value.bytes),
          },
          { label: 'Unfinished uploads', value: count(value?.uploads) },
        ]}
      />
    </Container>
  );
}
