/** The buckets of the account: what is in them and how they are kept; make, empty and delete. */
import { useCollection } from '@cloudscape-design/collection-hooks';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import { listBuckets } from '../../api/buckets.ts';
import { ErrorBox } from '../../shell/error-box.tsx';
import { useNotices } from '../../shell/notices.tsx';
import { PageBody } from '../../shell/page-body.tsx';
import { useLoaded } from '../../shell/use-loaded.ts';
import { plural } from '../../text/bytes.ts';
import { prefixAddress } from '../../text/keys.ts';
import { bucketColumns, type BucketRow } from './bucket-columns.tsx';
import { CreateBucket } from './create-bucket.tsx';
import { DeleteBucket } from './delete-bucket.tsx';
import { EmptyBucket } from './empty-bucket.tsx';
import { OpenByName } from './open-by-name.tsx';
import { useBucketFacts } from './use-bucket-facts.ts';

const pageSize = 20;
const trail = [{ text: 'Buckets', href: '/buckets' }];
type Dialog = { readonly kind: 'create' } | { readonly kind: 'empty' | 'delete'; name: string };

export function BucketsPage() {
  const { value: buckets, error, loading, reload } = useLoaded(listBuckets);
  const [shown, setShown] = useState<readonly string[]>([]);
  const { facts, refresh } = useBucketFacts(shown);
  const [dialog, setDialog] = useState<Dialog>();

  const rows = useMemo(
    () => (buckets ?? []).map((bucket): BucketRow => ({ ...bucket, ...facts.get(bucket.name) })),
    [buckets, facts],
  );
  const { items, collectionProps, filterProps, filteredItemsCount, paginationProps } =
    useCollection(rows, {
      filtering: {
        fields: ['name'],
        empty: <NoBuckets onCreate={() => setDialog({ kind: 'create' })} />,
        noMatch: <Box textAlign="center">No bucket has that in its name.</Box>,
      },
      pagination: { pageSize },
      sorting: { defaultState: { sortingColumn: bucketColumns[0] ?? {} } },
      selection: { trackBy: 'name' },
    });
  const names = items.map(({ name }) => name);
  if (names.join('/') !== shown.join('/')) setShown(names);
  const selected = collectionProps.selectedItems?.[0]?.name;

  return (
    <PageBody title="Buckets" trail={trail} bare>
      {error === undefined ? null : (
        <ErrorBox what="The buckets could not be listed" error={error} retry={reload} />
      )}
      <Table
        {...collectionProps}
        items={items}
        columnDefinitions={bucketColumns}
        variant="full-page"
        stickyHeader
        selectionType="single"
        loading={loading && buckets === undefined}
        loadingText="Listing buckets"
        ariaLabels={{
          tableLabel: 'Buckets',
          selectionGroupLabel: 'Choice of a bucket',
          itemSelectionLabel: (_selection, { name }) => `Select ${name}`,
        }}
        header={
          <BucketsHeader
            count={buckets?.length}
            selected={selected}
            onReload={reload}
            onDialog={setDialog}
          />
        }
        filter={
          <TextFilter
            {...filterProps}
            filteringPlaceholder="Find buckets by name"
            filteringAriaLabel="Find buckets by name"
            countText={plural(filteredItemsCount ?? 0, 'bucket')}
          />
        }
        pagination={rows.length > pageSize ? <Pagination {...paginationProps} /> : null}
      />
      <ExpandableSection headerText="A bucket that is not listed">
        <OpenByName />
      </ExpandableSection>
      {dialog === undefined ? null : (
        <BucketDialog dialog={dialog} onDialog={setDialog} onEmptied={refresh} onDeleted={reload} />
      )}
    </PageBody>
  );
}

function BucketsHeader({
  count,
  selected,
  onReload,
  onDialog,
}: {
  readonly count: number | undefined;
  /** The name of a bucket. */
  readonly selected: string | undefined;
  readonly onReload: () => void;
  readonly onDialog: (dialog: Dialog) => void;
}) {
  return (
    <Header
      variant="h1"
      counter={count === undefined ? '' : `(${count})`}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button iconName="refresh" ariaLabel="List the buckets again" onClick={onReload} />
          <Button
            disabled={selected === undefined}
            onClick={() => onDialog({ kind: 'empty', name: selected ?? '' })}
          >
            Empty
          </Button>
          <Button
            disabled={selected === undefined}
            onClick={() => onDialog({ kind: 'delete', name: selected ?? '' })}
          >
            Delete
          </Button>
          <Button variant="primary" onClick={() => onDialog({ kind: 'create' })}>
            Create bucket
          </Button>
        </SpaceBetween>
      }
    >
      Buckets
    </Header>
  );
}

function BucketDialog({
  dialog,
  onDialog,
  onEmptied,
  onDeleted,
}: {
  readonly dialog: Dialog;
  readonly onDialog: (dialog: Dialog | undefined) => void;
  readonly onEmptied: (name: string) => void;
  readonly onDeleted: () => void;
}) {
  const notices = useNotices();
  const navigate = useNavigate();
  const close = () => onDialog(undefined);
  switch (dialog.kind) {
    case 'create':
      return (
        <CreateBucket
          onClose={close}
          onCreated={(name) => {
            close();
            notices.done(`The bucket ${name} is made.`);
            void navigate(prefixAddress(name));
          }}
        />
      );
    case 'empty':
      return (
        <EmptyBucket
          bucket={dialog.name}
          onClose={() => {
            close();
            onEmptied(dialog.name);
          }}
        />
      );
    case 'delete':
      return (
        <DeleteBucket
          bucket={dialog.name}
          onClose={close}
          onEmpty={() => onDialog({ kind: 'empty', name: dialog.name })}
          onDeleted={() => {
            close();
            notices.done(`The bucket ${dialog.name} is deleted.`);
            onDeleted();
          }}
        />
      );
  }
}

function NoBuckets({ onCreate }: { readonly onCreate: () => void }) {
  return (
    <Box textAlign="center" padding={{ vertical: 'l' }}>
      <SpaceBetween size="s">
        <Box variant="strong">No buckets yet</Box>
        <Box color="text-body-secondary">Objects are kept in buckets. Make the first one.</Box>
        <Button onClick={onCreate}>Create bucket</Button>
      </SpaceBetween>
    </Box>
  );
}
