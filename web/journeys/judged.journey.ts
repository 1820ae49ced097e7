import type { Locator, Page } from '@playwright/test';
import type { AnalysisView } from '../src/api/types';
import { expect, test } from './journey';
import { judgedSteps, Service } from './platform/Service';
import { barriers, overflow } from './rules';

const phone = { width: 390, height: 844 };
const desk = { width: 1280, height: 900 };

const panelOf = (page: Page): Locator => page.getByRole('region', { name: 'How the judge came to it' });
const labelOf = async (figure: Locator): Promise<string> => (await figure.getAttribute('aria-label')) ?? '';

/** How many of the canvas's points were drawn on: an empty chart has its axes alone. */
const drawn = (figure: Locator): Promise<number> => figure.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
  let points = 0;
  for (let alpha = 3; alpha < data.length; alpha += 4) if (data[alpha]! > 0) points++;
  return points;
});

async function isForEverybody(page: Page, what: string, sizes = [desk, phone]): Promise<void> {
  for (const colour of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: colour, reducedMotion: 'reduce' });
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colour);
    for (const size of sizes) {
      await page.setViewportSize(size);
      expect.soft(await barriers(page), `${what}, ${colour}, ${size.width} px`).toEqual([]);
      expect.soft(await overflow(page), `${what} at ${size.width} px`).toBe(0);
    }
  }
  await page.setViewportSize(desk);
}

test('a canary is judged before the eyes of who watches, from its first bins to the decision, and the next one after 100 % too', async ({ page, platform }) => {
  const shop = await new Service(platform, 'kiosk', judgedSteps).add();
  await shop.release('1.0.0', 0.08);
  await shop.bringToProd('1.0.0');
  const endOfLoad = platform.load('kiosk', 80);
  await shop.release('1.1.0', 0.22);
  const id = await shop.rollTo('1.1.0', 30);

  await page.setViewportSize(desk);
  await page.goto(`${platform.url}/rollouts/${id}`);
  const ratio = panelOf(page).getByRole('figure', { name: /^Ratio of the bad rates/ });
  const evidence = panelOf(page).getByRole('figure', { name: /^Evidence against it/ });
  await expect(panelOf(page)).toContainText('Guaranteed: the router itself drew which version each request went to.');
  await expect(evidence).toHaveAttribute('aria-label', /it fails at 100$/);
  // It lives: what the charts say goes on by itself.
  const first = await labelOf(evidence);
  await expect.poll(() => labelOf(evidence)).not.toBe(first);
  // While stable has had no error there is no ratio, and only how high it is at least.
  await expect.poll(() => labelOf(ratio)).toMatch(/at the end (\d+(\.\d+)?|–) \(/);
  expect(await drawn(ratio)).toBeGreaterThan(1000);

  await shop.until(id, 'rolledBack');
  await expect(page.locator('h1 ~ div').getByText('Rolled back', { exact: true })).toBeVisible();
  await expect(page.getByTestId('weight-canary')).toHaveText('0 %');
  await expect(panelOf(page)).toContainText(/Decided at \d\d:\d\d:\d\d\./);
  await expect(ratio).toHaveAttribute('aria-label', /decided at \d\d:\d\d:\d\d$/);
  await expect(page.getByText(/certain beyond 1 in 100 after/).first()).toBeVisible();

  // What is drawn is what the API says.
  const analysis = (await platform.api('GET', `/rollouts/${id}/analysis`)) as AnalysisView;
  const errors = analysis.checks.find((check) => check.name === 'errors')!;
  expect(errors.points.at(-1)?.logEvidence).toBeGreaterThanOrEqual(2);
  expect(errors.points.reduce((sum, point) => sum + point.canaryUnits, 0)).toBe(errors.canaryUnits);
  await panelOf(page).getByText('Errors as a table').click();
  const inAll = panelOf(page).getByRole('row', { name: /^In all/ });
  await expect(inAll.getByRole('cell').nth(0)).toHaveText(errors.canaryUnits.toLocaleString('en'));
  await expect(inAll.getByRole('cell').nth(1)).toHaveText(errors.canaryBad.toLocaleString('en'));
  await isForEverybody(page, 'a judged canary');

  await shop.release('1.2.0', 0.05);
  const next = await shop.rollTo('1.2.0', 30);
  await page.goto(`${platform.url}/rollouts/${next}`);
  await shop.until(next, 'succeeded', async (rollout) => {
    if (rollout.actions.includes('skip') && rollout.steps.some((step) => step.state === 'current' && step.kind === 'analyze')) await shop.act(next, 'skip').catch(() => undefined);
  });
  await endOfLoad();
  const watch = panelOf(page).getByRole('region', { name: 'Errors after 100 %' });
  await expect(watch).toContainText('There is no 1.0.0 beside 1.2.0 any more.');
  await expect(watch.getByRole('figure', { name: /^Bad rate since then/ })).toHaveAttribute('aria-label', /at the end \d+(\.\d+)? %$/);
  await isForEverybody(page, 'a watched version', [phone]);
});
