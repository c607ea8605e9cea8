/** Which protection each object version has, under which key: counted, listed and exported. */
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { ForAdministrators } from '../../shell/for-administrators.tsx';
import { PageBody } from '../../shell/page-body.tsx';
import { useMay, useSession } from '../../shell/session.tsx';
import { EntriesTable } from './entries-table.tsx';
import { FilterBar } from './filter-bar.tsx';
import { filtersOf, queryOf } from './filters.ts';
import { SummaryTable } from './summary-table.tsx';

const trail = [{ text: 'Encryption inventory', href: '/inventory' }];

export function InventoryPage() {
  const may = useMay();
  const { administrator, account } = useSession();
  return (
    <PageBody
      title="Encryption inventory"
      trail={trail}
      description={
        administrator
          ? 'What was promised for each object version, and which master key version wraps its key. Everything is sealed, promised or not.'
          : `What was promised for each object version in the buckets of the account ${account}. Everything is sealed, promised or not.`
      }
    >
      {may('ListInventory') ? (
        <Inventory />
      ) : (
        <ForAdministrators what="the inventory" action="ListInventory" />
      )}
    </PageBody>
  );
}

function Inventory() {
  const [query, setQuery] = useSearchParams();
  const may = useMay();
  const address = query.toString();
  const filters = useMemo(() => filtersOf(new URLSearchParams(address)), [address]);
  return (
    <SpaceBetween size="l">
      <FilterBar key={address} filters={filters} onApply={(next) => setQuery(queryOf(next))} />
      {may('SummarizeInventory') ? <SummaryTable filters={filters} /> : null}
      <EntriesTable key={`table ${address}`} filters={filters} />
    </SpaceBetween>
  );
}
