import type { AnalysisSummary, CheckView, RolloutHook, RolloutView } from '../../src/api/types';
import { ago, check, entriesOfRollback, freeze, hold, instance, lane, moving, points, promotion, release, releases, rollout, row, status, steps, world } from './made';
import { judgeScenes } from './judged';
import { journeyScenes } from './journeys';
import { ringScenes } from './rings';
import { runScenes } from './runs';
import { templateScenes } from './templates';
import type { Documents } from './Stage';
import { testScenes } from './tests';

/** One state of a page that is hard to reach by hand. */
export interface Scene {
  name: string;
  path: string;
  /** Words that are on the page once it is complete. */
  says: string | RegExp;
  documents: () => Documents;
  lost?: boolean;
  /** The button that opens the dialog which the scene is about. */
  opens?: string | RegExp;
}

const judged = (verdict: AnalysisSummary['verdict'], ...checks: AnalysisSummary['checks']): AnalysisSummary => ({ verdict, guarantee: 'estimated', unit: 'request', at: ago(2), checks });
const failedCheck = () => check({
  verdict: 'failed', canaryUnits: 187, canaryBad: 37, stableUnits: 742, stableBad: 1, ratio: 146.8, ratioLow: 31.4, ratioHigh: null, logEvidence: 17.4,
  text: 'errors: canary 19.8 % vs stable 0.13 % (since 4 s into it canary 22.1 % vs stable 0.13 %), ratio 146.80 (at least 31.4), by estimate beyond 1 in 100 after 14 s',
});
const latency = (fields: Partial<CheckView> = {}) => check({ name: 'latency', verdict: 'passed', text: 'latency: canary 4.9 % vs stable 5.1 % slower than 42.3 ms, ratio 0.96 (0.6–1.5)', canaryBad: 20, stableBad: 84, ratio: 0.96, ratioLow: 0.6, ratioHigh: 1.5, logEvidence: -2.1, thresholdMillis: 42.3, ...fields });
const failure = failedCheck().text;
const afterFailure = { points: points(16, (second) => ({ canaryErrors: second > 3 ? 3 : 0 })), entries: entriesOfRollback(failure) };
const weights = (fresh: number, old = 'stable', arm = 'canary'): RolloutView['weights'] => [
  { versionSet: 'a', version: '1.9.0', arm: old, weight: 100 - fresh }, { versionSet: 'b', version: '2.1.0', arm, weight: fresh },
];

const rolling = (name: string, says: string | RegExp, of: () => Partial<RolloutView>, rest: Omit<Parameters<typeof world>[0], 'rollout'> = {}): Scene => ({
  name: `rollout-${name}`, path: '/rollouts/storefront-prod-9', says, documents: () => world({ rollout: rollout(of()), ...rest }),
});

