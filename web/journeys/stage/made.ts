import type {
  AnalysisPoint, CheckHistory, CheckView, FreezeView, HoldView, InstanceView, LaneView, LedgerEntry, MovingView, PromotionView, ReleaseView, RolloutView, ServiceStatusView, ServiceView, StatusView, WhoAmI,
} from '../../src/api/types';
import type { Documents } from './Stage';

/** Documents as the API gives them, to be changed where a scene needs it. Times are relative to now: positive ones are past. */
export const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

const page = <T>(items: T[]): { items: T[]; next: null } => ({ items, next: null });

export const hold = (fields: Partial<HoldView> = {}): HoldView => ({
  id: 'hold-storefront-prod-7', service: 'storefront', environment: 'prod', version: '2.0.0', by: 'slipway', at: ago(3600),
  why: '2.0.0 failed here: errors: canary 19.8 % vs stable 0.02 % (since 4 s into it canary 22.1 % vs stable 0.02 %), ratio 990.00 (at least 310.0), by estimate beyond 1 in 100 after 11 s', ...fields,
});

export const freeze = (fields: Partial<FreezeView> = {}): FreezeView => ({
  id: 'freeze-4f1c', environment: 'prod', from: ago(7200), until: ago(-86_400), why: 'The warehouse counts its stock; nothing may change until Monday', by: 'maren', state: 'active', ...fields,
});

export const moving = (fields: Partial<MovingView> = {}): MovingView => ({
  id: 'storefront-prod-9', version: '2.1.0', kind: 'promotion', state: 'rollingOut', rollout: 'running', weight: 20, reason: 'waits for the router to send 20 % to 2.1.0', ...fields,
});

export const lane = (fields: Partial<LaneView> = {}): LaneView => ({
  service: 'storefront', environment: 'prod', version: '1.9.0', since: ago(86_400 * 2), health: 'healthy', healthyInstances: 4, wantedInstances: 4, moving: null, waiting: [], holds: [],
  needsAttention: null, url: 'http://storefront.prod.localhost:7380/', port: 41_003, previewUrl: null, rollbackTo: ['1.8.2', '1.8.0'], ...fields,
});

export const environments: StatusView['environments'] = [
  { name: 'dev', after: [], promote: 'auto', traffic: 'none', approvals: 0, frozen: null },
  { name: 'staging', after: ['dev'], promote: 'auto', traffic: 'none', approvals: 0, frozen: null },
  { name: 'prod', after: ['staging'], promote: 'manual', traffic: 'expected', approvals: 1, frozen: null },
];

export const row = (prod: Partial<LaneView> = {}): ServiceStatusView => ({
  service: 'storefront', owner: 'team-web', latestVersion: '2.1.0',
  lanes: [
    lane({ environment: 'dev', version: '2.1.0', wantedInstances: 1, healthyInstances: 1, since: ago(5000) }),
    lane({ environment: 'staging', version: '2.1.0', wantedInstances: 1, healthyInstances: 1, since: ago(4000) }), lane(prod),
  ],
});

export const status = (services: ServiceStatusView[] = [row()], frozen: string | null = null): StatusView => ({
  environments: environments.map((each) => (each.name === 'prod' ? { ...each, frozen } : each)), services, ledgerIndex: 120,
});

export const release = (version: string, fields: Partial<ReleaseView> = {}): ReleaseView => ({
  service: 'storefront', version, commit: '4f1c2a9be07d6633', artifactDigest: 'sha256:9a41cc02f7d5be118844', artifactBytes: 4_812_333, createdAt: ago(86_400), createdBy: 'ci', notes: null, veto: null, runsIn: [], definition: null, ...fields,
});

export const releases = [release('2.1.0', { runsIn: ['dev', 'staging'], notes: 'Wish lists' }), release('2.0.0'), release('1.9.0', { runsIn: ['prod'] }), release('1.8.2'), release('1.8.0')];

export const instance = (version: string, number: number, fields: Partial<InstanceView> = {}): InstanceView => ({
  id: `${version}-${number}`, service: 'storefront', environment: 'prod', version, versionSet: `storefront/prod/${version}`, arm: 'stable', agent: number % 2 ? 'harbour-1' : 'harbour-2',
  state: 'healthy', port: 42_100 + number, pid: 5000 + number, startedAt: ago(400), restarts: 0, reason: null, nextStep: null, ...fields,
});

