import { expect, test } from '@playwright/test';
import { barriers, overflow } from './rules';
import { pressByKeyboard, tabTo } from './keyboard';
import { longRun, runWith } from './stage/runs';
import { scenes, type Scene } from './stage/scenes';
import { see } from './stage/see';
import { onStage, stage } from './stage/Stage';

const phone = { width: 390, height: 844 };
const desk = { width: 1280, height: 900 };

const sceneOf = (name: string): Scene => {
  const scene = scenes.find((each) => each.name === name);
  if (!scene) throw new Error(`There is no scene ${name}.`);
  return scene;
};

for (const [number, scene] of scenes.entries()) {
  // One colour each: the colours are the same few tokens everywhere, and the pages themselves are looked at in both.
  const colours = number % 2 ? 'dark' : 'light';
  test(`${scene.name} has no barrier, nor is it wider than a screen`, async ({ browser }) => {
    const page = await browser.newPage({ viewport: desk, colorScheme: colours, reducedMotion: 'reduce' });
    await stage(page, scene.documents, scene.lost);
    await see(page, scene);
    expect.soft(await barriers(page), `${scene.name}, ${colours}`).toEqual([]);
    for (const window of [desk, phone]) {
      await page.setViewportSize(window);
      expect.soft(await overflow(page), `${scene.name} at ${window.width} px`).toBe(0);
    }
    await page.close();
  });
}

test('a release that is held is never the one that is offered, and says so when it is chosen', async ({ page }) => {
  await stage(page, sceneOf('dialog-promote-held').documents);
  await see(page, sceneOf('dialog-promote-held'));
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Promote', exact: true })).toBeDisabled();
  await dialog.getByRole('combobox', { name: 'Release' }).click();
  await expect(page.getByRole('option', { name: /2\.0\.0/ })).toContainText('held: rolled back to 1.9.0');
  await page.getByRole('option', { name: /2\.0\.0/ }).click();
  await expect(dialog.getByText('Promoted, it waits until the hold is lifted.')).toBeVisible();
  await dialog.getByRole('link', { name: 'the hold' }).click();
  await expect(page.locator('tr[data-led-to]')).toContainText('2.0.0');

  await see(page, sceneOf('dialog-rollback-held'));
  await expect(dialog.getByRole('button', { name: 'Roll back to 1.8.2' })).toBeVisible();
  await dialog.getByRole('combobox', { name: 'Go back to' }).click();
  await page.getByRole('option', { name: /2\.0\.0/ }).click();
  await expect(dialog.getByText('2.0.0 is held in prod: rolled back to 1.9.0')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Roll back to 2.0.0' })).toBeVisible();
});

test('a release that failed in an environment before is not the one that is offered, and says so when it is chosen', async ({ page }) => {
  const scene = sceneOf('dialog-promote-held-before');
  await stage(page, scene.documents);
  await see(page, scene);
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Promote 2.0.0 to prod' })).toBeVisible();
  await dialog.getByRole('combobox', { name: 'Release' }).click();
  await page.getByRole('option', { name: /2\.1\.0/ }).click();
  await expect(dialog.getByText('2.1.0 is held in staging: failed here: GET / answered 500')).toBeVisible();
});

test('what the search found can be read in the row that is chosen', async ({ page }) => {
  const scene = sceneOf('rollout-long-versions');
  await stage(page, scene.documents);
  await see(page, scene);
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill('board');
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('[data-selected] mark')).toBeVisible();
  await expect(page.locator('[data-selected] mark')).toHaveCSS('background-color', 'rgba(0, 0, 0, 0)');
});

test('a pause that ends by itself asks for nobody', async ({ page }) => {
  const pausing = sceneOf('rollout-paused-step');
  await stage(page, pausing.documents);
  await see(page, pausing);
  await expect(page.getByText(/until \d\d:\d\d, then it goes on by itself/)).toBeVisible();
  await expect(page.getByText('It waits for a person.')).toHaveCount(0);
});

