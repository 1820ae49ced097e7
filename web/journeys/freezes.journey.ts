import { expect, test } from './journey';
import { pressByKeyboard } from './keyboard';
import { quickSteps, Service } from './platform/Service';

test('a freeze keeps change out until somebody lifts it', async ({ page, platform }) => {
  const shop = await new Service(platform, 'newsletter', quickSteps).add();
  await page.goto(`${platform.url}/freezes`);
  await pressByKeyboard(page, page.getByRole('button', { name: 'Add a freeze…' }));
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Why').fill('Inventory is being counted');
  await pressByKeyboard(page, dialog.getByRole('button', { name: /^Freeze/ }));
  await expect(dialog).toHaveCount(0);
  const line = page.getByRole('row').filter({ hasText: 'Inventory is being counted' });
  await expect(line).toBeVisible();
  const frozen = (await platform.api('GET', '/freezes')) as { items: { environment: string; why: string }[] };
  const environment = frozen.items.find((each) => each.why === 'Inventory is being counted')?.environment;

  await page.goto(platform.url);
  await expect(page.getByRole('columnheader', { name: new RegExp(`^${environment}`) })).toContainText('Inventory is being counted');

  await page.goto(`${platform.url}/freezes`);
  await pressByKeyboard(page, line.getByRole('button', { name: /Lift/ }));
  await pressByKeyboard(page, dialog.getByRole('button', { name: 'Lift it' }));
  await expect(dialog).toHaveCount(0);
  await page.goto(platform.url);
  await expect(page.getByText(shop.name)).toBeVisible();
  await expect(page.getByText('Inventory is being counted')).toHaveCount(0);
});

test('a hold keeps a release from a lane until somebody lifts it', async ({ page, platform }) => {
  await new Service(platform, 'ratings', quickSteps).add();
  await page.goto(`${platform.url}/freezes`);
  await pressByKeyboard(page, page.getByRole('button', { name: 'Add a hold…' }));
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Service' }).click();
  await page.getByRole('option', { name: 'ratings' }).click();
  await dialog.getByLabel('Why').fill('Its owner is away');
  await pressByKeyboard(page, dialog.getByRole('button', { name: 'Hold every release' }));
  await expect(dialog).toHaveCount(0);
  const line = page.getByRole('row').filter({ hasText: 'Its owner is away' });
  await expect(line).toContainText('ratings');
  await pressByKeyboard(page, line.getByRole('button', { name: /Lift/ }));
  await pressByKeyboard(page, dialog.getByRole('button', { name: 'Lift it' }));
  await expect(line).toHaveCount(0);
});
