/** Access keys of an account or of one user: make, disable, enable, delete. */
import { useCollection } from '@cloudscape-design/collection-hooks';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useCallback, useMemo, useState } from 'react';
import type { AccessKeyReport, IssuedAccessKey } from '../../../../src/admin/contract.ts';
import { admin } from '../../api/admin.ts';
import { Ask } from '../../shell/ask.tsx';
import { ErrorBox } from '../../shell/error-box.tsx';
import { useNotices } from '../../shell/notices.tsx';
import { useMay } from '../../shell/session.tsx';
import { useLoaded } from '../../shell/use-loaded.ts';
import { plural } from '../../text/bytes.ts';
import { timeText } from '../../text/times.ts';
import { IssuedKey } from './issued-key.tsx';
import { DeleteKey, DisableKey } from './key-dialogs.tsx';
import { userAddress } from './names.ts';

const pageSize = 20;
type Dialog =
  | { readonly kind: 'create' }
  | { readonly kind: 'issued'; readonly issued: IssuedAccessKey }
  | { readonly kind: 'disable' | 'delete'; readonly key: AccessKeyReport };

export function KeysTable({
  account,
  user,
}: {
  readonly account: string;
  /** Undefined: all of the account, the root's and its users'. */
  readonly user: string | undefined;
}) {
  const load = useCallback(
    async (signal: AbortSignal) => {
      const query = user === undefined ? {} : { user };
      const path = { account };
      const route = 'GET /admin/v1/accounts/{account}/access-keys';
      return (await admin(route, { path, query, signal })).accessKeys;
    },
    [account, user],
  );
  const { value, error, loading, reload } = useLoaded(load);
  const [dialog, setDialog] = useState<Dialog>();
  const may = useMay();
  const notices = useNotices();
  const owner = user ?? `${account} (root)`;
  const close = (): void => setDialog(undefined);
  const changed = (text: string): void => {
    close();
    notices.done(text);
    reload();
  };

  const mayUpdate = may('UpdateAccessKey');
  const mayDelete = may('DeleteAccessKey');
  const enable = useCallback(
    async (key: AccessKeyReport): Promise<void> => {
      const { accessKeyId } = key;
      try {
        const sent = { path: { accessKeyId }, body: { enabled: true } };
        await admin('PATCH /admin/v1/access-keys/{accessKeyId}', sent);
        reload();
      } catch (refused) {
        notices.failed('The access key is not enabled', refused);
      }
    },
    [notices, reload],
  );
  const columns = useMemo(
    () =>
      columnsOf({
        ofAll: user === undefined,
        act: (act, key) => {
          if (act === 'enable') void enable(key);
          else setDialog({ kind: act, key });
        },
        mayUpdate,
        mayDelete,
      }),
    [user, enable, mayUpdate, mayDelete],
  );

  const { items, collectionProps, filterProps, filteredItemsCount, paginationProps } =
    useCollection(value ?? [], {
      filtering: {
        fields: ['accessKeyId', 'user'],
        empty: (
          <Box textAlign="center" color="text-body-secondary">
            No access keys: nobody can act as {owner}.
          </Box>
        ),
        noMatch: <Box textAlign="center">No key matches.</Box>,
      },
      pagination: { pageSize },
      sorting: {},
    });
  const many = (value?.length ?? 0) > pageSize;
  return (
    <SpaceBetween size="s">
      <ErrorBox what="The access keys could not be listed" error={error} retry={reload} />
      <Table
        {...collectionProps}
        items={items}
        trackBy="accessKeyId"
        loading={loading && value === undefined}
        loadingText="Listing access keys"
        wrapLines
        ariaLabels={{ tableLabel: 'Access keys' }}
        columnDefinitions={columns}
        header={
          <Header
            variant="h2"
            counter={value === undefined ? '' : `(${value.length})`}
            description={user === undefined ? 'Of the root and of all users.' : undefined}
            actions={
              may('CreateAccessKey') ? (
                <Button onClick={() => setDialog({ kind: 'create' })}>
                  {user === undefined ? 'Create a root key' : 'Create access key'}
                </Button>
              ) : null
            }
          >
            Access keys
          </Header>
        }
        filter={
          many ? (
            <TextFilter
              {...filterProps}
              filteringPlaceholder="Find keys by id or user"
              filteringAriaLabel="Find keys by id or user"
              countText={plural(filteredItemsCount ?? 0, 'key')}
            />
          ) : null
        }
        pagination={many ? <Pagination {...paginationProps} /> : null}
      />
      {dialog?.kind === 'create' ? (
        <Ask
          header={`Create an access key of ${owner}`}
          action="Create"
          failed="No access key is made"
          onClose={close}
          run={async () => {
            const sent = { path: { account }, body: user === undefined ? {} : { user } };
            const route = 'POST /admin/v1/accounts/{account}/access-keys';
            setDialog({ kind: 'issued', issued: await admin(route, sent) });
            reload();
          }}
        >
          <Box>
            {user === undefined
              ? 'A root key may do everything in the account. For programs, a user with a policy is better.'
              : 'To change keys without a pause: make the second, use it, then delete the first.'}
          </Box>
        </Ask>
      ) : null}
      {dialog?.kind === 'issued' ? (
        <IssuedKey issued={dialog.issued} owner={user ?? account} onClose={close} />
      ) : null}
      {dialog?.kind === 'disable' ? (
        <DisableKey report={dialog.key} onClose={close} onDone={changed} />
      ) : null}
      {dialog?.kind === 'delete' ? (
        <DeleteKey report={dialog.key} onClose={close} onDone={changed} />
      ) : null}
    </SpaceBetween>
  );
}

