import type { AnalysisSummary, CheckHistory, CheckPoint, Measurement } from '../../src/api/types';
import { ago, check, points, rollout, steps, world } from './made';
import type { Scene } from './scenes';

/** Histories of checks, as the judge gives them. */
interface Course { canaryRate: number; stableRate: number; perPoint: number; points: number; every: number; evidence: (index: number) => number; interval: (index: number) => [number | null, number, number | null] }

function courseOf({ canaryRate, stableRate, perPoint, points: many, every, evidence, interval }: Course): CheckPoint[] {
  const sums = { canary: 0, canaryBad: 0, stable: 0, stableBad: 0 };
  return Array.from({ length: many }, (_, index) => {
    const canaryUnits = perPoint + (index % 3);
    const stableUnits = 4 * perPoint + (index % 5);
    const upTo = (rate: number, units: number, bad: number): number => Math.max(0, Math.floor(units * rate) - bad);
    const canaryBad = upTo(canaryRate, sums.canary + canaryUnits, sums.canaryBad);
    const stableBad = upTo(stableRate, sums.stable + stableUnits, sums.stableBad);
    sums.canary += canaryUnits; sums.canaryBad += canaryBad; sums.stable += stableUnits; sums.stableBad += stableBad;
    const [ratio, ratioLow, ratioHigh] = interval(index);
    return {
      at: ago((many - index) * every), canaryUnits, canaryBad, stableUnits, stableBad, canaryRate: sums.canaryBad / sums.canary, stableRate: sums.stableBad / sums.stable,
      logEvidence: evidence(index), ratio, ratioLow, ratioHigh,
    };
  });
}

const history = (fields: Partial<CheckHistory>): CheckHistory => ({ ...check(), kind: 'errors', tolerate: 0.1, acceptable: 0.01, detectable: 1, points: [], measurements: [], ...fields });

const failing = courseOf({
  canaryRate: 0.09, stableRate: 0.02, perPoint: 12, points: 90, every: 2, evidence: (i) => (i < 20 ? -0.2 : -0.2 + (i - 20) * 0.055), interval: (i) => [i < 6 ? null : 1 + 3.2 * Math.min(1, i / 50), i < 10 ? 0 : Math.min(2.4, 0.2 + i * 0.026), i < 14 ? null : Math.max(6.1, 60 - i)],
});
const passing = courseOf({
  canaryRate: 0.011, stableRate: 0.012, perPoint: 30, points: 220, every: 2, evidence: (i) => -0.1 - i * 0.012, interval: (i) => [i < 8 ? null : 0.95 + 0.4 * Math.exp(-i / 30), i < 30 ? 0 : Math.min(0.6, i * 0.004), i < 20 ? null : Math.max(1.62, 20 - i * 0.2)],
});
const totals = (course: CheckPoint[]) => ({
  canaryUnits: sum(course, (p) => p.canaryUnits), canaryBad: sum(course, (p) => p.canaryBad), stableUnits: sum(course, (p) => p.stableUnits), stableBad: sum(course, (p) => p.stableBad),
  ratio: course.at(-1)?.ratio, ratioLow: course.at(-1)?.ratioLow, ratioHigh: course.at(-1)?.ratioHigh, logEvidence: course.at(-1)?.logEvidence ?? 0,
});
const sum = (course: CheckPoint[], of: (point: CheckPoint) => number): number => course.reduce((all, point) => all + of(point), 0);

const failed = () => history({
  verdict: 'failed', text: 'errors: canary 9.0 % vs stable 2.0 %, ratio 4.20 (2.4–6.1), certain beyond 1 in 100 after 2 m 30 s', ...totals(failing), points: failing, logLimit: 2.6, decidedAt: failing[71]?.at,
});
const passed = () => history({
  verdict: 'passed', text: 'errors: canary 1.1 % vs stable 1.2 %, ratio 0.95 (0.6–1.6): a ratio of 2.2 would have been seen', ...totals(passing), points: passing, logLimit: 2.6, decidedAt: passing.at(-1)?.at,
});
const slow = () => history({
  name: 'latency p99', kind: 'latency', verdict: 'inconclusive', acceptable: 0.02, text: 'latency p99: not enough evidence yet: canary 1.1 % of 6820 (surely below 2.3 %) vs stable 1.0 % of 27400 slower than 202.4 ms, ratio 1.08 (0.7–1.9)', thresholdMillis: 202.4, ...totals(passing), points: passing, logLimit: 2.6,
});
const deadLetters = () => history({
  name: 'dead letters', kind: 'counts', guarantee: 'estimated', verdict: 'failed', text: 'dead letters: canary 9.0 % vs stable 2.0 %, ratio 4.20 (2.4–6.1), by estimate beyond 1 in 100 after 12 m 0 s', ...totals(failing), points: failing.filter((_, i) => i % 5 === 0), logLimit: 2, decidedAt: failing[70]?.at,
});

