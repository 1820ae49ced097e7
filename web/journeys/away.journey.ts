import { expect, signIn, test } from './journey';
import { Platform } from './platform/Platform';
import { barriers } from './rules';

test('an empty installation says how to begin, and a lost server is noticed and comes back', async ({ context }) => {
  const platform = await Platform.start();
  const page = await signIn(context, platform);
  await expect(page.getByText('No service yet')).toBeVisible();
  await expect(page.getByText('slipway service add my-service')).toBeVisible();
  expect(await barriers(page)).toEqual([]);

  await platform.killServer();
  await expect(page.getByText('No connection to the server')).toBeVisible();
  await expect(page.getByText('No service yet')).toBeVisible();
  expect(await barriers(page)).toEqual([]);

  await platform.up();
  await platform.cli(['service', 'add', 'returned']);
  await expect(page.getByText('No connection to the server')).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'returned' })).toBeVisible();

  for (const [place, words] of [['Freezes', 'No environment is frozen'], ['Access', 'local']] as const) {
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: place }).click();
    await expect(page.getByText(words).first()).toBeVisible();
  }
  await context.close();
  await platform.stop();
});
