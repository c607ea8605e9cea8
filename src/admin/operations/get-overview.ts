/** How the server does: health, disk, requests and errors as counters, latency, keys. */
import { operation } from '../operation.ts';

export const getOverview = operation({
  name: 'GetOverview',
  route: 'GET /admin/v1/overview',
  permission: 'coffer:GetOverview',
  reach: 'administrators',
  input: () => ({}),
  subject: () => ({ kind: 'server' }),
  run: ({ services }) => services.overview(),
});
