/** Every address of the console. A page's code is loaded when it is first shown. */
import { createBrowserRouter, redirect } from 'react-router';
import { Root } from './shell/root.tsx';
import { NotFound } from './shell/not-found.tsx';
import { BrokenPage } from './shell/broken-page.tsx';
import { Waiting } from './shell/waiting.tsx';

export const router = createBrowserRouter([
  {
    Component: Root,
    ErrorBoundary: BrokenPage,
    HydrateFallback: Waiting,
    children: [
      {
        path: '/sign-in',
        lazy: async () => ({
          Component: (await import('./pages/sign-in/sign-in-page.tsx')).SignInPage,
        }),
      },
      {
        lazy: async () => ({ Component: (await import('./shell/signed-in.tsx')).SignedIn }),
        children: [
          {
            ErrorBoundary: BrokenPage,
            children: [
              { path: '/', loader: () => redirect('/buckets') },
              {
                path: '/buckets',
                lazy: async () => ({
                  Component: (await import('./pages/buckets/buckets-page.tsx')).BucketsPage,
                }),
              },
              {
                path: '/buckets/:bucket',
                lazy: async () => ({
                  Component: (await import('./pages/objects/objects-page.tsx')).ObjectsPage,
                }),
              },
              {
                path: '/buckets/:bucket/object',
                lazy: async () => ({
                  Component: (await import('./pages/object/object-page.tsx')).ObjectPage,
                }),
              },
              {
                path: '/buckets/:bucket/properties',
                lazy: async () => ({
                  Component: (await import('./pages/bucket/properties-page.tsx')).PropertiesPage,
                }),
              },
              {
                path: '/buckets/:bucket/permissions',
                lazy: async () => ({
                  Component: (await import('./pages/bucket/permissions-page.tsx')).PermissionsPage,
                }),
              },
              {
                path: '/keys',
                lazy: async () => ({
                  Component: (await import('./pages/keys/keys-page.tsx')).KeysPage,
                }),
              },
              {
                path: '/inventory',
                lazy: async () => ({
                  Component: (await import('./pages/inventory/inventory-page.tsx')).InventoryPage,
                }),
              },
              {
                path: '/overview',
                lazy: async () => ({
                  Component: (await import('./pages/overview/overview-page.tsx')).OverviewPage,
                }),
              },
              {
                path: '/accounts',
                lazy: async () => ({
                  Component: (await import('./pages/accounts/accounts-page.tsx')).AccountsPage,
                }),
              },
              {
                path: '/accounts/:account',
                lazy: async () => ({
                  Component: (await import('./pages/accounts/account-page.tsx')).AccountPage,
                }),
              },
              { path: '*', Component: NotFound },
            ],
          },
        ],
      },
    ],
  },
]);
