import type { CheckView, RolloutView } from '../api/types';

/** A canary at 25 %, for tests to start from. */
export const rollout = (fields: Partial<RolloutView> = {}): RolloutView => ({
  id: 'p1', service: 'storefront', environment: 'prod', version: '2.0.0', fromVersion: '1.0.0', kind: 'promotion', state: 'running',
  strategy: 'canary', reason: 'analyzes at 25 %', until: null, startedAt: '2026-11-21T12:00:00Z', endedAt: null,
  steps: [
    { kind: 'start', title: 'start 1 instance', state: 'done' }, { kind: 'weight', weight: 25, title: '25 %', state: 'done' },
    { kind: 'analyze', title: 'analyze 15s', state: 'current' }, { kind: 'full', weight: 100, title: '100 %', state: 'pending' },
  ],
  weights: [{ versionSet: 'a', version: '1.0.0', arm: 'stable', weight: 75 }, { versionSet: 'b', version: '2.0.0', arm: 'canary', weight: 25 }],
  rings: [], instances: [], routes: [], mirror: 0, approvals: null, verifications: [], hooks: [], analysis: null, actions: ['pause', 'skip', 'abort'], ...fields,
});

export const check = (fields: Partial<CheckView> = {}): CheckView => ({
  name: 'errors', verdict: 'inconclusive', guarantee: 'guaranteed', dryRun: false, text: '', canaryUnits: 10, canaryBad: 0, stableUnits: 90, stableBad: 0, logEvidence: 0, logLimit: 2, ...fields,
});