export const check = (fields: Partial<CheckView> = {}): CheckView => ({
  name: 'errors', verdict: 'inconclusive', guarantee: 'guaranteed', dryRun: false, canaryUnits: 412, canaryBad: 1, stableUnits: 1655, stableBad: 3, ratio: 1.34, ratioLow: 0, ratioHigh: 11.2, logEvidence: 0.1, logLimit: 2, thresholdMillis: null,
  text: 'errors: not enough evidence yet: canary 0.24 % of 412 (surely below 1.6 %) vs stable 0.18 % of 1655, ratio 1.34 (0.0–11.2); about 1,300 more requests to the canary at this rate are enough', ...fields,
});

export const points = (seconds: number, fields: (second: number) => Partial<AnalysisPoint> = () => ({})): AnalysisPoint[] => Array.from({ length: seconds }, (_, second) => ({
  at: ago(seconds - second), seconds: 1, canaryWeight: 20, canaryRequests: 12 + (second % 3), canaryErrors: 0, stableRequests: 48 + (second % 5), stableErrors: second % 9 === 0 ? 1 : 0,
  canaryP95: 21 + (second % 4), stableP95: 18 + (second % 5), canaryP99: 30, stableP99: 28, logEvidence: 0, ...fields(second),
}));

export const rollout = (fields: Partial<RolloutView> = {}): RolloutView => ({
  id: 'storefront-prod-9', service: 'storefront', environment: 'prod', version: '2.1.0', fromVersion: '1.9.0', kind: 'promotion', state: 'running', strategy: 'canary',
  reason: 'analyzes at 20 %: errors: not enough evidence yet: canary 0.24 % of 412 (surely below 1.6 %) vs stable 0.18 % of 1655, ratio 1.34 (0.0–11.2); about 1,300 more requests to the canary at this rate are enough',
  until: ago(-100), startedAt: ago(320), endedAt: null, steps: steps(4),
  weights: [{ versionSet: 'a', version: '1.9.0', arm: 'stable', weight: 80 }, { versionSet: 'b', version: '2.1.0', arm: 'canary', weight: 20 }],
  instances: [instance('2.1.0', 1, { arm: 'canary' }), instance('1.9.0', 2), instance('1.9.0', 3), instance('1.9.0', 4), instance('1.9.0', 5)],
  verifications: [{ name: 'frontpage', verdict: 'passed', detail: 'GET / → 200 in 14 ms', at: ago(300), since: ago(301), tries: 1 }], hooks: [], routes: [], mirror: 0, approvals: null, analysis: null, actions: ['pause', 'skip', 'abort'], ...fields,
});

const plan = [['start', 'start 1 instance'], ['verify', 'verify'], ['weight', '20 %'], ['pause', 'pause 10m'], ['analyze', 'analyze 2m'], ['weight', '50 %'], ['full', '100 %'], ['watch', 'watch 5m']] as const;

/** The plan with everything before the step done; the step itself in the given state. */
export const steps = (at: number, state: RolloutView['steps'][number]['state'] = 'current', note: string | null = null): RolloutView['steps'] => plan.map(([kind, title], index) => ({
  kind, title, weight: kind === 'weight' || kind === 'full' ? Number.parseInt(title, 10) : null, state: index < at ? 'done' : index === at ? state : 'pending', note: index === at ? note : null,
  startedAt: index <= at ? ago(300 - index * 30) : null, endedAt: index < at || (index === at && state !== 'current') ? ago(270 - index * 30) : null,
}));

export const promotion = (fields: Partial<PromotionView> = {}): PromotionView => ({
  id: 'storefront-prod-9', service: 'storefront', environment: 'prod', version: '2.1.0', kind: 'promotion', state: 'rollingOut', reason: 'rolling out', requestedBy: 'maren', requestedAt: ago(900), why: 'Wish lists for the autumn sale',
  gates: [
    { name: 'hold', state: 'open', why: 'nothing is held' }, { name: 'soak', state: 'open', why: 'it has been well in staging' },
    { name: 'freeze', state: 'open', why: 'no freeze' }, { name: 'approval', state: 'open', why: 'approved by jonas' },
  ],
  approvals: [{ by: 'jonas', at: ago(400), approved: true, why: 'Looked at in staging' }], inputsHash: 'sha256:0b7e90aa12c3d4', fromVersion: '1.9.0', rollout: 'storefront-prod-9', actions: [], ...fields,
});

