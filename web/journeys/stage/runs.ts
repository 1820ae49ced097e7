import type { RunJobView, RunStepView, RunView, SourceView } from '../../src/api/types';
import { ago, storefront, world } from './made';
import type { Scene } from './scenes';
import type { Documents } from './Stage';

const commit = '4f1c2a9be07d663399aa0b1c2d3e4f5061728394';

const step = (name: string, from: number | null, to: number | null, fields: Partial<RunStepView> = {}): RunStepView => ({
  name, state: from === null ? 'waiting' : to === null ? 'running' : 'succeeded', startedAt: from === null ? null : ago(from), endedAt: to === null ? null : ago(to),
  exitCode: to === null ? null : 0, tries: from === null ? 0 : 1, note: null, ...fields,
});

const job = (name: string, needs: string[], times: [number | null, number | null, number | null], fields: Partial<RunJobView> = {}): RunJobView => {
  const [queued, started, ended] = times.map((each) => (each === null ? null : ago(each)));
  return {
    name, needs, state: ended ? 'succeeded' : started ? 'running' : queued ? 'queued' : 'waiting', outcome: ended ? 'succeeded' : null, reason: null,
    attempt: queued ? 1 : 0, agent: started ? 'harbour-1' : null, queuedAt: queued, startedAt: started, endedAt: ended, steps: [], caches: [], ...fields,
  };
};

const run = (fields: Partial<RunView> = {}): RunView => ({
  id: 'storefront-run-42', service: 'storefront', state: 'running', reason: 'runs test (22); test (24), browsers wait for an agent', commit, branch: 'main', tag: null,
  subject: 'Show wish lists beside the basket, and remember them for people who are signed in', version: '2.2.0-14.g4f1c2a9', release: null, author: 'Maren Holm', requestedBy: 'slipway', requestedAt: ago(150), why: null,
  startedAt: ago(148), endedAt: null,
  jobs: [
    job('build', [], [148, 145, 82], { steps: [step('install', 145, 120), step('bundle', 120, 84), step('licences', 84, 82, { note: 'The memory limit is not held here: this machine has no cgroup for it.' })] }),
    job('lint', [], [148, 144, 131], { agent: 'harbour-2', steps: [step('npm run lint', 144, 131)] }),
    job('test (20)', ['build'], [82, 80, 31], { steps: [step('unit', 80, 31)] }),
    job('test (22)', ['build'], [82, 30, null], { attempt: 2, steps: [step('unit', 29, null, { tries: 2 }), step('coverage', null, null)] }),
    job('test (24)', ['build'], [82, null, null], { reason: '1 before it; harbour-1 has no room left' }),
    job('browsers', ['build'], [82, null, null], { reason: 'no agent has the label gpu: harbour-1 and harbour-2 are there without it' }),
    job('pack', ['test', 'lint', 'browsers'], [null, null, null]),
  ],
  ...fields,
});

export const failedRun = (fields: Partial<RunView> = {}): RunView => run({
  id: 'storefront-run-41', state: 'failed', reason: 'test (22): 2 of 412 tests failed: basket keeps its order, basket survives a reload', endedAt: ago(40), requestedBy: 'maren', why: 'Once more after the cache was emptied',
  jobs: [
    job('build', [], [148, 145, 82], { steps: [step('install', 145, 120), step('bundle', 120, 82)] }),
    job('test (22)', ['build'], [82, 80, 41], {
      state: 'failed', outcome: 'testsFailed', attempt: 2, reason: '2 of 412 tests failed: basket keeps its order, basket survives a reload',
      caches: [
        { name: 'npm', hit: true, from: 'main', bytes: 148_200_000, seconds: 3.41, why: null, saved: false, whyNotSaved: null },
        { name: 'node_modules/.vite, ~/.cache/icons', hit: false, from: null, bytes: null, seconds: null, why: 'nothing is kept yet for what assets/logo.svg and 41 more say now', saved: false, whyNotSaved: 'only a job that ends well saves' },
      ],
      steps: [step('unit', 80, 41, { state: 'failed', exitCode: 1, tries: 2 }), step('coverage', null, null, { state: 'skipped' })],
    }),
    job('browsers', ['build'], [82, 70, 60], { state: 'failed', outcome: 'agentLost', agent: 'harbour-2', reason: 'harbour-2 is away since 14:02 and has told no end of it' }),
    job('pack', ['test', 'browsers'], [null, null, 41], { state: 'skipped', outcome: null, reason: 'test (22) failed' }),
  ],
  ...fields,
});

/** One that ended well, with a release. */
export const madeRun = (): RunView => run({
  id: 'storefront-run-40', state: 'succeeded', reason: 'made storefront@2.1.0', author: 'Maren Holm', release: '2.1.0', version: '2.1.0', tag: 'v2.1.0', endedAt: ago(20),
  jobs: [job('build', [], [148, 145, 82]), job('lint', [], [148, 144, 131]), job('test (20)', ['build'], [82, 80, 31]), job('test (22)', ['build'], [82, 80, 25]), job('pack', ['test', 'lint'], [25, 24, 20])],
});

const line = (secondsAgo: number, index: number, text: string): string => `${Math.round(Date.now() - secondsAgo * 1000)} ${index} ${text}\n`;

