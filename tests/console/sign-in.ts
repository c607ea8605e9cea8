/** Signing in and out, what guards it, and a session left idle: on a server of its own. */
import assert from 'node:assert/strict';
import { startHouse } from './house.ts';
import type { Suite } from './suite.ts';
import { Visit } from './visit.ts';

export const signIn: Suite = {
  name: 'sign-in',
  run: async ({ check, figure }) => {
    await using house = await startHouse();
    const { accessKeyId, secretAccessKey } = house.server.credentials;
    await using visit = await Visit.begin(house);
    const { page } = visit;

    await check('by keyboard alone, and on to the page that was asked for', async () => {
      await visit.go('/buckets?from=a-link');
      await page.getByLabel('Access key id').waitFor();
      await page.keyboard.type(accessKeyId);
      await page.keyboard.press('Tab');
      await page.keyboard.type(secretAccessKey);
      await page.keyboard.press('Enter');
      await page.waitForURL(`${house.url}/buckets?from=a-link`);
      await visit.sees('No buckets yet');
    });
    await check(
      'the cookie is kept from scripts and other sites, the secret from storage',
      async () => {
        const [cookie, ...more] = await visit.context.cookies(`${house.url}/admin/v1/session`);
        assert.deepEqual(more, []);
        assert.equal(cookie?.name, 'coffer-session');
        assert.equal(cookie.httpOnly, true);
        assert.equal(cookie.sameSite, 'Strict');
        assert.equal(cookie.path, '/admin');
        assert.equal(await page.evaluate('document.cookie'), '');
        const stored = await page.evaluate(
          'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state])',
        );
        assert.ok(!String(stored).includes(secretAccessKey));
      },
    );
    await check('a reload keeps the session; the first view is quick', async () => {
      await page.reload();
      await visit.sees('No buckets yet');
      const shown = await page.evaluate(
        `Math.round(performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1)`,
      );
      figure('first view (first contentful paint)', `${String(shown)} ms`);
    });
    await check('a session left idle warns, ends, and leads back to its page', async () => {
      await page.clock.install();
      await page.reload();
      await visit.sees('No buckets yet');
      await page.clock.runFor(29.2 * 60_000);
      await visit.sees('Are you still there?');
      house.goAhead(31 * 60_000);
      await page.clock.runFor(2 * 60_000);
      await visit.sees('You are signed out');
      await visit.button('Sign in again').click();
      await page.waitForURL(/\/sign-in\?to=/);
      await page.getByLabel('Access key id').fill(accessKeyId);
      await page.getByLabel('Secret access key').fill(secretAccessKey);
      await visit.button('Sign in').click();
      await page.waitForURL(`${house.url}/buckets?from=a-link`);
      await visit.sees('No buckets yet');
    });
    await check('signing out ends it here, everywhere ends it for others', async () => {
      await using other = await Visit.begin(house);
      await other.signIn();
      await visit.button(/\(root\)/).click();
      await page.getByRole('menuitem', { name: 'Sign out everywhere' }).click();
      await page.getByLabel('Access key id').waitFor();
      assert.deepEqual(await visit.context.cookies(`${house.url}/admin/`), []);
      await other.page.reload();
      await other.page.getByLabel('Access key id').waitFor();
      other.clean();
    });
    await check(
      'a wrong secret and an unknown key look the same; many are slowed down',
      async () => {
        const refusal = async (id: string, secret: string): Promise<string> => {
          await page.getByLabel('Access key id').fill(id);
          await page.getByLabel('Secret access key').fill(secret);
          await visit.button('Sign in').click();
          await page.getByText('You are not signed in').waitFor();
          return page.locator('main').innerText();
        };
        const known = await refusal(accessKeyId, 'x'.repeat(40));
        const unknown = await refusal('CFUNKNOWNKEY00000000', secretAccessKey);
        assert.equal(known, unknown);
        assert.match(known, /do not belong together/);
        for (let attempt = 0; attempt < 5; attempt += 1) {
          if (await page.getByText('Too many attempts').isVisible()) break;
          await page.getByLabel('Secret access key').fill(`wrong-${attempt}`);
          await visit.button('Sign in').click();
          await page.waitForLoadState('networkidle');
        }
        await visit.sees('Too many attempts');
        assert.equal(await visit.button('Sign in').isDisabled(), true);
      },
    );
    await check('no violation of the policy, no error', () => visit.clean());
  },
};
