import { expect, test } from './journey';

test('a browser without a session is told how to get one, and a link works once', async ({ browser, platform }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${platform.url}/freezes`);
  await expect(page.getByRole('heading', { name: 'This browser is not signed in' })).toBeVisible();
  await expect(page.getByText('slipway open /freezes')).toBeVisible();

  const link = await platform.signInLink('/freezes');
  const other = await context.newPage();
  await other.goto(link);
  await expect(other.getByRole('heading', { level: 1, name: 'Freezes' })).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: 'Freezes' })).toBeVisible();

  const answer = await other.goto(link);
  expect(answer?.status()).toBe(410);
  await context.close();
});
