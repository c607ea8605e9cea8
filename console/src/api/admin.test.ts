import { afterEach, describe, expect, it, vi } from 'vitest';
import { admin, AdminError, watchSession } from './admin.ts';
import { Unreachable } from './unreachable.ts';

afterEach(() => vi.unstubAllGlobals());

function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  const fetch = vi.fn<(url: string, init: RequestInit) => Promise<Response>>(async () =>
    Response.json(body, { status, headers }),
  );
  vi.stubGlobal('fetch', fetch);
  return fetch;
}

describe('an operation of the admin API', () => {
  it('is called at its route, its parts encoded, as the console', async () => {
    const fetch = answering(200, { users: [] });
    await admin('GET /admin/v1/accounts/{account}/users', { path: { account: 'a/b ?' } });
    const [url, init] = fetch.mock.calls[0] ?? [];
    expect(url).toBe('/admin/v1/accounts/a%2Fb%20%3F/users');
    expect(init).toMatchObject({ method: 'GET', credentials: 'same-origin', body: null });
    expect(init?.headers).toEqual({ 'x-coffer-console': '1' });
  });
  it('leaves out what is not asked', async () => {
    const fetch = answering(200, { entries: [], next: null });
    await admin('GET /admin/v1/inventory', { query: { bucket: 'b', prefix: 'a&b' } });
    expect(fetch.mock.calls[0]?.[0]).toBe('/admin/v1/inventory?bucket=b&prefix=a%26b');
  });
  it('tells what was refused, and when to come back', async () => {
    const body = { code: 'TooManyAttempts', message: 'Wait.', requestId: 'R' };
    answering(429, body, { 'retry-after': '7' });
    const call = admin('POST /admin/v1/session', { body: { accessKeyId: 'a', secretKey: 'b' } });
    await expect(call).rejects.toMatchObject({ code: 'TooManyAttempts', retryAfterSeconds: 7 });
    await expect(call).rejects.toBeInstanceOf(AdminError);
  });
  it('tells a server that is away from one that refuses', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    await expect(admin('GET /admin/v1/version')).rejects.toBeInstanceOf(Unreachable);
  });
});

describe('the session', () => {
  it('is used by what is asked for, and not by polls', async () => {
    const events: string[] = [];
    const stop = watchSession((event) => events.push(event));
    answering(200, {});
    await admin('GET /admin/v1/version');
    await admin('GET /admin/v1/version', { background: true });
    answering(401, { code: 'SessionEnded', message: 'Over.', requestId: 'R' });
    await admin('GET /admin/v1/version', { background: true }).catch(() => undefined);
    stop();
    expect(events).toEqual(['used', 'ended']);
  });
});