test('a line of a long log is led to by its address, and the search leads from line to line', async ({ page }) => {
  await stage(page, longRun(200_000));
  await page.goto(onStage('/runs/storefront-run-41?job=test+%2822%29#L150000'));
  await expect(page.getByText('line 150000 of many', { exact: true })).toBeInViewport();
  // Of so many lines only those around are in the page.
  expect(await page.getByText(/^line \d+ of many$/).count()).toBeLessThan(200);

  await page.getByLabel('Search the log').fill('LINE 199999 of');
  await expect(page.getByRole('status').filter({ hasText: /^1$/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByText('line 199999 of many')).toBeInViewport();
  await expect(page).toHaveURL(/#L199999$/);
});

test('a job is chosen by keyboard, and its log grows before the eyes of who watches', async ({ page }) => {
  let log = '1763726400000 0 first\n';
  await stage(page, runWith(() => log));
  await page.goto(onStage('/runs/storefront-run-42?job=build'));
  await pressByKeyboard(page, page.getByRole('link', { name: /^test \(22\)/ }));
  await expect(page.getByRole('heading', { name: 'test (22)' })).toBeVisible();
  await expect(page.getByText('first', { exact: true })).toBeVisible();
  await page.getByRole('region', { name: /wrote$/ }).scrollIntoViewIfNeeded();
  log += `${Array.from({ length: 500 }, (_, index) => `1763726401000 0 more ${index}`).join('\n')}\n`;
  await expect(page.getByText('more 499', { exact: true })).toBeInViewport();
});

test('a log whose connection is lost says so, keeps what it has, and goes on when it is back', async ({ page }) => {
  let log = '1763726400000 0 first\n';
  let isFull = true;
  await stage(page, runWith(() => log));
  await page.route('**/log?attempt=2', (route) => (isFull && route.request().headers()['accept'] === 'text/event-stream' ? route.fulfill({ status: 503, json: { status: 503, detail: 'There are 64 event streams open already.' } }) : route.fallback()));
  await page.goto(onStage('/runs/storefront-run-42'));
  await expect(page.getByText(/^This log is not live since/)).toBeVisible();
  await expect(page.getByText('There are 64 event streams open already. It is read from time to time.')).toBeVisible();
  await expect(page.getByText('first', { exact: true })).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await page.setViewportSize(phone);
  expect(await overflow(page)).toBe(0);
  // It would try by itself soon, and the button go: whichever is first, the log goes on.
  await tabTo(page, page.getByRole('button', { name: 'Try now' }));
  isFull = false;
  log += '1763726401000 0 second\n';
  await page.keyboard.press('Enter');
  await expect(page.getByText('second', { exact: true })).toBeVisible();
  await expect(page.getByText(/^This log is not live since/)).toHaveCount(0);
  await expect(page.getByText('first', { exact: true })).toHaveCount(1);
});

test('a release is one way, whose stops lead on by keyboard, to the deed that is next', async ({ page }) => {
  const scene = sceneOf('journey-next');
  await stage(page, scene.documents);
  await page.goto(onStage('/'));
  await pressByKeyboard(page, page.getByRole('cell').getByRole('link', { name: '2.1.0' }).first());
  await expect(page.getByRole('heading', { level: 1, name: 'storefront 2.1.0' })).toBeVisible();
  const way = page.getByRole('list', { name: 'The way of storefront 2.1.0' });
  await expect(way.locator(':scope > li').getByRole('heading', { level: 2 })).toHaveText([/wish lists/, 'Run 40', 'Release 2.1.0', 'dev', 'staging', 'prod']);
  await expect(way.getByRole('link', { name: 'Download the artifact' })).toHaveAttribute('href', /\/api\/v1\/artifacts\/sha256/);
  await pressByKeyboard(page, way.getByText('Its definition'));
  await expect(way.getByRole('region', { name: 'slipway.yaml of 2.1.0' })).toContainText('strategy: canary');
  await pressByKeyboard(page, page.getByRole('button', { name: 'Promote to prod…' }));
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Promote 2.1.0 to prod' })).toBeVisible();
});

test('who may not deploy cannot run a run again, and is told why', async ({ page }) => {
  const { documents } = sceneOf('run-failed');
  await stage(page, () => ({ ...documents(), '/whoami': { identity: 'vera', roles: ['viewer'], permissions: ['read'], expiresAt: null, installation: 'one', program: '1.0.0' } }));
  await see(page, sceneOf('run-failed'));
  const again = page.getByRole('button', { name: 'Re-run all' });
  await expect(again).toHaveAttribute('aria-disabled', 'true');
  await again.focus();
  await expect(page.getByRole('tooltip')).toContainText('has no role that may do this');
});

test('what failed in a run comes first, unfolds by keyboard, and of many tests only those in sight are in the page', async ({ page }) => {
  await stage(page, sceneOf('run-tests').documents);
  await see(page, sceneOf('run-tests'));
  const tests = page.getByRole('region', { name: 'Tests' });
  await expect(tests.getByRole('listitem').first()).toContainText('Newly failing');
  expect(await tests.getByRole('listitem').count()).toBeLessThan(60);
  await pressByKeyboard(page, tests.getByRole('button', { name: 'basket keeps its order' }));
  await expect(tests.getByText('at src/basket/order.test.ts:14:22')).toBeVisible();
  await page.getByRole('radiogroup', { name: 'Which tests' }).getByText('Failed').click();
  await expect(tests.getByRole('listitem')).toHaveCount(3);
  await page.getByRole('button', { name: '2 packages' }).click();
  await expect(page.getByRole('list', { name: 'Coverage by package' })).toContainText('81.3 % of 9,003');
});

test('the ring whose judgement is shown is chosen, and its address leads there again', async ({ page }) => {
  const scene = sceneOf('rings-held');
  await stage(page, scene.documents);
  await see(page, scene);
  const ring = page.getByRole('combobox', { name: 'Judged in' });
  await expect(ring).toHaveValue('inner');
  await expect(page.getByRole('region', { name: 'The judge, in inner' })).toContainText('Passed');
  await ring.click();
  await page.getByRole('option', { name: 'outer' }).click();
  await expect(page.getByText('Nothing was judged in outer.')).toBeVisible();
  await expect(page).toHaveURL(/\?ring=outer$/);
  await page.reload();
  await expect(ring).toHaveValue('outer');
});
