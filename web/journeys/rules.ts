import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import type { AxeResults, RunOptions } from 'axe-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds serious or critical, one line for each element. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { axe: check } = window as unknown as { axe: { run: (where: Document, options: RunOptions) => Promise<AxeResults> } };
    const { violations } = await check.run(document, { resultTypes: ['violations'] });
    return violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map((node) => `${node.html.slice(0, 160)}: ${node.failureSummary ?? ''}`) }));
  });
  return found.filter(({ impact }) => impact === 'serious' || impact === 'critical').flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node}`));
}

/** By how many pixels the page is wider than the window, or a table that cannot be scrolled than what it stands in. */
export const overflow = (page: Page): Promise<number> => page.evaluate(() => Math.max(
  0, document.documentElement.scrollWidth - innerWidth,
  ...[...document.querySelectorAll('table')].filter((table) => {
    for (let around = table.parentElement; around; around = around.parentElement) if (around !== document.documentElement && getComputedStyle(around).overflowX !== 'visible') return false;
    return true;
  }).map((table) => Math.floor(table.getBoundingClientRect().right - (table.parentElement?.getBoundingClientRect().right ?? Infinity))),
));
