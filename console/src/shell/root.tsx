/** Around every page: who is signed in, what is told, and links that stay in the app. */
import { I18nProvider } from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { Outlet } from 'react-router';
import { NoticesProvider } from './notices.tsx';
import { SessionProvider } from './session.tsx';
import { TrailProvider } from './trail.tsx';
import { useLinksInApp } from './links.ts';

export function Root() {
  useLinksInApp();
  return (
    <I18nProvider locale="en" messages={[messages]}>
      <SessionProvider>
        <NoticesProvider>
          <TrailProvider>
            <Outlet />
          </TrailProvider>
        </NoticesProvider>
      </SessionProvider>
    </I18nProvider>
  );
}