export const entry = (index: number, text: string, body: Record<string, unknown> = {}): LedgerEntry => ({
  index, at: ago((120 - index) * 40), type: 'rollout.weightChanged', body: body as LedgerEntry['body'], service: 'storefront', environment: 'prod', version: '2.1.0', promotion: 'storefront-prod-9', actor: index % 3 ? 'slipway' : 'maren', leafHash: '00', text,
});

const me: WhoAmI = { identity: 'maren', roles: ['admin'], permissions: ['read', 'deploy', 'approve', 'override', 'editPolicy', 'manageAgents'], expiresAt: null, installation: 'one', program: '1.0.0' };

const entriesOfRollout = [entry(118, 'storefront@2.1.0 was asked for in prod by maren.'), entry(119, 'jonas approved storefront@2.1.0 for prod.'), entry(120, '20 % of the traffic of storefront in prod goes to 2.1.0.')];

/** The ledger's way through a rollback: one reason in many entries. */
export const entriesOfRollback = (why: string): LedgerEntry[] => [
  entry(112, 'storefront@2.1.0 has 20 % of the traffic in prod, after 0 %.', { from: 0, to: 20 }),
  entry(113, 'The rollout of storefront@2.1.0 to prod: 20 % is done.', { note: null }),
  entry(114, `storefront@2.1.0 in prod was judged failed: ${why}.`, { reason: why }),
  entry(115, `The rollout of storefront@2.1.0 to prod: analyze 2m failed; ${why}.`, { note: why }),
  entry(116, `Traffic in prod goes back from storefront@2.1.0 to 1.9.0: ${why}.`, { why }),
  entry(117, 'storefront@2.1.0 has 0 % of the traffic in prod, after 20 %.', { from: 20, to: 0 }),
  entry(118, `The rollout of storefront@2.1.0 to prod was rolled back: ${why}.`, { reason: why }),
  entry(119, `The promotion of storefront@2.1.0 to prod was rolled back: ${why}.`, { reason: why }),
];

interface World { checks?: CheckHistory[]; fullAt?: string; unit?: string; status?: StatusView; rollout?: RolloutView; promotion?: PromotionView; points?: AnalysisPoint[]; releases?: ReleaseView[]; freezes?: FreezeView[]; holds?: HoldView[]; entries?: LedgerEntry[]; instances?: InstanceView[]; promotions?: PromotionView[] }

export const storefront = (fields: Partial<ServiceView> = {}): ServiceView => ({
  name: 'storefront', owner: 'team-web', tier: 1, createdAt: ago(86_400 * 90), createdBy: 'maren', latestVersion: '2.1.0', releases: releases.length, ...fields,
});

/** Everything that a page may ask for, with what a scene is about. */
export function world({ checks = [], fullAt, unit = 'request', status: board = status(), rollout: rolling, promotion: promoted = promotion(), points: counted = points(90), releases: made = releases, freezes = [], holds = [], entries = entriesOfRollout, instances = [], promotions = [promoted] }: World): Documents {
  return {
    '/whoami': me, '/status': board, '/freezes': page(freezes), '/holds': page(holds), '/tokens': page([]), '/agents': page([]), '/promotions': page(promotions), '/instances': page(instances),
    '/services': page([]), '/services/storefront': storefront({ releases: made.length }),
    '/services/storefront/releases': page(made), [`/promotions/${promoted.id}`]: promoted,
    '/ledger/entries': page(entries), '/runs': page([]),
    ...(rolling ? { [`/rollouts/${rolling.id}`]: rolling, [`/rollouts/${rolling.id}/analysis`]: { rollout: rolling.id, latest: rolling.analysis, points: counted, unit, checks, fullAt } } : {}),
  };
}
