/** Every account of the server: for administrators. */
import { useCollection } from '@cloudscape-design/collection-hooks';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useState } from 'react';
import type { AccountReport, IssuedAccessKey } from '../../../../src/admin/contract.ts';
import { admin } from '../../api/admin.ts';
import { ErrorBox } from '../../shell/error-box.tsx';
import { PageBody } from '../../shell/page-body.tsx';
import { useMay, useSession } from '../../shell/session.tsx';
import { useLoaded } from '../../shell/use-loaded.ts';
import { countText, plural } from '../../text/bytes.ts';
import { timeText } from '../../text/times.ts';
import { CreateAccount } from './create-account.tsx';
import { IssuedKey } from './issued-key.tsx';
import { accountAddress } from './names.ts';

const trail = [{ text: 'Accounts', href: '/accounts' }];
const pageSize = 20;
const load = async (signal: AbortSignal) =>
  (await admin('GET /admin/v1/accounts', { signal })).accounts;

export function AccountsPage() {
  const may = useMay();
  const { account } = useSession();
  if (may('ListAccounts')) return <Accounts />;
  return (
    <PageBody title="Accounts" trail={trail}>
      <Alert
        type="info"
        header="The list of accounts is for administrators"
        action={
          may('ListUsers') ? <Button href={accountAddress(account)}>Your account</Button> : null
        }
      >
        Your identity may not see other accounts (coffer:ListAccounts).
      </Alert>
    </PageBody>
  );
}

function Accounts() {
  const may = useMay();
  const { value, error, loading, reload } = useLoaded(load);
  const [creating, setCreating] = useState(false);
  const [issued, setIssued] = useState<{ readonly owner: string; readonly key: IssuedAccessKey }>();
  const { items, collectionProps, filterProps, filteredItemsCount, paginationProps } =
    useCollection(value ?? [], {
      filtering: {
        fields: ['name', 'id', 'canonicalId'],
        noMatch: <Box textAlign="center">No account matches.</Box>,
      },
      pagination: { pageSize },
      sorting: { defaultState: { sortingColumn: columns[0] ?? {} } },
    });
  return (
    <PageBody title="Accounts" trail={trail} bare>
      <ErrorBox what="The accounts could not be listed" error={error} retry={reload} />
      <Table
        {...collectionProps}
        items={items}
        trackBy="id"
        variant="full-page"
        stickyHeader
        loading={loading && value === undefined}
        loadingText="Listing accounts"
        columnDefinitions={columns}
        ariaLabels={{ tableLabel: 'Accounts' }}
        header={
          <Header
            variant="h1"
            counter={value === undefined ? '' : `(${value.length})`}
            description="An account owns buckets and has users. Accounts see nothing of each other but what bucket policies let."
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button iconName="refresh" ariaLabel="List the accounts again" onClick={reload} />
                {may('CreateAccount') ? (
                  <Button variant="primary" onClick={() => setCreating(true)}>
                    Create account
                  </Button>
                ) : null}
              </SpaceBetween>
            }
          >
            Accounts
          </Header>
        }
        filter={
          <TextFilter
            {...filterProps}
            filteringPlaceholder="Find accounts by name or id"
            filteringAriaLabel="Find accounts by name or id"
            countText={plural(filteredItemsCount ?? 0, 'account')}
          />
        }
        pagination={(value?.length ?? 0) > pageSize ? <Pagination {...paginationProps} /> : null}
      />
      {creating ? (
        <CreateAccount
          onClose={() => setCreating(false)}
          onCreated={({ account, accessKey }) => {
            setCreating(false);
            setIssued({ owner: account.name, key: accessKey });
            reload();
          }}
        />
      ) : null}
      {issued === undefined ? null : (
        <IssuedKey issued={issued.key} owner={issued.owner} onClose={() => setIssued(undefined)} />
      )}
    </PageBody>
  );
}

const columns: TableProps.ColumnDefinition<AccountReport>[] = [
  {
    id: 'name',
    header: 'Name',
    isRowHeader: true,
    sortingField: 'name',
    cell: ({ name }) => <Link href={accountAddress(name)}>{name}</Link>,
  },
  {
    id: 'id',
    header: 'Account id',
    sortingField: 'id',
    cell: ({ id }) => <span className="exact">{id}</span>,
  },
  {
    id: 'users',
    header: 'Users',
    sortingField: 'users',
    cell: ({ users }) => countText(users),
  },
  {
    id: 'keys',
    header: 'Root’s access keys',
    cell: ({ accessKeys }) => countText(accessKeys.length),
  },
  {
    id: 'created',
    header: 'Created',
    sortingField: 'createdAt',
    cell: ({ createdAt }) => timeText(createdAt),
  },
];
