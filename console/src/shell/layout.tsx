/** The frame around a page: who and where on top, the rooms at the side, notices above the content. */
import AppLayout from '@cloudscape-design/components/app-layout';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Flashbar from '@cloudscape-design/components/flashbar';
import { useState } from 'react';
import { Outlet } from 'react-router';
import { Navigation } from './navigation.tsx';
import { useToldNotices } from './notices.tsx';
import { TopBar } from './top-bar.tsx';
import { useShownTrail } from './trail.tsx';

const narrow = window.matchMedia('(max-width: 912px)');

export function Layout() {
  const notices = useToldNotices();
  const trail = useShownTrail();
  const [navigationOpen, setNavigationOpen] = useState(!narrow.matches);
  return (
    <>
      <div id="top">
        <TopBar />
      </div>
      <AppLayout
        headerSelector="#top"
        toolsHide
        navigationWidth={240}
        navigationOpen={navigationOpen}
        onNavigationChange={({ detail }) => setNavigationOpen(detail.open)}
        navigation={
          <Navigation
            onFollow={() => {
              if (narrow.matches) setNavigationOpen(false);
            }}
          />
        }
        breadcrumbs={<BreadcrumbGroup items={[...trail]} ariaLabel="Breadcrumbs" />}
        notifications={<Flashbar items={notices} stackItems={notices.length > 3} />}
        stickyNotifications
        content={<Outlet />}
        ariaLabels={{
          navigation: 'Side navigation',
          navigationToggle: 'Open the side navigation',
          navigationClose: 'Close the side navigation',
          notifications: 'Notifications',
        }}
      />
    </>
  );
}
