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

async function served(platform: Platform, name: string, steps: string, version: string): Promise<{ service: Service; first: string }> {
  const service = await new Service(platform, name, steps).add();
  await service.release(version);
  return { service, first: await service.bringToProd(version) };
}

/** A canary with traffic that stands at its first weight, judged. */
async function underWay(platform: Platform): Promise<{ id: string; first: string; end: () => Promise<void> }> {
  const { service, first } = await served(platform, 'storefront', slowSteps, '1.0.0');
  const end = platform.load('storefront', 60);
  await service.release('1.1.0');
  const id = await service.rollTo('1.1.0', 20);
  await until('the judge has said something about 1.1.0', 30_000, async () => (await service.rollout(id))?.analysis != null);
  return { id, first, end };
}

async function takenBack(platform: Platform): Promise<{ id: string; end: () => Promise<void> }> {
  const { service } = await served(platform, 'basket', judgedSteps, '3.2.0');
  const end = platform.load('basket', 60);
  await service.release('3.3.0', 0.2);
  const id = await service.rollTo('3.3.0', 30);
  await service.until(id, 'rolledBack');
  return { id, end };
}

async function withoutTraffic(platform: Platform): Promise<{ id: string }> {
  const { service } = await served(platform, 'payments-gateway', judgedSteps, '0.9.0');
  await service.release('0.10.0');
  return { id: await service.rollTo('0.10.0', 30) };
}

async function endedByAPerson(platform: Platform): Promise<{ id: string; service: Service }> {
  const { service } = await served(platform, 'search', slowSteps, '7.0.0');
  await service.release('7.1.0');
  const id = await service.rollTo('7.1.0', 20);
  await service.act(id, 'abort', 'The team wants to look at it again');
  await service.until(id, 'aborted');
  return { id, service };
}

async function neverStarted(platform: Platform): Promise<{ id: string }> {
  const service = await new Service(platform, 'reports', slowSteps).add();
  const id = await service.releaseThatNeverStarts('0.1.0');
  await until('0.1.0 of reports is given up', 60_000, async () => (await service.rollout(id))?.endedAt != null);
  return { id };
}

async function frozenSoon(platform: Platform): Promise<void> {
  const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
  await platform.cli(['freeze', 'add', '--env', 'staging', '--from', inHours(1), '--until', inHours(2), '--why', 'Quarter end']);
}

/** Brings a platform into a state in which every page has something to show; then what there is to see. Loads end with the answer's `end`. */
export async function furnish(platform: Platform): Promise<{ screens: Screen[]; end: () => Promise<void> }> {
  const [running, failed, silent, aborted, dead] = await Promise.all([
    underWay(platform), takenBack(platform), withoutTraffic(platform), endedByAPerson(platform), neverStarted(platform),
    new Service(platform, 'newcomer', quickSteps).add(), frozenSoon(platform),
  ]);
  const first = running.first;
  const waiting = await aborted.service.promote('7.1.0');
  return {
    end: async () => { await Promise.all([running.end(), failed.end()]); },
    screens: [
      { name: 'board', path: '/', ready: async (page) => { await heading('Board')(page); await text('payments-gateway')(page); } },
      { name: 'service', path: '/services/storefront', ready: text('Storefront 1.1.0') },
      { name: 'release', path: '/services/storefront/releases/1.1.0', ready: text('Download the artifact') },
      { name: 'release-unknown', path: '/services/storefront/releases/9.9.9', ready: heading('There is no release 9.9.9 of storefront') },
      { name: 'service-empty', path: '/services/newcomer', ready: text('No release yet.') },
      { name: 'promotion-waiting', path: `/promotions/${waiting}`, ready: text('Approved by a person') },
      { name: 'promotion-done', path: `/promotions/${first}`, ready: text('Approved by approver') },
      { name: 'rollout-running', path: `/rollouts/${running.id}`, ready: text('Requests per second') },
      { name: 'rollout-rolled-back', path: `/rollouts/${failed.id}`, ready: text('Requests per second') },
      { name: 'rollout-no-traffic', path: `/rollouts/${silent.id}`, ready: text('No requests have been counted') },
      { name: 'rollout-aborted', path: `/rollouts/${aborted.id}`, ready: text('Aborted') },
      { name: 'rollout-first', path: `/rollouts/${first}`, ready: text('Nothing to compare with') },
      { name: 'rollout-never-started', path: `/rollouts/${dead.id}`, ready: text('reports') },
      { name: 'rollout-unknown', path: '/rollouts/none', ready: heading('There is no such rollout') },
      { name: 'runs', path: '/runs', ready: text('No run yet.') },
      { name: 'run-unknown', path: '/runs/none', ready: heading('There is no such run') },
      { name: 'activity', path: '/activity', ready: (page) => expect(page.getByRole('list', { name: /Ledger entries/ }).getByRole('listitem').first()).toBeVisible() },
      { name: 'freezes', path: '/freezes', ready: text('Quarter end') },
      { name: 'access', path: '/access', ready: text('local') },
      { name: 'unknown-page', path: '/nowhere', ready: heading('There is no such page') },
    ],
  };
}

interface Dialog { name: string; on: Screen; open: (page: Page) => Promise<void> }

/** What opens above the pages. */
export function dialogsOf(screens: Screen[]): Dialog[] {
  const pressing = (name: string, on: string, button: string | RegExp): Dialog => {
    const screen = screens.find((each) => each.name === on);
    if (!screen) throw new Error(`There is no screen ${on}.`);
    return {
      name: `dialog-${name}`, on: screen,
      open: async (page) => {
        await page.getByRole('button', { name: button }).first().click();
        await expect(page.getByRole('dialog')).toBeVisible();
      },
    };
  };
  return [
    pressing('promote', 'service', 'Promote to prod'),
    pressing('rollback', 'service', 'Roll back in prod'),
    pressing('abort', 'rollout-running', 'Abort…'),
    pressing('log', 'rollout-running', /^Log of/),
    pressing('search', 'board', 'Search'),
    pressing('freeze', 'freezes', 'Add a freeze…'),
    pressing('token', 'access', /token/i),
  ];
}

/** Loads a page in the given colours, at once complete. */
export async function show(page: Page, platform: Platform, screen: Screen, colours: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme: colours, reducedMotion: 'reduce' });
  await page.goto(`${platform.url}${screen.path}`);
  await screen.ready(page);
}
