import { expect, test } from './journey';
import { pressByKeyboard, tabTo } from './keyboard';
import { judgedSteps, Service, slowSteps } from './platform/Service';

test('a person pauses, resumes and aborts a rollout with a reason, and traffic is back', async ({ page, platform }) => {
  const shop = await new Service(platform, 'wishlist', slowSteps).add();
  await shop.release('1.0.0');
  await shop.bringToProd('1.0.0');
  await shop.release('2.0.0');
  const id = await shop.rollTo('2.0.0', 20);
  await page.goto(`${platform.url}/rollouts/${id}`);
  await expect(page.getByTestId('weight-canary')).toHaveText('20 %');

  await pressByKeyboard(page, page.getByRole('button', { name: 'Skip the step' }));
  await pressByKeyboard(page, page.getByRole('dialog').getByRole('button', { name: 'Skip the step' }));
  await expect(page.getByTestId('weight-canary')).toHaveText('50 %');

  await pressByKeyboard(page, page.getByRole('button', { name: 'Pause' }));
  await pressByKeyboard(page, page.getByRole('dialog').getByRole('button', { name: 'Pause' }));
  await expect(page.getByText('It waits for a person.')).toBeVisible();
  await pressByKeyboard(page, page.getByRole('button', { name: 'Resume' }));
  await pressByKeyboard(page, page.getByRole('dialog').getByRole('button', { name: 'Resume' }));
  await expect(page.getByText('It waits for a person.')).toHaveCount(0);

  await pressByKeyboard(page, page.getByRole('button', { name: 'Abort…' }));
  const dialog = page.getByRole('dialog');
  await pressByKeyboard(page, dialog.getByRole('button', { name: 'Abort' }));
  await expect(dialog.getByText('Say why.')).toBeVisible();
  await tabTo(page, dialog.getByLabel('Why'));
  await page.keyboard.type('Prices look wrong');
  await pressByKeyboard(page, dialog.getByRole('button', { name: 'Abort' }));

  await expect(page.getByText('Aborted by admin: Prices look wrong').first()).toBeVisible();
  await expect(page.getByText('All traffic in prod is on 1.0.0.')).toBeVisible();
  const step = page.getByRole('region', { name: 'Steps' }).getByRole('listitem').filter({ hasText: 'Analyze' });
  await expect(step).toContainText('stopped');
  await expect(step).not.toContainText('failed');
  await expect(page.getByTestId('weight-canary')).toHaveText('0 %');
  await expect(page.getByRole('button', { name: 'Pause' })).toHaveCount(0);
});

test('a version that fails on real requests takes itself back, and the page says why in numbers', async ({ page, platform }) => {
  const shop = await new Service(platform, 'checkout', judgedSteps).add();
  await shop.release('1.0.0');
  await shop.bringToProd('1.0.0');
  await shop.release('2.0.0', 0.2);
  const endOfLoad = platform.load('checkout', 60);
  const id = await shop.rollTo('2.0.0', 30);
  await page.goto(`${platform.url}/rollouts/${id}`);

  await expect(page.getByText('2.0.0 was taken back.')).toBeVisible();
  await expect(page.getByTestId('weight-canary')).toHaveText('0 %');
  await expect(page.getByText(/canary \d+(\.\d+)? % vs stable 0 %/).first()).toBeVisible();
  await expect(page.getByRole('img', { name: /Evidence against it: .*; it fails at 100/ })).toBeVisible();
  await page.getByText('The same as a table').click();
  await expect(page.getByRole('table', { name: /95th percentile/ })).toBeVisible();

  await page.getByRole('button', { name: /^Log of 1\.0\.0/ }).first().click();
  await expect(page.getByRole('dialog').getByText(/Storefront 1\.0\.0 listens on/)).toBeVisible();
  await page.keyboard.press('Escape');

  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Board' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'checkout' })).toContainText('2.0.0 held');
  await endOfLoad();
});
