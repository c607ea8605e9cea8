/** The frame around a page: who and where on top, the rooms at the side, notices above the content. */
import AppLayout from '@cloudscape-design/components/app-layout';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Flashbar from '@cloudscape-design/components/flashbar';
import LiveRegion from '@cloudscape-design/components/live-region';
import { useEffect, useState } from 'react';
import { Outlet } from 'react-router';
import { uploads } from '../upload/uploads.ts';
import { Navigation } from './navigation.tsx';
import { useToldNotices } from './notices.tsx';
import { useSession } from './session.tsx';
import { TopBar } from './top-bar.tsx';
import { useShownTrail } from './trail.tsx';
import { UploadPanel, useLeaveWarning, useUploads } from './upload-panel.tsx';

const narrow = window.matchMedia('(max-width: 912px)');

export function Layout() {
  const notices = useToldNotices();
  const trail = useShownTrail();
  const [navigationOpen, setNavigationOpen] = useState(!narrow.matches);
  const { accessKeyId } = useSession();
  const queue = useUploads();
  const [panelOpen, setPanelOpen] = useState(true);
  const working = queue.active + queue.paused > 0;
  const shown = queue.uploads.length > 0;
  useLeaveWarning(working);
  useEffect(() => uploads.ownedBy(accessKeyId), [accessKeyId]);
  // Each new turn of uploads shows itself.
  useEffect(() => {
    if (working) setPanelOpen(true);
  }, [working]);
  useStrayDrops();
  useEffect(() => {
    // Cloudscape's toolbar of narrow windows gives it to a landmark, which has no orientation.
    for (const nav of document.querySelectorAll('nav[aria-orientation]')) {
      nav.removeAttribute('aria-orientation');
    }
  });
  return (
    <>
      <div id="top">
        <TopBar />
      </div>
      {/* A page that comes without a load is told to who does not see it. */}
      <LiveRegion hidden>{trail.at(-1)?.text ?? ''}</LiveRegion>
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
        splitPanel={shown ? <UploadPanel report={queue} /> : undefined}
        splitPanelOpen={shown && panelOpen}
        onSplitPanelToggle={({ detail }) => setPanelOpen(detail.open)}
        splitPanelPreferences={{ position: 'bottom' }}
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

/** A file dropped beside what takes it would be opened in place of the console. */
function useStrayDrops(): void {
  useEffect(() => {
    const refuse = (event: DragEvent): void => event.preventDefault();
    window.addEventListener('dragover', refuse);
    window.addEventListener('drop', refuse);
    return () => {
      window.removeEventListener('dragover', refuse);
      window.removeEventListener('drop', refuse);
    };
  }, []);
}
