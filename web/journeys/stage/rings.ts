import type { AnalysisSummary, AnalysisView, RingView, RolloutView } from '../../src/api/types';
import { ago, check, instance, lane, moving, points, rollout, row, status, steps, world } from './made';
import type { Scene } from './scenes';
import type { Documents } from './Stage';

/** Rollouts that go through groups of hosts: what each has by itself. */
const ring = (name: string, instances: number, weight: number, state: RingView['state']): RingView => ({
  name, target: { ring: name }, instances, state, weight,
  weights: [{ versionSet: 'a', version: '1.9.0', arm: 'stable', weight: 100 - weight }, { versionSet: 'b', version: '2.1.0', arm: 'canary', weight }],
});
const plan = (at: number, state: RolloutView['steps'][number]['state']): RolloutView['steps'] => [
  ['start', 'inner: start 1 instance'], ['weight', 'inner: 30 %'], ['analyze', 'inner: analyze 1m'], ['full', 'inner: 100 %'], ['soak', 'inner: soak 5m'],
  ['batch', 'outer: 2 of 4'], ['batch', 'outer: 4 of 4'], ['soak', 'outer: soak 5m'], ['full', '100 %'],
].map(([kind = '', title = ''], index) => ({
  kind, title, state: index < at ? 'done' : index === at ? state : 'pending', startedAt: index <= at ? ago(300 - index * 30) : null, endedAt: index < at || (index === at && state !== 'current') ? ago(270 - index * 30) : null,
}));
const passed = (): AnalysisSummary => ({
  ring: 'inner', verdict: 'passed', guarantee: 'guaranteed', unit: 'request', at: ago(70),
  checks: [check({ verdict: 'passed', canaryUnits: 2412, canaryBad: 3, stableUnits: 1655, stableBad: 3, logEvidence: -0.8, text: 'errors: canary 0.12 % vs stable 0.18 %: the canary’s own rate is below 0.61 %, 1 % is acceptable' })],
});
/** It waits for a person, and serves on meanwhile. */
const failed = (): AnalysisSummary => ({
  ring: 'inner', verdict: 'failed', guarantee: 'guaranteed', unit: 'request', at: ago(50), decidedAt: ago(52),
  checks: [check({ verdict: 'failed', canaryUnits: 412, canaryBad: 98, stableUnits: 1655, stableBad: 3, ratio: null, ratioLow: 31.4, ratioHigh: null, logEvidence: 5, decidedAt: ago(52), text: 'errors: canary 23.8 % vs stable 0.18 %, ratio at least 31.4, certain beyond 1 in 300 after 38 s' })],
});
const analysis = (ofRing: string, latest: AnalysisSummary | null): AnalysisView => ({ rollout: 'storefront-prod-9', ring: ofRing, latest, points: latest ? points(90) : [], unit: 'request', checks: [] });

const scene = (name: string, says: string | RegExp, fields: Partial<RolloutView>, path = ''): Scene => ({
  name: `rings-${name}`, path: `/rollouts/storefront-prod-9${path}`, says,
  documents: (): Documents => ({
    ...world({ rollout: rollout({ strategy: 'ring', weights: [], analysis: passed(), instances: [instance('2.1.0', 1), instance('1.9.0', 2), instance('1.9.0', 3)], ...fields }) }),
    '/rollouts/storefront-prod-9/analysis': analysis('inner', passed()), '/rollouts/storefront-prod-9/analysis?ring=inner': analysis('inner', passed()), '/rollouts/storefront-prod-9/analysis?ring=outer': analysis('outer', null),
  }),
});
const held: Partial<RolloutView> = {
  state: 'paused', until: null, actions: ['retry', 'abort'], steps: plan(5, 'failed'), rings: [ring('inner', 1, 100, 'done'), ring('outer', 4, 0, 'returned')],
  reason: 'failed in outer (back on 1.9.0; inner on 2.1.0): the program listens but was not healthy within 30s. Make the health path answer 200.',
};

export const ringScenes: Scene[] = [
  scene('under-way', 'The judge, in inner', { steps: plan(5, 'current'), reason: 'exchanges batch 1 of 2 in outer', until: null, rings: [ring('inner', 1, 100, 'done'), ring('outer', 4, 50, 'current')] }),
  scene('held', /^It failed in outer/, held),
  scene('held-other', 'Nothing was judged in outer.', held, '?ring=outer'),
  {
    name: 'rings-failed', path: '/rollouts/storefront-prod-9', says: /^It failed, and its definition says to pause then/,
    documents: () => ({
      ...world({ rollout: rollout({
        strategy: 'ring', weights: [], state: 'paused', until: null, actions: ['retry', 'abort'], analysis: failed(), steps: plan(2, 'failed'), rings: [ring('inner', 1, 30, 'failed'), ring('outer', 4, 0, 'pending')],
        instances: [instance('2.1.0', 1, { arm: 'canary' }), instance('1.9.0', 2), instance('1.9.0', 3)], reason: `failed: ${failed().checks[0]?.text}`,
      }) }),
      '/rollouts/storefront-prod-9/analysis': { ...analysis('inner', failed()), points: points(90, (second) => ({ canaryErrors: second % 3 ? 0 : 4 })) },
    }),
  },
  scene('taken-back', /was taken back/, {
    state: 'rolledBack', until: null, endedAt: ago(30), actions: [], steps: plan(5, 'failed'), rings: [ring('inner', 1, 0, 'returned'), ring('outer', 4, 0, 'returned')],
    weights: [{ versionSet: 'a', version: '1.9.0', arm: 'stable', weight: 100 }, { versionSet: 'b', version: '2.1.0', arm: 'canary', weight: 0 }],
    reason: 'the program listens but was not healthy within 30s. Make the health path answer 200.',
  }),
  {
    name: 'worker-taken-back', path: '/rollouts/storefront-prod-9', says: /was taken back/,
    documents: () => world({
      points: [],
      rollout: rollout({
        worker: true, state: 'rolledBack', until: null, endedAt: ago(30), actions: [], reason: 'queue: 2 measurements failed, 1 may: value 140: not value < 100', steps: steps(4, 'failed'),
        weights: [{ versionSet: 'a', version: '1.9.0', arm: 'stable', weight: 100 }, { versionSet: 'b', version: '2.1.0', arm: 'canary', weight: 0 }],
        analysis: { verdict: 'failed', guarantee: 'estimated', unit: 'request', at: ago(31), checks: [
          check({ name: 'queue', verdict: 'failed', guarantee: 'estimated', canaryUnits: 7, canaryBad: 2, stableUnits: 0, stableBad: 0, ratio: null, ratioLow: null, ratioHigh: null, logEvidence: 0, logLimit: 0, measured: 140, text: 'queue: 2 measurements failed, 1 may: value 140: not value < 100' }),
          check({ name: 'dead letters', guarantee: 'estimated', noTraffic: true, canaryUnits: 0, canaryBad: 0, stableUnits: 0, stableBad: 0, ratio: null, ratioLow: null, ratioHigh: null, logEvidence: 0, text: 'dead letters: no unit to the canary has been counted yet' }),
        ] },
      }),
    }),
  },
  {
    name: 'rings-board', path: '/', says: '1 of 2 rings',
    documents: () => world({
      status: status([row({ ...lane(), moving: moving({ rollout: 'paused', weight: null, reason: held.reason ?? '', rings: [{ name: 'inner', state: 'done', weight: 100 }, { name: 'outer', state: 'returned', weight: 0 }] }) })]),
    }),
  },
];
