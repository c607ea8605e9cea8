import TopNavigation from '@cloudscape-design/components/top-navigation';
import { useNavigate } from 'react-router';
import { useNotices } from './notices.tsx';
import { useSession, useSessionHolder } from './session.tsx';
import { uploads } from '../upload/uploads.ts';
import { useTheme, type Theme } from './theme.ts';

/** Who is signed in, and where; light and dark; the way out. */
export function TopBar() {
  const session = useSession();
  const { signOut } = useSessionHolder();
  const [theme, setTheme] = useTheme();
  const notices = useNotices();
  const navigate = useNavigate();
  const who = session.user === null ? `${session.account} (root)` : session.user;

  const leave = async (everywhere: boolean): Promise<void> => {
    try {
      // While they can still be aborted.
      await Promise.race([uploads.cancelAll(), new Promise((end) => setTimeout(end, abortMsMax))]);
      uploads.clear();
      await signOut(everywhere);
      await navigate('/sign-in');
    } catch (error) {
      notices.failed('You are still signed in', error);
    }
  };

  return (
    <TopNavigation
      identity={{ href: '/buckets', title: 'Coffer', logo: { src: '/favicon.svg', alt: 'Logo' } }}
      utilities={[
        {
          type: 'menu-dropdown',
          iconName: 'settings',
          text: 'Theme',
          ariaLabel: 'Theme',
          items: (['system', 'light', 'dark'] as const).map((id) => ({
            id,
            text: themeNames[id],
            itemType: 'checkbox',
            checked: id === theme,
          })),
          onItemClick: ({ detail }) => setTheme(detail.id as Theme),
        },
        {
          type: 'menu-dropdown',
          iconName: 'user-profile',
          text: who,
          title: session.arn,
          description: `${session.endpoint} · ${session.region}`,
          items: [
            {
              id: 'where',
              text: 'Signed in',
              items: [
                { id: 'key', text: `Access key ${session.accessKeyId}`, disabled: true },
                {
                  id: 'account',
                  text: `Account ${session.account} (${session.accountId})`,
                  disabled: true,
                },
                { id: 'version', text: `Coffer ${session.version}`, disabled: true },
              ],
            },
            { id: 'out', text: 'Sign out' },
            { id: 'everywhere', text: 'Sign out everywhere' },
          ],
          onItemClick: ({ detail }) => {
            if (detail.id === 'out' || detail.id === 'everywhere') {
              void leave(detail.id === 'everywhere');
            }
          },
        },
      ]}
    />
  );
}

const abortMsMax = 5000;

const themeNames: Readonly<Record<Theme, string>> = {
  system: 'As the system',
  light: 'Light',
  dark: 'Dark',
};
