import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useCallback, useMemo, useState } from 'react';
import type { InventoryEntryReport } from '../../../../src/admin/contract.ts';
import { ErrorBox } from '../../shell/error-box.tsx';
import { Exact } from '../../shell/exact.tsx';
import { useLoaded } from '../../shell/use-loaded.ts';
import { bytesText, countText } from '../../text/bytes.ts';
import { objectAddress } from '../../text/keys.ts';
import { timeText } from '../../text/times.ts';
import { ExportButton } from './export-button.tsx';
import type { Filters } from './filters.ts';
import { Protection } from './protection.tsx';
import { InventoryReader, tablePageSize } from './reader.ts';

/** Every version that the filters leave, read page by page as one turns them. */
export function EntriesTable({ filters }: { readonly filters: Filters }) {
  const reader = useMemo(() => new InventoryReader(filters), [filters]);
  const [page, setPage] = useState(1);
  const [looked, setLooked] = useState(0);
  const load = useCallback(
    async (signal: AbortSignal) => {
      // One more than is shown: whether there is a next page.
      const count = page * tablePageSize + 1;
      await reader.readTo(count, signal, () => setLooked(reader.looked));
      return reader.entries.length;
    },
    [reader, page],
  );
  const { error, loading, reload } = useLoaded(load);

  const items = reader.entries.slice((page - 1) * tablePageSize, page * tablePageSize);
  const pages = Math.max(1, Math.ceil(reader.entries.length / tablePageSize));
  const found = reader.ended
    ? countText(reader.entries.length)
    : `${countText(reader.entries.length)}+`;
  return (
    <SpaceBetween size="s">
      <ErrorBox what="The inventory could not be listed" error={error} retry={reload} />
      <Table
        items={items}
        trackBy={({ bucket, key, versionId }) => `${bucket}/${versionId}/${key}`}
        loading={loading && items.length === 0}
        loadingText={`Looking: ${countText(looked)} versions so far`}
        wrapLines
        ariaLabels={{ tableLabel: 'Object versions' }}
        columnDefinitions={columns}
        header={
          <Header
            variant="h2"
            counter={loading ? '' : `(${found})`}
            actions={<ExportButton filters={filters} />}
          >
            {filters.onlyNone ? 'Objects without requested encryption' : 'Object versions'}
          </Header>
        }
        pagination={
          <Pagination
            currentPageIndex={page}
            pagesCount={pages}
            openEnd={!reader.ended}
            disabled={loading}
            onChange={({ detail }) => setPage(detail.currentPageIndex)}
            ariaLabels={{ nextPageLabel: 'Next page', previousPageLabel: 'Previous page' }}
          />
        }
        empty={
          <SpaceBetween size="xxs">
            <Box textAlign="center" variant="strong">
              {filters.onlyNone ? 'No such objects' : 'No object versions'}
            </Box>
            <Box textAlign="center" color="text-body-secondary">
              {filters.onlyNone
                ? 'Encryption was requested, or is the bucket’s default, for everything here.'
                : 'Nothing that you may see matches these filters.'}
            </Box>
          </SpaceBetween>
        }
      />
    </SpaceBetween>
  );
}

const columns: readonly TableProps.ColumnDefinition<InventoryEntryReport>[] = [
  { id: 'bucket', header: 'Bucket', cell: ({ bucket }) => bucket },
  {
    id: 'key',
    header: 'Key',
    isRowHeader: true,
    minWidth: 180,
    cell: ({ bucket, key, versionId }) => (
      <Link href={objectAddress(bucket, key, versionId)}>
        <Exact text={key} />
      </Link>
    ),
  },
  {
    id: 'version',
    header: 'Version id',
    minWidth: 180,
    cell: ({ versionId, deleteMarker }) => (
      <>
        <span className="exact">{versionId}</span>
        {deleteMarker ? ' (delete marker)' : ''}
      </>
    ),
  },
  {
    id: 'protection',
    header: 'Protection',
    minWidth: 120,
    cell: ({ protection, deleteMarker }) => (deleteMarker ? '–' : <Protection of={protection} />),
  },
  { id: 'keyVersion', header: 'Key version', cell: ({ keyVersion }) => String(keyVersion) },
  { id: 'format', header: 'Format', cell: ({ format }) => String(format) },
  {
    id: 'size',
    header: 'Size',
    minWidth: 95,
    cell: ({ size }) => (size === null ? '–' : bytesText(size)),
  },
  {
    id: 'modified',
    header: 'Last modified',
    minWidth: 150,
    cell: ({ lastModified }) => timeText(lastModified),
  },
];
