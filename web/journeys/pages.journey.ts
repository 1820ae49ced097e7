import { expect, test } from './journey';
import { barriers, overflow } from './rules';
import { dialogsOf, furnish, show } from './screens';

const phone = { width: 390, height: 844 };
const desk = { width: 1280, height: 900 };

test('no page has a barrier in light or dark, nor is any wider than a phone', async ({ page, platform }) => {
  // Every page and dialog, in both colours and at both widths.
  test.setTimeout(300_000);
  const { screens, end } = await furnish(platform);
  for (const screen of screens) {
    await test.step(screen.name, async () => {
      await page.setViewportSize(desk);
      await show(page, platform, screen, 'light');
      expect.soft(await barriers(page), `${screen.name}, light`).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
      await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
      expect.soft(await barriers(page), `${screen.name}, dark`).toEqual([]);
      await page.setViewportSize(phone);
      expect.soft(await overflow(page), `${screen.name} at ${phone.width} px`).toBe(0);
    });
  }
  await page.setViewportSize(desk);
  for (const dialog of dialogsOf(screens)) {
    await test.step(dialog.name, async () => {
      await show(page, platform, dialog.on, 'dark');
      await dialog.open(page);
      expect.soft(await barriers(page), `${dialog.name}, dark`).toEqual([]);
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
      await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'light');
      expect.soft(await barriers(page), `${dialog.name}, light`).toEqual([]);
    });
  }
  await end();
});
