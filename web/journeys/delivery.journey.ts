import type { Page } from '@playwright/test';
import { expect, test } from './journey';
import { pressByKeyboard, tabTo } from './keyboard';
import { quickSteps, Service } from './platform/Service';

const weight = (page: Page) => page.getByTestId('weight-canary');

test('a version goes from the board to all of prod, by keyboard, before the eyes of who watches', async ({ page, approver, platform }) => {
  const shop = await new Service(platform, 'boutique', quickSteps).add();
  await shop.release('1.0.0');
  await shop.bringToProd('1.0.0');
  await shop.release('1.1.0');
  const endOfLoad = platform.load('boutique', 40);

  // The board came without a reload: all of this happened after the page was opened.
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /boutique/ }) });
  await expect(row.getByRole('cell').nth(0)).toContainText('1.1.0');
  await expect(row.getByRole('cell').nth(2)).toContainText('1.0.0');
  await page.evaluate(() => { document.documentElement.dataset['neverReloaded'] = 'true'; });

  await pressByKeyboard(page, page.getByRole('link', { name: 'boutique', exact: true }));
  await expect(page.getByRole('heading', { level: 1, name: 'boutique' })).toBeFocused();
  await pressByKeyboard(page, page.getByRole('button', { name: 'Promote to prod' }));
  await expect(page.getByRole('dialog').getByText('1.0.0 runs there now.')).toBeVisible();
  await tabTo(page, page.getByRole('dialog').getByLabel('Why'));
  await page.keyboard.type('New arrivals on the first page');
  await pressByKeyboard(page, page.getByRole('button', { name: 'Promote 1.1.0 to prod' }));

  await expect(page.getByText('You cannot give it.')).toBeVisible();
  await approver.goto(page.url());
  await tabTo(approver, approver.getByLabel('Why'));
  await approver.keyboard.type('Looked at in staging');
  await pressByKeyboard(approver, approver.getByRole('button', { name: 'Approve 1.1.0 for prod' }));
  await expect(approver.getByText('Approved by approver', { exact: true })).toBeVisible();

  await pressByKeyboard(page, page.getByRole('link', { name: /its rollout|the rollout/ }));
  await expect(weight(page)).toHaveText('10 %');
  await expect(page.getByText('Requests per second')).toBeVisible();
  await expect(weight(page)).toHaveText('40 %');
  await expect(weight(page)).toHaveText('100 %');
  await expect(page.locator('h1 ~ div').getByText('Succeeded')).toBeVisible();
  await expect(page.getByText('boutique@1.1.0 is stable in prod now, after 1.0.0.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Abort…' })).toHaveCount(0);
  expect(await page.evaluate(() => document.documentElement.dataset['neverReloaded'])).toBe('true');
  await endOfLoad();
});

test('what an identity may not do cannot be pressed and says why', async ({ browser, platform }) => {
  const shop = await new Service(platform, 'catalog', quickSteps).add();
  await shop.release('1.0.0');
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(await platform.signInLink('/services/catalog', 'viewer'));
  const promote = page.getByRole('button', { name: 'Promote to prod' });
  await expect(promote).toHaveAttribute('aria-disabled', 'true');
  await promote.focus();
  await expect(page.getByRole('tooltip')).toContainText('has no role that may do this');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await context.close();
});
