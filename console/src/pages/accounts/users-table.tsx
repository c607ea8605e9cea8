import { useCollection } from '@cloudscape-design/collection-hooks';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useCallback, useState } from 'react';
import type { ReactNode } from 'react';
import type { CreatedUser, UserReport } from '../../../../src/admin/contract.ts';
import { admin } from '../../api/admin.ts';
import { ErrorBox } from '../../shell/error-box.tsx';
import { useMay } from '../../shell/session.tsx';
import { useLoaded } from '../../shell/use-loaded.ts';
import { countText, plural } from '../../text/bytes.ts';
import { timeText } from '../../text/times.ts';
import { CreateUser } from './create-user.tsx';
import { IssuedKey } from './issued-key.tsx';
import { userAddress } from './names.ts';

const pageSize = 20;

/** The users of an account. */
export function UsersTable({ account }: { readonly account: string }) {
  const load = useCallback(
    async (signal: AbortSignal) => {
      const path = { account };
      return (await admin('GET /admin/v1/accounts/{account}/users', { path, signal })).users;
    },
    [account],
  );
  const { value, error, loading, reload } = useLoaded(load);
  const [dialog, setDialog] = useState<'create' | CreatedUser>();
  const may = useMay();
  const close = (): void => setDialog(undefined);
  const create = may('CreateUser') ? (
    <Button onClick={() => setDialog('create')}>Create user</Button>
  ) : null;
  const { items, collectionProps, filterProps, filteredItemsCount, paginationProps } =
    useCollection(value ?? [], {
      filtering: {
        fields: ['name', 'id'],
        empty: <NoUsers create={create} />,
        noMatch: <Box textAlign="center">No user matches.</Box>,
      },
      pagination: { pageSize },
      sorting: {},
    });
  const many = (value?.length ?? 0) > pageSize;
  return (
    <SpaceBetween size="s">
      <ErrorBox what="The users could not be listed" error={error} retry={reload} />
      <Table
        {...collectionProps}
        items={items}
        trackBy="id"
        loading={loading && value === undefined}
        loadingText="Listing users"
        wrapLines
        ariaLabels={{ tableLabel: 'Users' }}
        columnDefinitions={columns}
        header={
          <Header
            variant="h2"
            counter={value === undefined ? '' : `(${value.length})`}
            actions={create}
          >
            Users
          </Header>
        }
        filter={
          many ? (
            <TextFilter
              {...filterProps}
              filteringPlaceholder="Find users by name"
              filteringAriaLabel="Find users by name"
              countText={plural(filteredItemsCount ?? 0, 'user')}
            />
          ) : null
        }
        pagination={many ? <Pagination {...paginationProps} /> : null}
      />
      {dialog === 'create' ? (
        <CreateUser
          account={account}
          onClose={close}
          onCreated={(created) => {
            setDialog(created);
            reload();
          }}
        />
      ) : null}
      {dialog === undefined || dialog === 'create' ? null : (
        <IssuedKey issued={dialog.accessKey} owner={dialog.user.name} onClose={close} />
      )}
    </SpaceBetween>
  );
}

function NoUsers({ create }: { readonly create: ReactNode }) {
  return (
    <Box textAlign="center" padding={{ vertical: 's' }}>
      <SpaceBetween size="xs">
        <Box variant="strong">No users yet</Box>
        <Box color="text-body-secondary">
          A user has keys of its own, and may do what its policy says.
        </Box>
        {create}
      </SpaceBetween>
    </Box>
  );
}

const columns: readonly TableProps.ColumnDefinition<UserReport>[] = [
  {
    id: 'name',
    header: 'Name',
    isRowHeader: true,
    sortingField: 'name',
    cell: ({ account, name }) => <Link href={userAddress(account, name)}>{name}</Link>,
  },
  {
    id: 'policy',
    header: 'Policy',
    cell: ({ policy }) => (policy === null ? 'None' : 'Own policy'),
  },
  {
    id: 'keys',
    header: 'Access keys',
    cell: ({ accessKeys }) => countText(accessKeys.length),
  },
  {
    id: 'created',
    header: 'Created',
    sortingField: 'createdAt',
    cell: ({ createdAt }) => timeText(createdAt),
  },
];
