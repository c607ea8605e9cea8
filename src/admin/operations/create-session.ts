/**
 * Signs a browser in with an access key. Whatever is wrong with the credentials, the sender learns
 * only that they do not belong together, and an unknown id costs the same work as a known one.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { type Credential, credentialFor } from '../../access/credentials.ts';
import { Refusal } from '../../base/refusal.ts';
import type { SessionCaller } from '../authenticate.ts';
import { isAllowed } from '../authorize.ts';
import { sessionCookie, sessionToken } from '../cookie.ts';
import { type AdminCall, operation } from '../operation.ts';
import { sessionReport } from '../session-report.ts';

export const createSession = operation({
  name: 'CreateSession',
  route: 'POST /admin/v1/session',
  permission: 'coffer:CreateSession',
  reach: 'oneself',
  credentials: 'body',
  input: ({ body }) => ({
    accessKeyId: body.text('accessKeyId'),
    secretKey: body.text('secretKey'),
  }),
  subject: () => ({ kind: 'server' }),
  run: async (call, { accessKeyId, secretKey }) => {
    const { services, http } = call;
    if (call.caller.kind === 'local') {
      throw new Refusal('InvalidRequest', {
        message: 'Sessions are for browsers: sign in at the console’s address.',
      });
    }
    if (accessKeyId.length > accessKeyIdCharsMax) throw refused();
    const attempt = services.signIns.begin(http.remoteAddress, accessKeyId);
    const credential = await storedCredential(call, accessKeyId);
    const right = sameText(secretKey, credential?.secretKey ?? '');
    if (credential === undefined || !credential.enabled || !right) throw refused();
    attempt.succeeded();
    const { token, session } = services.sessions.open(credential);
    const { identity } = credential;
    const caller: SessionCaller = { kind: 'session', identity, session, token };
    if (!(await maySignIn(call, caller))) {
      services.sessions.end(token);
      throw new Refusal('AccessDenied', {
        message: 'A policy denies this identity to sign in to the console.',
      });
    }
    // Who signs in anew in this browser is not signed in twice.
    const before = sessionToken(http.headers);
    if (before !== undefined) services.sessions.end(before);
    const secure = http.secure || services.console.url?.startsWith('https:') === true;
    call.setCookie(sessionCookie(token, secure));
    return sessionReport(call, caller, session.expiresAt);
  },
});

/** The longest access key id of AWS's ("AccessKey", IAM API reference). */
const accessKeyIdCharsMax = 128;

async function storedCredential(
  { services }: AdminCall,
  accessKeyId: string,
): Promise<Credential | undefined> {
  using view = services.view();
  return await credentialFor(view, accessKeyId);
}

function sameText(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

async function maySignIn(call: AdminCall, caller: SessionCaller): Promise<boolean> {
  const { services, http, operations } = call;
  const { region } = services;
  const operation = operations.find(({ name }) => name === 'CreateSession');
  if (operation === undefined) return false;
  const subject = { account: caller.identity.account, arn: '*' };
  using view = services.view();
  return await isAllowed({ http, operation, caller, subject, view, region });
}

function refused(): Refusal {
  return new Refusal('AccessDenied', {
    message: 'That access key id and secret do not belong together.',
  });
}
