import type { RunTestsView, RunTestView, ServiceTestView, TestSquare } from '../../src/api/types';
import { ago, world } from './made';
import { failedRun } from './runs';
import type { Scene } from './scenes';
import type { Documents } from './Stage';

const test = (name: string, fields: Partial<RunTestView> = {}): RunTestView => ({
  name, suite: 'basket', outcome: 'passed', standing: 'passing', failingSince: null, flaky: null, quarantined: false, jobs: ['test (22)'], milliseconds: 3.4, message: null, stack: null, ...fields,
});

const failing: RunTestView[] = [
  test('basket keeps its order', { outcome: 'failed', standing: 'newlyFailing', failingSince: 'storefront-run-41', milliseconds: 412, message: 'AssertionError: expected [ 2, 1 ] to deeply equal [ 1, 2 ]', stack: 'AssertionError: expected [ 2, 1 ] to deeply equal [ 1, 2 ]\n    at src/basket/order.test.ts:14:22\n    at node_modules/vitest/dist/runner.js:103:11' }),
  test('basket survives a reload', { outcome: 'failed', standing: 'stillFailing', failingSince: 'storefront-run-38', milliseconds: 12_040, message: 'after 3 tries', stack: null, jobs: ['test (20)', 'test (22)'] }),
  test('com.acme.shop.checkout.payment.provider.PaymentProviderIntegrationTest.answersWithinTheTimeThatTheProviderPromises[eu-central-1]', { outcome: 'failed', standing: 'stillFailing', failingSince: 'storefront-run-30', quarantined: true, flaky: 'turned between passing and failing 6 times in the last 20 runs', milliseconds: 3010, message: 'timed out' }),
  test('search finds what was just added', { flaky: 'failed and passed on commit 4f1c2a9b', milliseconds: 88, message: 'expected 1 result, got 0' }),
  test('basket adds', { standing: 'fixed' }),
];

const many = (): RunTestView[] => [...failing, ...Array.from({ length: 405 }, (_, index) => test(`catalog case ${index + 1}`, { milliseconds: 405 - index })), test('ships abroad', { outcome: 'skipped', standing: 'skipped', milliseconds: 0 })];

const told = (items: RunTestView[], fields: Partial<RunTestsView> = {}): RunTestsView => ({
  run: 'storefront-run-41', service: 'storefront', passed: 407, failed: 3, skipped: 1, newlyFailing: 1, fixed: 1, flaky: 2, quarantined: 1, left: 0, matching: items.length, items, next: null,
  coverage: { covered: 8123, valid: 10_003, before: { run: 'storefront-run-40', covered: 8100, valid: 10_003 }, packages: [{ name: 'src/basket', covered: 800, valid: 1000 }, { name: 'src/catalog', covered: 7323, valid: 9003 }], packagesLeft: 0 },
  ...fields,
});

/** In numbers alone. */
export const countsOf = (): RunTestsView => ({ ...told([]), run: 'storefront-run-40', failed: 1, newlyFailing: 0, fixed: 0, flaky: 1, quarantined: 1, skipped: 1, matching: 409 });

const runWithTests = (): Documents => ({ ...world({}), '/runs/storefront-run-41': failedRun(), '/runs/storefront-run-41/tests': told(many()), '/runs/storefront-run-41/tests?outcome=failed&limit=200': told(failing.slice(0, 3)) });

const runs = Array.from({ length: 30 }, (_, index) => ({ run: `storefront-run-${41 - index}`, commit: '4f1c2a9be07d663399aa0b1c2d3e4f5061728394', at: ago(40 + index * 5000), covered: 8123 - index, valid: 10_003 }));
const history = (of: (index: number) => TestSquare): TestSquare[] => runs.map((_, index) => of(index));

const over = (name: string, fields: Partial<ServiceTestView> = {}): ServiceTestView => ({ name, suite: null, standing: 'passing', failingSince: null, flaky: null, quarantine: null, milliseconds: 3.4, history: history(() => 'passed'), ...fields });

const all = (): ServiceTestView[] => [
  over('basket keeps its order', { standing: 'newlyFailing', failingSince: 'storefront-run-41', history: history((index) => (index === 0 ? 'failed' : 'passed')) }),
  over('com.acme.shop.checkout.payment.provider.PaymentProviderIntegrationTest.answersWithinTheTimeThatTheProviderPromises[eu-central-1]', {
    standing: 'stillFailing', failingSince: 'storefront-run-30', flaky: 'turned between passing and failing 6 times in the last 20 runs', history: history((index) => (index % 3 ? 'failed' : 'passed')),
    quarantine: { id: '0123456789abcdef', service: 'storefront', name: 'x', owner: 'team-payments', until: ago(-86_400 * 9), why: 'Their sandbox answers late in the evenings', by: 'maren', at: ago(86_400), inForce: true },
  }),
  over('search finds what was just added', { flaky: 'failed and passed on commit 4f1c2a9b', history: history((index) => (index === 4 ? 'both' : index > 20 ? 'none' : 'passed')) }),
  over('ships abroad', { standing: 'skipped', history: history(() => 'skipped'), milliseconds: 0 }),
  ...Array.from({ length: 190 }, (_, index) => over(`catalog case ${index + 1}`, { milliseconds: 190 - index })),
];

const service = (items: ServiceTestView[], tested = runs): Documents => ({ ...world({}), '/services/storefront/tests': { service: 'storefront', runs: tested, matching: items.length, items, next: null } });

export const testScenes: Scene[] = [
  { name: 'run-tests', path: '/runs/storefront-run-41', says: 'basket keeps its order', documents: runWithTests },
  { name: 'service-tests', path: '/services/storefront/tests', says: 'team-payments', documents: () => service(all()) },
  { name: 'service-tests-none', path: '/services/storefront/tests', says: 'No run has reported tests yet.', documents: () => service([], []) },
  { name: 'dialog-quarantine', path: '/services/storefront/tests', says: 'team-payments', opens: 'Put basket keeps its order into quarantine', documents: () => service(all()) },
];