interface Acting {
  readonly ofAll: boolean;
  readonly act: (act: 'disable' | 'enable' | 'delete', key: AccessKeyReport) => void;
  readonly mayUpdate: boolean;
  readonly mayDelete: boolean;
}

function columnsOf({
  ofAll,
  act,
  mayUpdate,
  mayDelete,
}: Acting): readonly TableProps.ColumnDefinition<AccessKeyReport>[] {
  const owner: TableProps.ColumnDefinition<AccessKeyReport> = {
    id: 'owner',
    header: 'Of',
    cell: ({ account, user }) =>
      user === null ? 'Root' : <Link href={userAddress(account, user)}>{user}</Link>,
  };
  const actions: TableProps.ColumnDefinition<AccessKeyReport> = {
    id: 'actions',
    header: 'Actions',
    cell: (key) => (
      <SpaceBetween direction="horizontal" size="s">
        {mayUpdate ? (
          <Button
            variant="inline-link"
            ariaLabel={`${key.enabled ? 'Disable' : 'Enable'} ${key.accessKeyId}`}
            onClick={() => act(key.enabled ? 'disable' : 'enable', key)}
          >
            {key.enabled ? 'Disable' : 'Enable'}
          </Button>
        ) : null}
        {mayDelete ? (
          <Button
            variant="inline-link"
            ariaLabel={`Delete ${key.accessKeyId}`}
            onClick={() => act('delete', key)}
          >
            Delete
          </Button>
        ) : null}
      </SpaceBetween>
    ),
  };
  return [
    {
      id: 'id',
      header: 'Access key id',
      minWidth: 190,
      isRowHeader: true,
      cell: ({ accessKeyId }) => <span className="exact">{accessKeyId}</span>,
    },
    ...(ofAll ? [owner] : []),
    {
      id: 'state',
      header: 'State',
      minWidth: 120,
      cell: ({ enabled }) =>
        enabled ? (
          <StatusIndicator type="success">Enabled</StatusIndicator>
        ) : (
          <StatusIndicator type="stopped">Disabled</StatusIndicator>
        ),
    },
    {
      id: 'created',
      header: 'Created',
      minWidth: 150,
      sortingField: 'createdAt',
      cell: ({ createdAt }) => timeText(createdAt),
    },
    ...(mayUpdate || mayDelete ? [actions] : []),
  ];
}
