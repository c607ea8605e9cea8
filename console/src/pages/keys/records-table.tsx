import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Modal from '@cloudscape-design/components/modal';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useMemo, useState } from 'react';
import type { RecordReport } from '../../../../src/admin/contract.ts';
import { admin } from '../../api/admin.ts';
import { ErrorBox } from '../../shell/error-box.tsx';
import { saveFile } from '../../shell/save-file.ts';
import { useLoaded } from '../../shell/use-loaded.ts';
import { timeText } from '../../text/times.ts';
import { RecordView, Signature, saveRecord } from './record-view.tsx';

const pageSize = 10;
const loadRecords = (signal: AbortSignal) => admin('GET /admin/v1/keys/records', { signal });

/** Signed records of what cannot be undone, and of each copy of the keys; newest first. */
export function RecordsTable({ turn }: { readonly turn: number }) {
  return <Records key={turn} />;
}

function Records() {
  const { value, error, loading, reload } = useLoaded(loadRecords);
  const [page, setPage] = useState(1);
  const [open, setOpen] = useState<RecordReport>();
  const columns = useMemo(() => columnsOf(setOpen), []);
  const records = value?.records.toReversed() ?? [];
  const saveAll = (): void =>
    saveFile(
      'coffer-records.json',
      [`${JSON.stringify(value, undefined, 2)}\n`],
      'application/json',
    );
  return (
    <SpaceBetween size="s">
      <ErrorBox what="The records could not be loaded" error={error} retry={reload} />
      <Table
        items={records.slice((page - 1) * pageSize, page * pageSize)}
        trackBy="id"
        loading={loading && value === undefined}
        loadingText="Loading the records"
        ariaLabels={{ tableLabel: 'Signed records' }}
        columnDefinitions={columns}
        header={
          <Header
            variant="h2"
            counter={value === undefined ? '' : `(${records.length})`}
            description="Destroyed keys, shredded buckets and recovery kits, signed by this store. Whoever has its public key can check them."
            actions={
              <Button disabled={records.length === 0} iconName="download" onClick={saveAll}>
                Download all (JSON)
              </Button>
            }
          >
            Signed records
          </Header>
        }
        pagination={
          records.length > pageSize ? (
            <Pagination
              currentPageIndex={page}
              pagesCount={Math.ceil(records.length / pageSize)}
              onChange={({ detail }) => setPage(detail.currentPageIndex)}
              ariaLabels={{ nextPageLabel: 'Next page', previousPageLabel: 'Previous page' }}
            />
          ) : null
        }
        empty={
          <SpaceBetween size="xxs">
            <Box textAlign="center" variant="strong">
              No records yet
            </Box>
            <Box textAlign="center" color="text-body-secondary">
              One is made when a key is destroyed, a bucket is shredded or a recovery kit is made.
            </Box>
          </SpaceBetween>
        }
      />
      {open === undefined ? null : (
        <Modal visible size="large" header="Signed record" onDismiss={() => setOpen(undefined)}>
          <RecordView record={open} />
        </Modal>
      )}
    </SpaceBetween>
  );
}

function columnsOf(
  onShow: (record: RecordReport) => void,
): readonly TableProps.ColumnDefinition<RecordReport>[] {
  return [
    {
      id: 'kind',
      header: 'Record',
      minWidth: 200,
      isRowHeader: true,
      cell: (record) => (
        <Button
          variant="inline-link"
          ariaLabel={`Show the record ${record.kind} of ${timeText(record.madeAt)}`}
          onClick={() => onShow(record)}
        >
          {record.kind}
        </Button>
      ),
    },
    { id: 'made', header: 'Made', cell: ({ madeAt }) => timeText(madeAt) },
    { id: 'signature', header: 'Signature', cell: (record) => <Signature record={record} /> },
    {
      id: 'file',
      header: 'File',
      cell: (record) => (
        <Button
          variant="inline-link"
          ariaLabel={`Download the record ${record.kind} of ${timeText(record.madeAt)}`}
          onClick={() => saveRecord(record)}
        >
          Download
        </Button>
      ),
    },
  ];
}
