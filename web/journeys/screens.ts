import type { Page } from '@playwright/test';
import { expect } from './journey';
import type { Platform } from './platform/Platform';
import { judgedSteps, quickSteps, Service, slowSteps } from './platform/Service';
import { until } from './platform/until';

export interface Screen {
  name: string;
  path: string;
  /** What has to be on the page before it is looked at. */
  ready: (page: Page) => Promise<void>;
}

const heading = (name: string | RegExp) => (page: Page): Promise<void> => expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
const text = (words: string | RegExp) => async (page: Page): Promise<void> => {
  await expect(page.getByText(words).first()).toBeVisible();
  await expect(page.getByText('Loading…')).toHaveCount(0);
};

/** Brings a platform into a state in which every page has something to show; then what there is to see. Loads end with the answer's `end`. */
export async function furnish(platform: Platform): Promise<{ screens: Screen[]; end: () => Promise<void> }> {
  const shop = await new Service(platform, 'storefront', slowSteps).add();
  await shop.release('1.0.0');
  const first = await shop.bringToProd('1.0.0');
  const loads = [platform.load('storefront', 80)];
  await shop.release('1.1.0');
  const running = await shop.rollTo('1.1.0', 20);

  const basket = await new Service(platform, 'basket', judgedSteps).add();
  await basket.release('3.2.0');
  await basket.bringToProd('3.2.0');
  loads.push(platform.load('basket', 80));
  await basket.release('3.3.0', 0.2);
  const failed = await basket.rollTo('3.3.0', 30);
  await basket.until(failed, 'rolledBack');

  const quiet = await new Service(platform, 'payments-gateway', judgedSteps).add();
  await quiet.release('0.9.0');
  await quiet.bringToProd('0.9.0');
  await quiet.release('0.10.0');
  const silent = await quiet.rollTo('0.10.0', 30);

  const gone = await new Service(platform, 'search', slowSteps).add();
  await gone.release('7.0.0');
  await gone.bringToProd('7.0.0');
  await gone.release('7.1.0');
  const aborted = await gone.rollTo('7.1.0', 20);
  await gone.act(aborted, 'abort', 'The team wants to look at it again');
  await gone.until(aborted, 'aborted');
  const waiting = await gone.promote('7.1.0');

  await new Service(platform, 'newcomer', quickSteps).add();
  await platform.cli(['freeze', 'add', '--env', 'staging', '--from', new Date(Date.now() + 3_600_000).toISOString(), '--until', new Date(Date.now() + 7_200_000).toISOString(), '--why', 'Quarter end']);
  await until('the judge has said something about 1.1.0', 30_000, async () => (await shop.rollout(running))?.analysis != null);

  return {
    end: async () => { for (const end of loads) await end(); },
    screens: [
      { name: 'board', path: '/', ready: async (page) => { await heading('Board')(page); await text('payments-gateway')(page); } },
      { name: 'service', path: '/services/storefront', ready: text('Storefront 1.1.0') },
      { name: 'service-empty', path: '/services/newcomer', ready: text('No release yet.') },
      { name: 'promotion-waiting', path: `/promotions/${waiting}`, ready: text('Approved by a person') },
      { name: 'promotion-done', path: `/promotions/${first}`, ready: text('Approved by approver') },
      { name: 'rollout-running', path: `/rollouts/${running}`, ready: text('Requests per second') },
      { name: 'rollout-rolled-back', path: `/rollouts/${failed}`, ready: text('Requests per second') },
      { name: 'rollout-no-traffic', path: `/rollouts/${silent}`, ready: text('No requests have been counted') },
      { name: 'rollout-aborted', path: `/rollouts/${aborted}`, ready: text('Aborted') },
      { name: 'rollout-first', path: `/rollouts/${first}`, ready: text('Nothing to compare with') },
      { name: 'rollout-unknown', path: '/rollouts/none', ready: heading('There is no such rollout') },
      { name: 'activity', path: '/activity', ready: (page) => expect(page.getByRole('list', { name: /Ledger entries/ }).getByText('newcomer').first()).toBeVisible() },
      { name: 'freezes', path: '/freezes', ready: text('Quarter end') },
      { name: 'access', path: '/access', ready: text('local') },
      { name: 'unknown-page', path: '/nowhere', ready: heading('There is no such page') },
    ],
  };
}

/** Loads a page in the given colours, at once complete. */
export async function show(page: Page, platform: Platform, screen: Screen, colours: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme: colours, reducedMotion: 'reduce' });
  await page.goto(`${platform.url}${screen.path}`);
  await screen.ready(page);
}
