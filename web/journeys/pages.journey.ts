import { expect, test } from './journey';
import { barriers, overflow } from './rules';
import { furnish, show } from './screens';

const phone = { width: 390, height: 844 };
const desk = { width: 1280, height: 900 };

test('no page has a barrier in light or dark, nor is any wider than a phone', async ({ page, platform }) => {
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
      expect.soft(await barriers(page), `${screen.name}, on a phone`).toEqual([]);
    });
  }
  await end();
});
