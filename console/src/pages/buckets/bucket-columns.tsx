/** The columns of the table of buckets. */
import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import Spinner from '@cloudscape-design/components/spinner';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { TableProps } from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import type { BucketCounts } from '../../../../src/admin/contract.ts';
import type { BucketName } from '../../api/buckets.ts';
import { bytesText, countText } from '../../text/bytes.ts';
import { shortTimeText } from '../../text/times.ts';
import type { BucketFacts } from './use-bucket-facts.ts';

export type BucketRow = BucketName & BucketFacts;

export const bucketColumns: TableProps.ColumnDefinition<BucketRow>[] = [
  {
    id: 'name',
    header: 'Name',
    isRowHeader: true,
    sortingField: 'name',
    cell: ({ name }) => <Link href={`/buckets/${encodeURIComponent(name)}`}>{name}</Link>,
  },
  {
    id: 'objects',
    header: 'Objects',
    sortingComparator: byCount('objects'),
    cell: ({ counts }) => known(counts, ({ objects }) => countText(objects)),
  },
  {
    id: 'bytes',
    header: 'Size',
    sortingComparator: byCount('bytes'),
    cell: ({ counts }) => known(counts, ({ bytes }) => bytesText(bytes)),
  },
  {
    id: 'encryption',
    header: 'Default encryption',
    sortingComparator: (one, other) => by(one.encryption, other.encryption),
    cell: ({ encryption }) =>
      known(encryption, (kind) =>
        kind === 'AES256' ? (
          <StatusIndicator type="success">SSE-S3</StatusIndicator>
        ) : (
          <StatusIndicator type="info">When asked</StatusIndicator>
        ),
      ),
  },
  {
    id: 'versioning',
    header: 'Versioning',
    sortingComparator: (one, other) => by(one.versioning, other.versioning),
    cell: ({ versioning }) => known(versioning, (state) => state),
  },
  {
    id: 'created',
    header: 'Created',
    sortingField: 'createdAt',
    cell: ({ createdAt }) => shortTimeText(createdAt),
  },
];

function known<Fact>(
  fact: Fact | 'refused' | undefined,
  show: (fact: Exclude<Fact, 'refused'>) => ReactNode,
): ReactNode {
  if (fact === undefined) return <Spinner />;
  if (fact === 'refused') return <Box color="text-status-inactive">Not allowed</Box>;
  return show(fact as Exclude<Fact, 'refused'>);
}

function byCount(name: 'objects' | 'bytes') {
  const of = ({ counts }: BucketRow) => (isCounted(counts) ? counts[name] : -1);
  return (one: BucketRow, other: BucketRow) => of(one) - of(other);
}

function isCounted(counts: BucketRow['counts']): counts is BucketCounts {
  return counts !== undefined && counts !== 'refused';
}

function by(one: string | undefined, other: string | undefined): number {
  return (one ?? '').localeCompare(other ?? '');
}
