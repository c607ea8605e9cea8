/** Who is signed in, or who signed the request. */
import { knownCaller, operation } from '../operation.ts';
import { sessionReport } from '../session-report.ts';

export const getSession = operation({
  name: 'GetSession',
  route: 'GET /admin/v1/session',
  permission: 'coffer:GetSession',
  reach: 'oneself',
  input: () => ({}),
  subject: () => ({ kind: 'server' }),
  run: async (call) => {
    const caller = knownCaller(call);
    const expiresAt = caller.kind === 'session' ? caller.session.expiresAt : call.services.clock();
    return sessionReport(call, caller, expiresAt);
  },
});
