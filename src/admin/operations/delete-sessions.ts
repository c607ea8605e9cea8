/** Signs the caller's identity out everywhere, whichever of its access keys signed in. */
import { endedCookie } from '../cookie.ts';
import { knownCaller, operation } from '../operation.ts';

export const deleteSessions = operation({
  name: 'DeleteSessions',
  route: 'DELETE /admin/v1/sessions',
  permission: 'coffer:DeleteSessions',
  reach: 'oneself',
  input: () => ({}),
  subject: () => ({ kind: 'server' }),
  run: async (call) => {
    call.services.sessions.endAll(knownCaller(call).identity);
    call.setCookie(endedCookie(call.http));
    return undefined;
  },
});
