import type { Passage, PromotionView, ReleaseJourney } from '../../src/api/types';
import { ago, freeze, hold, lane, moving, promotion, release, rollout, row, status, world } from './made';
import { madeRun } from './runs';
import type { Scene } from './scenes';
import { countsOf } from './tests';

const definition = `service: storefront
owner: team-web
pipeline:
  jobs:
    build: { steps: [ { run: npm ci && npm run build } ], outputs: [dist] }
    test: { needs: [build], steps: [ { name: unit, run: npm test, report: { junit: "out/*.xml" } } ] }
artifact: { from: build, path: dist }
run: { command: node server.js, instances: 4, health: { path: /healthz } }
rollout: { strategy: canary, steps: [ { weight: 20 }, { analyze: 10m }, { weight: 50 }, { analyze: 10m } ], checks: [errors, latency], onFailure: rollback }
`;

const passage = (environment: string, fields: Partial<PromotionView> = {}, rolling: Partial<NonNullable<Passage['rollout']>> | null = {}): Passage => ({
  promotion: promotion({ id: `storefront-${environment}-9`, environment, requestedBy: 'slipway', why: null, approvals: [], state: 'succeeded', reason: '2.1.0 has all traffic', requestedAt: ago(5000), endedAt: ago(4800), rollout: rolling && `storefront-${environment}-9`, ...fields }),
  rollout: rolling && { state: 'succeeded', strategy: 'rolling', reason: '2.1.0 has all traffic', until: null, weight: 100, verdict: null, startedAt: ago(4990), endedAt: ago(4960), ...rolling },
});

const before = (): Passage[] => [passage('staging'), passage('dev')];

const journey = (passages: Passage[], fields: Partial<ReleaseJourney> = {}): ReleaseJourney => ({
  release: release('2.1.0', { commit: madeRun().commit, runsIn: ['dev', 'staging'], notes: 'Wish lists beside the basket.\nPeople who are signed in find them again.', definition, createdBy: 'slipway', createdAt: ago(5100) }),
  artifactAvailable: true, artifactCollectedAt: null, run: madeRun(), tests: countsOf(), passages, ...fields,
});

const scene = (name: string, says: string | RegExp, made: () => ReleaseJourney, prod: () => Parameters<typeof row>[0] = () => ({}), more: Partial<Scene> = {}, frozen: string | null = null): Scene => ({
  name: `journey-${name}`, path: '/services/storefront/releases/2.1.0', says, ...more,
  documents: () => ({ ...world({ status: status([row(prod())], frozen) }), '/services/storefront/releases/2.1.0/journey': made() }),
});

const failure = 'errors: canary 19.8 % vs stable 0.13 % (since 4 s into it canary 22.1 % vs stable 0.13 %), ratio 146.80 (at least 31.4), by estimate beyond 1 in 100 after 14 s';

const waiting = (): Passage => passage('prod', {
  state: 'waiting', requestedBy: 'maren', why: 'Wish lists for the autumn sale', requestedAt: ago(300), endedAt: null, reason: 'an approval by somebody who neither made nor asked for it is missing',
  gates: [
    { name: 'hold', state: 'open', why: 'nothing is held' },
    { name: 'freeze', state: 'waiting', why: `prod is frozen: ${freeze().why}`, until: ago(-3600), openedBy: 'slipway freeze lift freeze-4f1c' },
    { name: 'approval', state: 'waiting', why: 'an approval by somebody who neither made nor asked for it is missing', openedBy: 'slipway promotion approve storefront-prod-9' },
  ],
}, null);

const rolling = (): Passage => passage('prod', { state: 'rollingOut', requestedBy: 'maren', requestedAt: ago(900), endedAt: null, reason: 'rolling out', approvals: [{ by: 'jonas', at: ago(400), approved: true, why: 'Looked at in staging' }] },
  { state: 'running', strategy: 'canary', reason: rollout().reason, until: ago(-100), weight: 20, verdict: 'inconclusive', startedAt: ago(320), endedAt: null });

const takenBack = (id: string, at: number): Passage => passage('prod', { id, state: 'rolledBack', requestedBy: 'maren', requestedAt: ago(at), endedAt: ago(at - 300), reason: failure }, { state: 'rolledBack', strategy: 'canary', reason: failure, weight: 0, verdict: 'failed', startedAt: ago(at), endedAt: ago(at - 300) });

const longName = 'payments-gateway-european-union';
const longVersion = '2026.11.21-feature.wish-lists-beside-the-basket.1234+build.20261121140211';

export const journeyScenes: Scene[] = [
  scene('next', 'Next: prod, on request.', () => journey(before())),
  scene('waiting', 'It waits before prod.', () => journey([waiting(), ...before()]), () => ({ moving: moving({ state: 'waiting', rollout: null, weight: null }) }), {}, freeze().why),
  scene('rolling', 'It is rolling out to prod.', () => journey([rolling(), ...before()]), () => ({ moving: moving() })),
  scene('arrived', 'It has come to the end of its way.', () => journey([passage('prod', { requestedBy: 'maren' }, { strategy: 'canary', verdict: 'passed' }), takenBack('storefront-prod-7', 90_000), ...before()]), () => ({ version: '2.1.0', since: ago(4000) })),
  scene('taken-back', 'It is held in prod.', () => journey([takenBack('storefront-prod-9', 3900), ...before()]), () => ({ holds: [hold({ version: '2.1.0' })] })),
  scene('upload', 'None known', () => journey([], {
    run: null, tests: null, artifactAvailable: false, artifactCollectedAt: ago(86_400 * 3),
    release: release('2.1.0', { commit: null, createdBy: 'ci', runsIn: [], veto: { by: 'jonas', at: ago(50), why: 'It loses orders when two people buy the last of a kind' } }),
  })),
  scene('dialog-promote', 'Next: prod, on request.', () => journey(before()), () => ({}), { opens: 'Promote 2.1.0 to prod' }),
  {
    name: 'journey-long', path: `/services/${longName}/releases/${encodeURIComponent(longVersion)}`, says: 'Next: prod, on request.',
    documents: () => {
      const made = journey([]);
      const shown = { ...row(), service: longName, lanes: ['dev', 'staging', 'prod'].map((environment) => lane({ service: longName, environment, version: environment === 'prod' ? '2026.11.20' : longVersion, url: null })) };
      return {
        ...world({ status: status([shown]) }),
        [`/services/${longName}/releases/${longVersion}/journey`]: {
          ...made, run: { ...madeRun(), service: longName, subject: 'Show wish lists beside the basket, remember them for people who are signed in, and mail those who left something in them for longer than a week', branch: 'feature/wish-lists-beside-the-basket-for-people-who-are-signed-in' },
          release: { ...made.release, service: longName, version: longVersion, runsIn: ['dev', 'staging'] },
        },
      };
    },
  },
];
