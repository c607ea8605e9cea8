/** The settings that the server runs with, and where each came from. Secrets are not among them. */
import { operation } from '../operation.ts';

export const showConfig = operation({
  name: 'ShowConfig',
  route: 'GET /admin/v1/config',
  permission: 'coffer:ShowConfig',
  reach: 'administrators',
  input: () => undefined,
  subject: () => ({ kind: 'server' }),
  run: async ({ services }) => ({ settings: services.settings }),
});