const measured = (second: number, outcome: Measurement['outcome'], value: number | null, text: string, metrics: Measurement['metrics'] = []): Measurement => ({ at: ago(600 - second), outcome, value, text, metrics });
const queue = (fields: Partial<CheckHistory> = {}) => history({
  name: 'queue length', kind: 'threshold', guarantee: 'estimated', verdict: 'failed', passIf: 'value < 100', text: 'queue length: 3 measurements failed, 2 may: value 180: not value < 100', canaryUnits: 18, canaryBad: 3, stableUnits: 0, stableBad: 0, ratio: null, ratioLow: null, ratioHigh: null,
  logEvidence: 0, logLimit: 0, measured: 180, tolerate: null, acceptable: null, detectable: null, decidedAt: ago(90),
  measurements: Array.from({ length: 18 }, (_, i) => (i === 7 ? measured(i * 30, 'error', null, 'the source failed: http://prometheus:9090 answers 503')
    : i === 11 ? measured(i * 30, 'inconclusive', 96, 'value 96: neither value < 90 nor value > 100')
      : i > 14 ? measured(i * 30, 'failed', 130 + (i - 15) * 25, `value ${130 + (i - 15) * 25}: not value < 100`) : measured(i * 30, 'passed', 30 + ((i * 37) % 50), `value ${30 + ((i * 37) % 50)}: value < 100`))), ...fields,
});
const scores = [100, 100, 83.33, 83.33, 66.67];
const resources = (fields: Partial<CheckHistory> = {}) => history({
  name: 'resources', kind: 'mannWhitney', guarantee: 'estimated', verdict: 'failed', passScore: 95, marginalScore: 75, text: 'resources: score 66.67, below 75: memory is high: 812 MB vs 640 MB', canaryUnits: 180, canaryBad: 0, stableUnits: 180, stableBad: 0, ratio: null, ratioLow: null, ratioHigh: null,
  logEvidence: 0, logLimit: 0, measured: 66.67, tolerate: null, acceptable: null, detectable: null, decidedAt: ago(60),
  measurements: scores.map((score, i) => measured(i * 120, score >= 95 ? 'passed' : score >= 75 ? 'inconclusive' : 'failed', score, `score ${score}`, [
    { name: 'cpu', classification: 'pass', text: 'cpu is alike: 0.41 vs 0.40' }, { name: 'memory', classification: i > 1 ? 'high' : 'pass', text: i > 1 ? 'memory is high: 812 MB vs 640 MB' : 'memory is alike: 650 MB vs 640 MB' },
  ])), ...fields,
});

/** After the comparison above: two minutes alone. */
const watched = (rate: number, fails: boolean): NonNullable<CheckHistory['watch']> => {
  const bad = (upTo: number): number => Math.round(upTo * 60 * rate);
  return {
    verdict: fails ? 'failed' : 'passed', text: fails ? 'errors: 6.0 % vs 1.2 % (at most 1.5 %) before the switch, by estimate beyond 1 in 100 after 40 s' : 'errors: 1.1 % vs 1.2 % (at most 1.5 %) before the switch: surely below 2.0 %',
    decidedAt: fails ? ago(80) : ago(0), stableUnits: 27_400, stableBad: 329, stableUpper: 0.0152, littleKnown: false, tolerated: 0.0167, logLimit: 2,
    points: Array.from({ length: 120 }, (_, i) => ({ at: ago(120 - i), units: 60, bad: bad(i + 1) - bad(i), rate: bad(i + 1) / ((i + 1) * 60), logEvidence: fails ? -0.3 + i * 0.06 : -0.1 - i * 0.01 })),
  };
};

