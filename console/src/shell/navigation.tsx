import SideNavigation, {
  type SideNavigationProps,
} from '@cloudscape-design/components/side-navigation';
import { useLocation } from 'react-router';
import { useMay, useSession } from './session.tsx';

/** What the session's identity has no use for is not shown. */
export function Navigation({ onFollow }: { readonly onFollow: () => void }) {
  const session = useSession();
  const may = useMay();
  const { pathname } = useLocation();
  const operating: SideNavigationProps.Item[] = [
    ...when(may('GetOverview'), { type: 'link', text: 'Overview', href: '/overview' }),
    ...when(may('GetKeysStatus'), { type: 'link', text: 'Master keys', href: '/keys' }),
    ...when(may('ListInventory'), {
      type: 'link',
      text: 'Encryption inventory',
      href: '/inventory',
    }),
    ...when(may('ListAccounts'), { type: 'link', text: 'Accounts', href: '/accounts' }),
    ...when(!may('ListAccounts') && may('ListUsers'), {
      type: 'link',
      text: 'Account and users',
      href: `/accounts/${encodeURIComponent(session.account)}`,
    }),
  ];
  return (
    <SideNavigation
      activeHref={`/${pathname.split('/')[1] ?? ''}`}
      header={{ text: 'Object storage', href: '/buckets' }}
      onFollow={onFollow}
      items={[
        { type: 'link', text: 'Buckets', href: '/buckets' },
        ...when(operating.length > 0, { type: 'divider' }),
        ...operating,
      ]}
    />
  );
}

function when(shown: boolean, item: SideNavigationProps.Item): SideNavigationProps.Item[] {
  return shown ? [item] : [];
}
