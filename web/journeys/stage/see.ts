import { expect, type Page } from '@playwright/test';
import type { Scene } from './scenes';
import { onStage } from './Stage';

/** Loads a scene's page, complete and with its dialog open. */
export async function see(page: Page, scene: Scene): Promise<void> {
  await page.goto(onStage(scene.path));
  await expect(page.getByText(scene.says).first()).toBeVisible();
  if (!scene.opens) return;
  await page.getByRole('button', { name: scene.opens, exact: true }).first().click();
  await expect(page.getByRole('dialog')).toBeVisible();
}