const early = () => {
  const few = failing.slice(70, 72).map((point, index) => ({ ...point, at: ago(40 - index), ratio: null, ratioLow: 1.4, ratioHigh: null }));
  return { ...failed(), points: few, logLimit: 2.48, decidedAt: few[1]?.at };
};
const withoutBad = () => {
  const none = passing.slice(0, 30).map((point) => ({ ...point, canaryBad: 0, stableBad: 0, canaryRate: 0, stableRate: 0, ratio: null, ratioLow: 0, ratioHigh: null, logEvidence: 0 }));
  return { ...passed(), canaryBad: 0, stableBad: 0, points: none, decidedAt: none.at(-1)?.at };
};

const alone = (name: string, watch: CheckHistory['watch']): CheckHistory => history({
  name, kind: name === 'errors' ? 'errors' : 'latency', verdict: 'inconclusive', guarantee: watch ? 'guaranteed' : 'estimated', canaryUnits: 0, canaryBad: 0, stableUnits: 0, stableBad: 0, ratio: null, ratioLow: null, ratioHigh: null, logEvidence: 0, watch, points: [],
  text: watch ? watch.text : `${name}: nothing is known of the stable arm before the switch`,
});

const summary = (verdict: AnalysisSummary['verdict'], guarantee: string, unit: string, checks: CheckHistory[]): AnalysisSummary => ({ verdict, guarantee, unit, at: ago(2), checks });

const scene = (name: string, says: string | RegExp, verdict: AnalysisSummary['verdict'], of: () => CheckHistory[], unit = 'request', fullAt?: string): Scene => ({
  name: `judge-${name}`, path: '/rollouts/storefront-prod-9', says,
  documents: () => {
    const checks = of();
    const isOver = verdict === 'failed';
    const guarantee = checks.some((each) => !each.dryRun && each.guarantee !== 'guaranteed') ? 'estimated' : 'guaranteed';
    return world({
      checks, unit, fullAt, points: points(90),
      rollout: rollout({ analysis: summary(verdict, guarantee, unit, checks), ...(isOver ? { state: 'rolledBack' as const, until: null, endedAt: ago(30), reason: checks[0]?.text ?? '', steps: steps(4, 'failed'), actions: [] } : {}) }),
    });
  },
});

export const judgeScenes: Scene[] = [
  scene('failing', /^Guaranteed: the router itself/, 'failed', () => [failed(), slow()]),
  scene('passing', /^Guaranteed: the router itself/, 'passed', () => [passed()]),
  scene('watched', /There is no 1\.9\.0 beside 2\.1\.0 any more/, 'passed', () => [{ ...passed(), watch: watched(0.011, false) }]),
  scene('watch-failing', /There is no 1\.9\.0 beside 2\.1\.0 any more/, 'failed', () => [{ ...passed(), watch: watched(0.06, true) }]),
  scene('estimated-counts', /^Estimated: another system counted/, 'failed', () => [deadLetters()]),
  scene('threshold', 'Value at each measurement', 'failed', () => [queue()]),
  scene('ranks', 'Score of each comparison', 'failed', () => [resources()]),
  scene('dry-run', /It is shown only/, 'passed', () => [passed(), queue({ dryRun: true }), resources({ dryRun: true })]),
  scene('sessions', 'Sessions per second', 'passed', () => [passed()], 'session'),
  scene('decided-early', /^Guaranteed: the router itself/, 'failed', () => [early()]),
  scene('no-bad-yet', 'No bad request yet: no ratio is known.', 'passed', () => [withoutBad()]),
  // A switch of all traffic at once: of errors something was known before, of latency nothing.
  scene('switched', /^Estimated: this check has not seen both/, 'inconclusive', () => [alone('errors', watched(0.011, false)), alone('latency p99', null)], 'request', ago(120)),
  scene('nothing-yet', 'Nothing has been compared yet.', 'inconclusive', () => [history({ canaryUnits: 0, noTraffic: true, text: 'errors: no request to the canary has been counted yet' }), queue({ verdict: 'inconclusive', measurements: [], text: 'queue length: nothing has been measured yet', measured: null, decidedAt: null })]),
];