const log = (): string => [
  line(81, -1, '## checkout of 4f1c2a9b'), line(81, -1, '## outputs of build: 412 files'),
  line(80, 0, '\u001b[2K\u001b[1G> storefront@2.2.0 test'), line(80, 0, '> vitest run --reporter=verbose'), line(79, 0, ''),
  ...Array.from({ length: 400 }, (_, test) => line(78 - test / 12, 0, ` \u001b[32m✓\u001b[39m src/basket/part${test % 17}.test.ts \u001b[2m>\u001b[22m case ${test + 1} \u001b[33m${(test * 7) % 90} ms\u001b[39m`)),
  line(42, 0, ' \u001b[31m✗\u001b[39m src/basket/order.test.ts > \u001b[1mbasket keeps its order\u001b[22m'), line(42, 0, '   \u001b[31mAssertionError: expected [ 2, 1 ] to deeply equal [ 1, 2 ]'), line(42, 0, '   \u001b[2m- Expected'), line(42, 0, '   + Received\u001b[0m'),
  line(41, 0, '\u001b[41;1m FAIL \u001b[0m \u001b[7m basket survives a reload \u001b[27m after \u001b[35m3 tries\u001b[39m, see \u001b[4;36mhttps://example.org/basket\u001b[0m'), line(41, 0, '## unit ended with 1'),
].join('');

const logInSteps = (): string => [
  line(145, -1, '## checkout of 4f1c2a9b'), line(145, 0, 'npm ci'), line(121, 0, 'added 191 packages in 24s'),
  ...Array.from({ length: 30 }, (_, file) => line(119 - file, 1, `dist/assets/part-${file}.js  \u001b[2m${file * 3 + 1}.2 kB\u001b[22m`)), line(83, 2, 'no licence is new'), line(82, -1, '## outputs: dist, 412 files, 4.8 MB'),
].join('');

const source = (fields: Partial<SourceView> = {}): SourceView => ({
  service: 'storefront', repository: 'https://git.example.org/web/shops.git', branch: 'main', path: 'apps/storefront', head: commit, active: 'storefront-run-42', waiting: [], problem: null, problemCommit: null, ...fields,
});

const past = (): RunView[] => [
  run(), failedRun(),
  ...(['succeeded', 'cancelled', 'succeeded', 'succeeded', 'failed'] as const).map((state, index) => run({
    id: `storefront-run-${40 - index}`, state, requestedAt: ago(4000 + index * 9000), startedAt: ago(3990 + index * 9000), endedAt: ago(3800 + index * 9000), jobs: [],
    subject: ['Basket in two columns', 'Try another font', 'Faster first page', 'Release 2.1.0', 'Newer tools'][index] ?? '', release: state === 'succeeded' ? `0.0.0-${16 - index}.g9b409405` : null, tag: index === 3 ? 'v2.1.0' : null,
    reason: state === 'cancelled' ? 'storefront-run-40 of a newer commit takes its place' : state === 'failed' ? 'build: exit status 2' : 'made storefront@2.1.0',
  })),
  run({ id: 'payments-gateway-european-union-run-3', service: 'payments-gateway-european-union', state: 'queued', reason: 'waits for its turn', startedAt: null, jobs: [] }),
];

const page = (items: RunView[]): unknown => ({ items, next: null });

const runs = (shown: RunView, job: string, text: string | null = log()): (() => Documents) => () => ({
  ...world({}), [`/runs/${shown.id}`]: shown, '/runs': page(past()), ...(text === null ? {} : { [`/runs/${shown.id}/jobs/${job}/log`]: text }),
});

export const runScenes: Scene[] = [
  { name: 'runs', path: '/runs', says: 'payments-gateway-european-union', documents: () => ({ ...world({}), '/runs': page(past()) }) },
  { name: 'runs-none', path: '/runs', says: 'No run yet.', documents: () => world({}) },
  { name: 'run-running', path: '/runs/storefront-run-42', says: 'case 400', documents: runs(run(), 'test (22)') },
  { name: 'run-folded', path: '/runs/storefront-run-42?job=build', says: 'After the steps', documents: runs(run(), 'build', logInSteps()) },
  { name: 'run-queued', path: '/runs/storefront-run-42?job=browsers', says: 'Nothing has been written yet.', documents: runs(run(), 'browsers', null) },
  { name: 'run-failed', path: '/runs/storefront-run-41', says: 'FAIL', documents: runs(failedRun(), 'test (22)') },
  { name: 'run-failed-line', path: '/runs/storefront-run-41?job=test+%2822%29#L120', says: 'case 115', documents: runs(failedRun(), 'test (22)') },
  { name: 'dialog-run-cancel', path: '/runs/storefront-run-42', says: 'case 400', opens: 'Cancel…', documents: runs(run(), 'test (22)') },
  {
    name: 'service-runs', path: '/services/storefront', says: 'made no run',
    documents: () => ({
      ...world({}), '/runs': page(past().slice(0, 7)),
      '/services/storefront': storefront({ repository: source().repository }),
      '/services/storefront/source': source({ head: 'a90c11d2e07d663399aa0b1c2d3e4f5061728394', problemCommit: 'a90c11d2e07d663399aa0b1c2d3e4f5061728394', waiting: ['storefront-run-43'], problem: 'apps/storefront/slipway.yaml:14:7: unknown key "step". Did you mean "steps"?' }),
    }),
  },
];

/** A running job whose log somebody can put more lines to. */
export const runWith = (text: () => string): (() => Documents) => () => ({ ...world({}), '/runs/storefront-run-42': run(), '/runs/storefront-run-42/jobs/test (22)/log': text() });
/** A failed job with a log of so many lines. */
export const longRun = (lines: number): (() => Documents) => {
  const text = Array.from({ length: lines }, (_, index) => `${1_763_726_400_000 + index} 0 line ${index + 1} of many`).join('\n') + '\n';
  return runs(failedRun(), 'test (22)', text);
};
