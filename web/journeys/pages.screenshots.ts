import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from './journey';
import { Platform } from './platform/Platform';
import { dialogsOf, furnish, show } from './screens';

/** Ignored by git: pictures are looked at, not compared. */
const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../test-results/screens');
const widths = [390, 1280];
const colours = ['light', 'dark'] as const;

test('every page, wide and narrow, light and dark', async ({ page, platform }) => {
  mkdirSync(folder, { recursive: true });
  const { screens, end } = await furnish(platform);
  for (const screen of screens) {
    for (const colour of colours) {
      for (const width of widths) {
        await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
        await show(page, platform, screen, colour);
        await page.screenshot({ path: path.join(folder, `${screen.name}-${width}-${colour}.png`), fullPage: true });
      }
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  for (const colour of colours) {
    for (const dialog of dialogsOf(screens)) {
      await show(page, platform, dialog.on, colour);
      await dialog.open(page);
      await page.screenshot({ path: path.join(folder, `${dialog.name}-1280-${colour}.png`) });
    }
  }
  await end();
});

test('the empty board, and one that has lost its server', async ({ browser }) => {
  mkdirSync(folder, { recursive: true });
  const platform = await Platform.start();
  const page = await browser.newPage();
  await page.goto(await platform.signInLink('/'));
  await expect(page.getByText('No service yet')).toBeVisible();
  for (const width of widths) {
    await page.setViewportSize({ width, height: 844 });
    await page.screenshot({ path: path.join(folder, `board-empty-${width}.png`), fullPage: true });
  }
  await platform.killServer();
  await expect(page.getByText('No connection to the server')).toBeVisible();
  for (const width of widths) {
    await page.setViewportSize({ width, height: 844 });
    await page.screenshot({ path: path.join(folder, `board-lost-${width}.png`), fullPage: true });
  }
  await page.close();
  await platform.stop();
});
