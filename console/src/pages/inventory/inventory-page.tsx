/** Which protection each object version has, under which key: counted, listed and exported. */
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { PageBody } from '../../shell/page-body.tsx';
import { useMay, useSession } from '../../shell/session.tsx';
import { EntriesTable } from './entries-table.tsx';
import { FilterBar } from './filter-bar.tsx';
import { filtersOf, queryOf } from './filters.ts';
import { SummaryTable } from './summary-table.tsx';

export function InventoryPage() {
  const [query, setQuery] = useSearchParams();
  const may = useMay();
  const { administrator, account } = useSession();
  const address = query.toString();
  const filters = useMemo(() => filtersOf(new URLSearchParams(address)), [address]);
  return (
    <PageBody
      title="Encryption inventory"
      trail={[{ text: 'Encryption inventory', href: '/inventory' }]}
      description={
        administrator
          ? 'What was promised for each object version, and which master key version wraps its key. Everything is sealed, promised or not.'
          : `What was promised for each object version in the buckets of the account ${account}. Everything is sealed, promised or not.`
      }
    >
      <FilterBar key={address} filters={filters} onApply={(next) => setQuery(queryOf(next))} />
      {may('SummarizeInventory') ? <SummaryTable filters={filters} /> : null}
      <EntriesTable key={`table ${address}`} filters={filters} />
    </PageBody>
  );
}
