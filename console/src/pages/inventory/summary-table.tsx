import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useCallback } from 'react';
import type { InventorySummaryRow } from '../../../../src/admin/contract.ts';
import { admin } from '../../api/admin.ts';
import { ErrorBox } from '../../shell/error-box.tsx';
import { useLoaded } from '../../shell/use-loaded.ts';
import { bytesText, countText, percentText, plural } from '../../text/bytes.ts';
import { timeText } from '../../text/times.ts';
import { askedOf, type Filters, queryOf } from './filters.ts';
import { Protection } from './protection.tsx';
import { summaryTotals } from './summary.ts';

/** Counts and bytes by protection and key version, of what the filters leave. */
export function SummaryTable({ filters }: { readonly filters: Filters }) {
  const { bucket, prefix, keyVersion } = filters;
  const load = useCallback(
    (signal: AbortSignal) => {
      const query = askedOf({ bucket, prefix, keyVersion: '', onlyNone: false });
      return admin('GET /admin/v1/inventory/summary', { query, signal });
    },
    [bucket, prefix],
  );
  const { value, error, loading, reload } = useLoaded(load);
  const rows = (value?.rows ?? []).filter(
    (row) => keyVersion === '' || String(row.keyVersion) === keyVersion,
  );
  const total = summaryTotals(rows);
  const counted = value !== undefined && !loading;
  return (
    <SpaceBetween size="s">
      <ErrorBox what="The inventory could not be counted" error={error} retry={reload} />
      <Table
        items={rows}
        trackBy={({ protection, keyVersion }) => `${protection}/${keyVersion}`}
        loading={loading}
        loadingText="Counting: with many objects this takes a while"
        ariaLabels={{ tableLabel: 'Counts by protection and key version' }}
        columnDefinitions={columns}
        header={
          <Header
            variant="h2"
            description={counted ? `Counted ${timeText(value.countedAt)}.` : undefined}
          >
            By protection and key version
          </Header>
        }
        empty={<Box textAlign="center">Nothing is stored here.</Box>}
        footer={
          counted && rows.length > 0 ? (
            <SpaceBetween direction="horizontal" size="l">
              <Box>
                <strong>{plural(total.versions, 'version')}</strong>, {bytesText(total.bytes)}
              </Box>
              {total.none === 0 ? (
                <Box color="text-status-success">Encryption was requested for all of them.</Box>
              ) : (
                <Link href={`/inventory?${queryOf({ ...filters, onlyNone: true }).toString()}`}>
                  {`${countText(total.none)} (${percentText(total.none, total.versions)}) without requested encryption`}
                </Link>
              )}
            </SpaceBetween>
          ) : null
        }
      />
    </SpaceBetween>
  );
}

const columns: readonly TableProps.ColumnDefinition<InventorySummaryRow>[] = [
  {
    id: 'protection',
    header: 'Protection',
    isRowHeader: true,
    cell: ({ protection }) => <Protection of={protection} />,
  },
  { id: 'keyVersion', header: 'Key version', cell: ({ keyVersion }) => String(keyVersion) },
  { id: 'versions', header: 'Versions', cell: ({ versions }) => countText(versions) },
  { id: 'bytes', header: 'Bytes', cell: ({ bytes }) => bytesText(bytes) },
];