/** Somebody is asked for everything: scripts and endpoints, with every answer that there is. */
const asked = (fields: Partial<RolloutHook>): RolloutHook => ({ point: 'beforeStep', name: 'error-budget', step: '50 %', decision: null, detail: null, at: null, log: null, since: ago(80), tries: 1, againAt: null, isTold: false, passedOver: false, ...fields });
const logOf = (query: string): string => `/api/v1/rollouts/storefront-prod-9/logs?${query}`;
const askedScene = (name: string, says: string, opens?: RegExp): Scene => ({
  name: `rollout-${name}`, path: '/rollouts/storefront-prod-9', says, opens, documents: () => ({
    ...world({
      rollout: rollout({
        reason: 'waits for the hook error-budget (beforeStep): exit status 75: 2 % of the budget are left', until: ago(-25), steps: steps(5), analysis: judged('inconclusive', check()),
        verifications: [
          { name: 'frontpage', verdict: 'passed', detail: 'GET / → 200 in 14 ms', at: ago(298), since: ago(300), tries: 1 },
          { name: 'checkout-journey', verdict: 'passed', detail: 'exit status 0: 14 of 14 journeys are well', at: ago(260), since: ago(300), tries: 2, log: logOf('verification=checkout-journey') },
        ],
        hooks: [
          asked({ point: 'before', name: 'change-window', step: null, decision: 'go', detail: 'Change window is open until 18:00', at: ago(310), since: ago(314) }),
          asked({ tries: 3, againAt: ago(-25), detail: 'exit status 75: 2 % of the budget are left', log: logOf('hook=error-budget&point=beforeStep') }),
          asked({ point: 'afterStep', step: '20 %', name: 'release-notes', decision: 'failed', passedOver: true, detail: 'exit status 1: https://notes.example.com/api/v2/releases/storefront/2.1.0/published answered 502', at: ago(100), log: logOf('hook=release-notes&point=afterStep') }),
          asked({ point: 'beforeStep', step: '20 %', name: 'capacity', decision: 'unanswered', detail: 'ended before its answer: skipped by maren', since: ago(200) }),
        ],
      }),
    }),
    '/rollouts/storefront-prod-9/logs': `1763726400000 -1 ## checkout-journey runs on harbour-1\n1763726400200 0 + npm run journeys\n${Array.from({ length: 14 }, (_, i) => `1763726401000 0 \u001b[32m✓\u001b[0m journey ${i + 1}: a basket with ${i + 1} things is paid`).join('\n')}\n`,
  }),
});

const rollouts: Scene[] = [
  rolling('starting', 'start 1 instance', () => ({
    reason: 'waits for 1 instance to become healthy (0 of 1)', steps: steps(0), weights: weights(0), verifications: [], until: ago(-25), startedAt: ago(8),
    instances: [instance('2.1.0', 1, { arm: 'canary', state: 'probing', startedAt: ago(6) }), instance('1.9.0', 2)],
  }), { points: [] }),
  rolling('verifying', 'Verifying', () => ({
    state: 'verifying', reason: 'verifies: checkout', until: null, previewUrl: 'http://storefront--preview.prod.localhost:7380/', previewPort: 20_005, steps: steps(1), weights: weights(0),
    verifications: [{ name: 'frontpage', verdict: 'passed', detail: 'GET / → 200 in 14 ms', at: ago(4), since: ago(5), tries: 1 }, { name: 'checkout', verdict: null, detail: null, at: null, since: ago(5), tries: 1 }],
  }), { points: [] }),
  rolling('verification-failed', /was taken back/, () => ({
    state: 'rolledBack', reason: 'verification checkout: GET /checkout → 503, wanted 200: "no database"', until: null, endedAt: ago(60), steps: steps(1, 'failed', 'verification checkout: GET /checkout → 503, wanted 200: "no database"'), weights: weights(0), actions: [],
    verifications: [{ name: 'frontpage', verdict: 'passed', detail: 'GET / → 200 in 14 ms', at: ago(70), since: ago(71), tries: 1 }, { name: 'checkout', verdict: 'failed', detail: 'GET /checkout → 503, wanted 200: "no database"', at: ago(65), since: ago(71), tries: 3 }],
  }), { points: [] }),
  askedScene('asked', 'Change window'),
  askedScene('asked-log', 'Change window', /^Log of checkout-journey/),
  rolling('analyzing', 'evidence against it', () => ({ analysis: judged('inconclusive', check(), latency()) })),
  rolling('short', 'Requests per second', () => ({ analysis: judged('inconclusive', check({ canaryUnits: 3, canaryBad: 0, stableUnits: 11, stableBad: 0, ratio: null, ratioLow: null, ratioHigh: null })) }), { points: points(3, () => ({ canaryP95: null })) }),
  rolling('one-second', 'Requests per second', () => ({ reason: 'waits for the router to send 20 % to 2.1.0', until: ago(-20), steps: steps(2) }), { points: points(1, () => ({ canaryRequests: 0, canaryErrors: 0, canaryP95: null })) }),
  rolling('paused-step', 'Pausing', () => ({ state: 'paused', reason: 'pauses for 10m at 20 %', until: ago(-431), steps: steps(3), actions: ['resume', 'skip', 'abort'] })),
  rolling('paused-step-endless', 'It waits for a person.', () => ({
    state: 'paused', reason: 'waits at 20 % until somebody resumes it', until: null, steps: steps(3).map((step) => (step.kind === 'pause' ? { ...step, title: 'pause' } : step)), actions: ['resume', 'skip', 'abort'],
  })),
  rolling('paused-person', 'It waits for a person.', () => ({ state: 'paused', reason: 'paused by maren: The payment provider has an incident', until: null, actions: ['resume', 'retry', 'skip', 'abort'], analysis: judged('inconclusive', check()) })),
  rolling('paused-inconclusive', 'It waits for a person.', () => ({
    state: 'paused', until: null, actions: ['resume', 'retry', 'skip', 'abort'], reason: `inconclusive after 10m: ${check().text}`, analysis: judged('inconclusive', check(), latency()),
  })),
  rolling('paused-failed', /failed/, () => ({ state: 'paused', until: null, actions: ['retry', 'abort'], reason: `failed: ${failure}`, analysis: judged('failed', failedCheck(), latency()) })),
  rolling('watching', 'Watching', () => ({
    state: 'watching', reason: '2.1.0 has all traffic and is watched', until: ago(-190), steps: steps(7), weights: weights(100, 'warm', 'stable'), analysis: judged('inconclusive', check({ logEvidence: -0.4 }), latency()),
    instances: [1, 2, 3, 4].map((number) => instance('2.1.0', number)).concat([5, 6, 7, 8].map((number) => instance('1.9.0', number, { arm: 'warm' }))),
  }), { points: points(120, (second) => (second > 70 ? { canaryWeight: 100, canaryRequests: 60, stableRequests: 0, stableErrors: 0, stableP95: null } : {})) }),
  rolling('rolling-back', /on its way back/, () => ({
    state: 'rollingBack', reason: 'waits for the router to send everything to 1.9.0', until: ago(-40), steps: steps(4, 'failed', failure), weights: weights(20), actions: [], analysis: judged('failed', failedCheck()),
  })),
  rolling('rolled-back', /was taken back/, () => ({
    state: 'rolledBack', reason: failure, until: null, endedAt: ago(90), steps: steps(4, 'failed', failure), weights: weights(0), actions: [], analysis: judged('failed', failedCheck(), latency()),
    instances: [2, 3, 4, 5].map((number) => instance('1.9.0', number)),
  }), { ...afterFailure, status: status([row({ holds: [hold({ id: 'hold-storefront-prod-9', version: '2.1.0' })] })]) }),
  rolling('rolled-back-lifted', /No hold keeps 2\.1\.0 out/, () => ({
    state: 'rolledBack', reason: failure, until: null, endedAt: ago(7200), steps: steps(4, 'failed', failure), weights: weights(0), actions: [],
    analysis: judged('failed', failedCheck(), latency({ canaryBad: 0, ratio: 0, ratioLow: 0, ratioHigh: null })), instances: [2, 3, 4, 5].map((number) => instance('1.9.0', number)),
  }), afterFailure),
  rolling('aborted', 'Aborted', () => ({
    state: 'aborted', reason: 'aborted by maren: Prices look wrong', until: null, endedAt: ago(30), steps: steps(4, 'stopped', 'aborted by maren: Prices look wrong'), weights: weights(0), actions: [], analysis: judged('inconclusive', check()),
    instances: [2, 3, 4, 5].map((number) => instance('1.9.0', number)),
  })),
  rolling('needs-attention', /neither go on nor go back/, () => ({
    state: 'needsAttention', reason: `${failure}; the way back failed too: no instance of 1.9.0 is healthy`, until: null, endedAt: ago(30), steps: steps(4, 'failed', failure), weights: weights(20), actions: [], analysis: judged('failed', failedCheck()),
    instances: [instance('2.1.0', 1, { arm: 'canary' }), ...[2, 3].map((number) => instance('1.9.0', number, { state: 'failed', restarts: 5, reason: 'It ended with 137 after 2 s, five times.', nextStep: 'Read its log: slipway instance logs 1.9.0-2' }))],
  })),
  rolling('down', 'only 0 of 1 instance became healthy', () => ({
    state: 'needsAttention', fromVersion: null, reason: 'only 0 of 1 instance became healthy within 30s; there is no version before it: the lane serves nothing', until: null, endedAt: ago(30), steps: steps(0, 'failed', 'only 0 of 1 instance became healthy within 30s'), verifications: [],
    weights: [{ versionSet: 'b', version: '2.1.0', arm: 'canary', weight: 0 }], actions: [], instances: [],
  }), { points: [] }),
];

const heldReason = `hold: ${hold().why}`;
const gates = promotion().gates;
const shut = (name: string, why: string, openedBy: string, until: string | null = null) =>
  gates.map((gate) => (gate.name === name ? { ...gate, state: 'waiting' as const, why, openedBy, until } : gate.name === 'approval' ? { ...gate, state: 'waiting' as const, why: 'waits for an approval' } : gate));
const atTheDoor = { state: 'waiting' as const, approvals: [], rollout: null, fromVersion: null, actions: ['approve', 'reject', 'cancel'] };

const promotions: Scene[] = [
  {
    name: 'promotion-approval', path: '/promotions/storefront-prod-9', says: 'An approval is asked for',
    documents: () => world({ promotion: promotion({ ...atTheDoor, reason: 'approval: waits for an approval', gates: shut('approval', 'waits for an approval', 'slipway promotion approve storefront-prod-9, by somebody other than maren') }) }),
  },
  {
    name: 'promotion-queued', path: '/promotions/storefront-prod-9', says: 'Approved',
    documents: () => world({ promotion: promotion({ state: 'approved', reason: 'all gates are open: it waits for the lane', rollout: null, fromVersion: null, actions: ['cancel'] }), status: status([row({ moving: moving({ id: 'storefront-prod-8', version: '2.0.0' }), waiting: [moving({ state: 'approved', rollout: null, weight: null, reason: 'all gates are open: it waits for the lane' })] })]) }),
  },
  {
    name: 'promotion-held', path: '/promotions/storefront-prod-9', says: 'An approval is asked for',
    documents: () => world({ promotion: promotion({ ...atTheDoor, version: '2.0.0', reason: heldReason, gates: shut('hold', hold().why, 'slipway hold lift hold-storefront-prod-7') }), holds: [hold()], status: status([row({ holds: [hold()] })]) }),
  },
  {
    name: 'promotion-frozen', path: '/promotions/storefront-prod-9', says: 'An approval is asked for',
    documents: () => world({ promotion: promotion({ ...atTheDoor, reason: `freeze: frozen: ${freeze().why}`, gates: shut('freeze', `frozen: ${freeze().why}`, 'slipway freeze lift freeze-4f1c', freeze().until) }), freezes: [freeze()], status: status([row()], freeze().why) }),
  },
  {
    name: 'promotion-vetoed', path: '/promotions/storefront-prod-9', says: 'Rejected',
    documents: () => world({ promotion: promotion({ state: 'rejected', reason: '2.1.0 was vetoed by jonas: It loses orders', endedAt: ago(20), approvals: [], rollout: null, fromVersion: null, gates: [{ name: 'hold', state: 'closed', why: '2.1.0 was vetoed by jonas: It loses orders' }] }) }),
  },
  {
    name: 'promotion-superseded', path: '/promotions/storefront-prod-9', says: 'Superseded',
    documents: () => world({ promotion: promotion({ ...atTheDoor, state: 'superseded', version: '2.0.0', reason: '2.1.0 was promoted after it and takes its place', supersededBy: 'storefront-prod-10', endedAt: ago(20), actions: [], gates: shut('hold', hold().why, 'slipway hold lift hold-storefront-prod-7') }), holds: [hold()] }),
  },
];

const afterRollback = () => world({
  holds: [hold()], releases: releases.slice(1),
  status: status([{ ...row({ version: '1.9.0', since: ago(600), holds: [hold({ why: 'rolled back to 1.9.0' })], rollbackTo: ['2.0.0', '1.8.2', '1.8.0'] }), latestVersion: '2.0.0' }]),
});

const longAgo = ['1.7.3', '1.7.2', '1.7.1', '1.7.0', '1.6.0', '1.5.1', '1.5.0'];
/** A service with a past: many releases and promotions, many of them taken back and held, one kept warm. */
const past = () => world({
  releases: [...releases, ...longAgo.map((version) => release(version, { createdAt: ago(86_400 * 20) }))],
  instances: [instance('1.9.0', 1), instance('1.8.2', 2, { arm: 'warm' })],
  promotions: Array.from({ length: 20 }, (_, number) => promotion({ id: `storefront-prod-${20 - number}`, version: number === 0 ? '2.1.0' : number % 3 ? '1.9.0' : '2.0.0', kind: number % 3 === 1 ? 'rollback' : 'promotion', requestedAt: ago(900 + number * 7200), ...(number === 0 ? {} : number % 3 ? { state: 'succeeded', reason: '1.9.0 has all traffic' } : { state: 'rolledBack', reason: failure }) })),
  status: status([row({
    moving: moving({ reason: rollout().reason }), rollbackTo: ['1.8.2', '1.8.0', '1.7.3'], previewUrl: 'http://storefront--preview.prod.localhost:7380/', previewPort: 20_005,
    holds: [hold(), ...longAgo.slice(0, 5).map((version, index) => hold({ id: `h-${version}`, version, at: ago(86_400 * (index + 2)), why: `rolled back to ${version}` }))],
  })]),
});

const services: Scene[] = [
  { name: 'service-past', path: '/services/storefront', says: 'kept warm', documents: past },
  { name: 'service-held', path: '/services/storefront', says: 'Wish lists', documents: () => world({ holds: [hold()], status: status([row({ holds: [hold()], moving: moving({ version: '2.0.0', state: 'waiting', rollout: null, weight: null, reason: heldReason }) })], freeze().why) }) },
  { name: 'service-veto', path: '/services/storefront', says: /Vetoed by/, documents: () => world({ releases: releases.map((each) => (each.version === '2.0.0' ? release('2.0.0', { veto: { by: 'jonas', at: ago(50), why: 'It loses orders when two people buy the last of a kind' } }) : each)) }) },
  { name: 'dialog-rollback-held', path: '/services/storefront', says: 'team-web', opens: 'Roll back in prod', documents: afterRollback },
  { name: 'dialog-promote-held', path: '/services/storefront', says: 'team-web', opens: 'Promote to prod', documents: afterRollback },
  {
    name: 'dialog-promote-held-before', path: '/services/storefront', says: 'team-web', opens: 'Promote to prod',
    documents: () => {
      const { lanes, ...rest } = row();
      return world({ status: status([{ ...rest, lanes: lanes.map((each) => (each.environment === 'staging' ? { ...each, holds: [hold({ environment: 'staging', version: '2.1.0', why: '2.1.0 failed here: GET / answered 500' })] } : each)) }]) });
    },
  },
  { name: 'dialog-promote-chosen', path: '/services/storefront', says: 'team-web', opens: 'Promote 2.1.0', documents: () => world({}) },
  { name: 'dialog-rollback-chosen', path: '/services/storefront', says: 'team-web', opens: 'Roll back to 1.8.0', documents: () => world({}) },
  { name: 'dialog-promote-all-held', path: '/services/storefront', says: 'team-web', opens: 'Promote to prod', documents: () => world({ status: status([row({ holds: [hold({ version: null, by: 'maren', why: 'Its owner is away until Monday' })] })]) }) },
  { name: 'freezes', path: '/freezes#hold-storefront-prod-7', says: /Everything|warehouse/, documents: () => world({ holds: [hold(), hold({ id: 'h2', version: null, by: 'maren', why: 'Its owner is away until Monday' })], freezes: [freeze(), freeze({ id: 'f2', state: 'upcoming', environment: 'staging', from: ago(-86_400), until: ago(-90_000), why: 'Quarter end' })] }) },
  { name: 'dialog-freeze', path: '/freezes', says: 'No environment is frozen', opens: 'Add a freeze…', documents: () => world({}) },
];

const many = ['basket', 'catalog', 'checkout', 'identity', 'invoices', 'notifications', 'payments-gateway-european-union', 'pricing', 'recommendations', 'search', 'shipping', 'storefront'];
const places = ['dev', 'test', 'staging', 'prod-eu', 'prod-us'];

/** Something of everything, on more lanes than fit. */
const crowd = () => {
  const kinds: Parameters<typeof lane>[0][] = [
    {}, {}, { moving: moving({ reason: rollout().reason }) }, {}, { holds: [hold()] }, { health: 'degraded', healthyInstances: 3 }, {},
    { moving: moving({ rollout: 'paused', reason: 'pauses for 10m at 20 %', until: ago(-300) }) }, { version: null, since: null, health: 'empty', wantedInstances: 0, healthyInstances: 0 }, {},
    { moving: moving({ rollout: 'rollingBack', reason: 'waits for the router to send everything to 1.9.0' }) }, { moving: moving({ state: 'waiting', rollout: null, weight: null, version: '2.0.0', reason: heldReason }), holds: [hold()] },
    { needsAttention: `${failure}; the way back failed too: no instance of 1.9.0 is healthy`, health: 'down', healthyInstances: 0 }, { moving: moving({ rollout: 'paused', reason: `inconclusive after 10m: ${check().text}` }) }, {},
    { moving: moving({ rollout: 'watching', weight: 100, reason: '2.1.0 has all traffic and is watched', until: ago(-100) }) }, { moving: moving({ kind: 'rollback', version: '1.8.2', weight: 0, reason: 'waits for 4 instances to become healthy before it gets all traffic (2 of 4)' }) },
  ];
  return world({
    status: {
      environments: places.map((name, index) => ({ name, after: index === 0 ? [] : index < 3 ? [places[index - 1]!] : ['staging'], promote: index < 3 ? 'auto' : 'manual', traffic: index < 3 ? 'none' : 'expected', approvals: index < 3 ? 0 : 2, frozen: name === 'prod-us' ? freeze().why : null })),
      services: many.map((service, line) => ({ service, owner: `team-${service.slice(0, 4)}`, latestVersion: '2.1.0', lanes: places.map((environment, index) => lane({ service, environment, ...kinds[(line * places.length + index * 3) % kinds.length] })) })),
      ledgerIndex: 4,
    },
  });
};

/** As a pipeline names what it makes between two tags. */
const versionOfCommit = '0.0.0-18.g4dcaa7e1', versionBefore = '0.0.0-16.g226cb936';
const longVersions = () => world({
  rollout: rollout({ version: versionOfCommit, fromVersion: versionBefore }),
  promotion: promotion({ version: versionOfCommit, fromVersion: versionBefore }),
  holds: [hold({ version: versionOfCommit, why: `rolled back to ${versionBefore}: ${'wish_lists_of_people_who_left_'.repeat(5)}index is missing`, by: 'maren' })],
});
const long: Scene[] = [
  { name: 'rollout-long-versions', path: '/rollouts/storefront-prod-9', says: versionBefore, documents: longVersions },
  { name: 'promotion-long-versions', path: '/promotions/storefront-prod-9', says: versionBefore, documents: longVersions },
  { name: 'freezes-long-versions', path: '/freezes', says: /is missing/, documents: longVersions },
];

const boards: Scene[] = [
  { name: 'board-empty', path: '/', says: 'No service yet', documents: () => world({ status: status([]) }) },
  { name: 'board-crowd', path: '/', says: 'payments-gateway-european-union', documents: crowd },
  { name: 'board-paused', path: '/', says: /goes on by itself/, documents: () => world({ status: status([row({ moving: moving({ rollout: 'paused', reason: 'pauses for 10m at 20 %', until: ago(-300) }) })]) }) },
  { name: 'board-held', path: '/', says: /2\.0\.0 held/, documents: () => world({ status: status([row({ holds: [hold()], moving: moving({ version: '2.0.0', state: 'waiting', rollout: null, weight: null, reason: heldReason }) })], freeze().why) }) },
  { name: 'board-holds', path: '/', says: '4 more are held', documents: past },
  { name: 'board-lost', path: '/', says: 'No connection to the server', documents: crowd, lost: true },
  { name: 'rollout-lost', path: '/rollouts/storefront-prod-9', says: 'No connection to the server', documents: () => world({ rollout: rollout() }), lost: true },
];

export const scenes: Scene[] = [...rollouts, ...judgeScenes, ...ringScenes, ...long, ...promotions, ...services, ...boards, ...journeyScenes, ...runScenes, ...templateScenes, ...testScenes];
