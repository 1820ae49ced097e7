import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from '@playwright/test';
import { scenes } from './stage/scenes';
import { see } from './stage/see';
import { stage } from './stage/Stage';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../test-results/states');
const looks = [[1280, 'light'], [1280, 'dark'], [390, 'light']] as const;

for (const scene of scenes) {
  test(scene.name, async ({ page }) => {
    mkdirSync(folder, { recursive: true });
    await stage(page, scene.documents, scene.lost);
    for (const [width, colours] of looks) {
      await page.setViewportSize({ width, height: 860 });
      await page.emulateMedia({ colorScheme: colours, reducedMotion: 'reduce' });
      await see(page, scene);
      await page.waitForLoadState('networkidle');
      await page.screenshot({ path: path.join(folder, `${scene.name}-${width}-${colours}.png`), fullPage: !scene.opens });
    }
  });
}
