/**
 * A person with a browser of their own: a Chromium profile without a past, in which every violation of
 * the Content-Security-Policy, every error and every script that should not have run is written down.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import type { House, Keys } from './house.ts';

export interface VisitOptions {
  readonly dark?: boolean;
  readonly width?: number;
  readonly height?: number;
}

/** What hostile things call if they get to run: `cofferRan(location.origin)`. */
export const trap = 'cofferRan';

const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

export class Visit implements AsyncDisposable {
  readonly house: House;
  readonly context: BrowserContext;
  page: Page;
  /** Violations of the Content-Security-Policy, and errors on the page. */
  readonly violations: string[] = [];
  readonly errors: string[] = [];
  /** Origins in which a trap went off. */
  readonly ran: string[] = [];
  readonly #profile: string;

  private constructor(house: House, context: BrowserContext, profile: string) {
    this.house = house;
    this.context = context;
    this.#profile = profile;
    const [page] = context.pages();
    assert.ok(page);
    this.page = page;
  }

  static async begin(house: House, options: VisitOptions = {}): Promise<Visit> {
    const profile = mkdtempSync(join(tmpdir(), 'coffer-chromium-'));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: '/usr/bin/chromium',
      headless: true,
      chromiumSandbox: process.getuid?.() !== 0,
      args: quiet,
      viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
      colorScheme: options.dark === true ? 'dark' : 'light',
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'UTC',
      acceptDownloads: true,
    });
    context.setDefaultTimeout(20_000);
    const visit = new Visit(house, context, profile);
    await visit.#watch();
    return visit;
  }

  async #watch(): Promise<void> {
    await this.context.exposeBinding(trap, (_source, origin: string) => {
      this.ran.push(origin);
    });
    await this.context.exposeBinding('cofferViolated', (_source, what: string) => {
      this.violations.push(what);
    });
    await this.context.addInitScript(
      `document.addEventListener('securitypolicyviolation', (event) =>
        cofferViolated(event.violatedDirective + ' ' + event.blockedURI + ' at ' + location.href));`,
    );
    this.context.on('console', (message) => {
      if (/Content[- ]Security[- ]Policy/i.test(message.text()))
        this.violations.push(message.text());
    });
    this.context.on('weberror', (error) => this.errors.push(String(error.error())));
  }

  /** To a page of the console, by its address. */
  async go(address: string): Promise<void> {
    await this.page.goto(this.house.url + address);
  }

  async signIn(keys: Keys = this.house.server.credentials, to = '/buckets'): Promise<void> {
    await this.go(to);
    await this.page.getByLabel('Access key id').fill(keys.accessKeyId);
    await this.page.getByLabel('Secret access key').fill(keys.secretAccessKey);
    await this.button('Sign in').click();
    await this.page.getByRole('button', { name: 'Theme' }).waitFor();
  }

  button(name: string | RegExp, within: Page | Locator = this.page): Locator {
    return within.getByRole('button', { name, exact: typeof name === 'string' });
  }

  /** The dialog in front. */
  dialog(): Locator {
    return this.page.getByRole('dialog').filter({ visible: true });
  }

  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor();
  }

  /** The page is there: nothing is being loaded any more. */
  async settled(): Promise<void> {
    await this.page.locator('h1').first().waitFor();
    await this.page.waitForLoadState('networkidle');
  }

  /** Violations of WCAG 2.2 AA that a program can find, each with where it is. */
  async axe(): Promise<string[]> {
    await this.page.evaluate(axeSource);
    const found = await this.page.evaluate(
      `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
        .then(({ violations }) => violations.map(({ id, nodes }) =>
          id + ': ' + nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(' | ')))`,
    );
    return found as string[];
  }

  /** How far the page is wider than the window. */
  async overhang(): Promise<number> {
    const wide = await this.page.evaluate(
      'document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth',
    );
    return wide as number;
  }

  /** Throws unless policy was kept and nothing hostile ran where the console lives. */
  clean(): void {
    assert.deepEqual(this.violations, [], 'Content-Security-Policy');
    assert.deepEqual(this.errors, [], 'errors on the page');
    assert.ok(
      !this.ran.includes(this.house.url),
      `a script ran in the console: ${this.ran.join()}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
    rmSync(this.#profile, { recursive: true, force: true });
  }
}

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);
