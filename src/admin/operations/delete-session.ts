/** Signs this browser out. */
import { endedCookie } from '../cookie.ts';
import { knownCaller, operation } from '../operation.ts';

export const deleteSession = operation({
  name: 'DeleteSession',
  route: 'DELETE /admin/v1/session',
  permission: 'coffer:DeleteSession',
  reach: 'oneself',
  input: () => ({}),
  subject: () => ({ kind: 'server' }),
  run: async (call) => {
    const caller = knownCaller(call);
    if (caller.kind === 'session') call.services.sessions.end(caller.token);
    call.setCookie(endedCookie(call.http));
    return undefined;
  },
});
