import { test as base, expect, type BrowserContext, type Page } from '@playwright/test';
import { Platform } from './platform/Platform';

interface Worlds {
  /** Signed in as the administrator; fails the test afterwards if the page broke a rule of its own policy or threw. */
  page: Page;
  /** Another browser, signed in as somebody who may approve. */
  approver: Page;
}

/** Refusals of the policy and exceptions are faults even where nobody sees them. */
function watchFor(page: Page): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|Minified React|Uncaught/i.test(message.text())) faults.push(message.text());
  });
  return faults;
}

export async function signIn(context: BrowserContext, platform: Platform, identity = 'admin', where = '/'): Promise<Page> {
  const page = await context.newPage();
  await page.goto(await platform.signInLink(where, identity));
  await page.waitForURL((url) => url.pathname === where);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  return page;
}

export const test = base.extend<Worlds, { platform: Platform }>({
  platform: [async ({}, use) => {
    const platform = await Platform.start();
    await use(platform);
    await platform.stop();
  }, { scope: 'worker', timeout: 600_000 }],
  page: async ({ context, platform }, use) => {
    const page = await signIn(context, platform);
    const faults = watchFor(page);
    await use(page);
    expect(faults).toEqual([]);
  },
  approver: async ({ browser, platform }, use) => {
    const context = await browser.newContext();
    await use(await signIn(context, platform, 'approver'));
    await context.close();
  },
});

export { expect };
