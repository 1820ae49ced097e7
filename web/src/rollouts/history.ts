import type { CheckHistory, CheckPoint, Measurement, WatchHistory, WatchPoint } from '../api/types';
import { count, fromLog10, percent, percentOf, ratio, ratioBound } from '../words/numbers';
import { clockTime } from '../words/time';
import type { Values } from './series';

export interface RatioColumns { time: number[]; low: Values; high: Values; ratio: Values }

const seconds = (at: string): number => new Date(at).getTime() / 1000;

/** A chart of ratios always shows a tenth to ten times; more where the ratio lies beyond, but never further than this. */
const usual = 10;
const furthest = 100;

/** Where the axis of ratios ends: as far up as down, so that the line at 1 is in the middle. */
export function ratioEnd(points: CheckPoint[], tolerate: number): number {
  const reach = points.map(({ ratio: value, ratioLow: low }) => Math.max(value ?? 1, 1 / (value || 1), low ?? 1));
  return Math.min(furthest, Math.max(usual, 1 + tolerate, ...reach) * 1.2);
}

/** As decimal logarithms. Ends that there are not reach to the edge of the chart; where nothing is known there is no band. */
export function ratiosOver(points: CheckPoint[], end: number): RatioColumns {
  const within = (value: number): number => Math.log10(Math.min(end, Math.max(1 / end, value)));
  const known = (point: CheckPoint): boolean => point.ratio != null || point.ratioHigh != null || (point.ratioLow ?? 0) > 0;
  return {
    time: points.map((point) => seconds(point.at)),
    low: points.map((point) => (known(point) ? within(point.ratioLow ?? 0) : null)),
    high: points.map((point) => (known(point) ? within(point.ratioHigh ?? Infinity) : null)),
    ratio: points.map((point) => (point.ratio == null ? null : within(point.ratio))),
  };
}

export interface EvidenceColumns { time: number[]; evidence: Values }

/** Evidence for the version is drawn a little below 1 and no lower: only what speaks against it decides. */
export const leastEvidence = -1;

export const evidenceOver = (points: { at: string; logEvidence: number }[]): EvidenceColumns => ({
  time: points.map((point) => seconds(point.at)),
  evidence: points.map((point) => Math.max(leastEvidence, point.logEvidence)),
});

export interface MeasuredColumns { time: number[]; passed: Values; failed: Values; inconclusive: Values }

/** Each value in the column of its outcome. An error has no value, and is in the table alone. */
export function measuredOver(measurements: Measurement[]): MeasuredColumns {
  const of = (outcome: Measurement['outcome']): Values => measurements.map((each) => (each.outcome === outcome ? each.value ?? null : null));
  return { time: measurements.map((each) => seconds(each.at)), passed: of('passed'), failed: of('failed'), inconclusive: of('inconclusive') };
}

const intervalWords = ({ ratioLow, ratioHigh }: CheckPoint): string => {
  const low = ratioLow != null && ratioLow >= 0.05 ? ratioBound(ratioLow) : null;
  if (ratioHigh == null) return low === null ? '' : ` (at least ${low})`;
  return low === null ? ` (at most ${ratioBound(ratioHigh)})` : ` (${low}–${ratioBound(ratioHigh)})`;
};

/** "2.05 (1.3–3.1)"; a dash where nothing is known. */
export const ratioText = (point: CheckPoint): string => `${point.ratio == null ? '–' : ratio(point.ratio)}${intervalWords(point)}`;

/** Why there is no ratio to draw; null where there is one. A few bad units on one side alone bound it to neither. */
export function noRatio({ points, canaryBad, stableBad }: Pick<CheckHistory, 'points' | 'canaryBad' | 'stableBad'>, unit: string): string | null {
  if (points.some((point) => point.ratio != null || point.ratioHigh != null || point.ratioLow)) return null;
  const bad = Math.max(canaryBad + stableBad, points.reduce((all, point) => all + point.canaryBad + point.stableBad, 0));
  return bad > 0 ? `${count(bad)} bad ${unit}${bad === 1 ? '' : 's'}: too few to know a ratio.` : `No bad ${unit} yet: no ratio is known.`;
}

/** What the charts show, for those who do not see them. */
export function ratioSummary(points: CheckPoint[], decidedAt: string | null | undefined): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return 'nothing has been compared yet';
  return `from ${clockTime(first.at)} to ${clockTime(last.at)}, at the end ${ratioText(last)}${decidedAt ? `; decided at ${clockTime(decidedAt)}` : ''}`;
}

export const evidenceSummary = (points: CheckPoint[], logLimit: number): string => evidenceWords(points, logLimit, 'nothing has been compared yet');

function evidenceWords(points: { logEvidence: number }[], logLimit: number, none: string): string {
  const last = points.at(-1);
  if (!last) return none;
  const most = Math.max(...points.map((point) => point.logEvidence));
  return `at the end ${fromLog10(last.logEvidence)}, at most ${fromLog10(most)}; it fails at ${fromLog10(logLimit)}`;
}

/** The new version's own bad rate since it has had all traffic. */
export const watchedOver = (points: WatchPoint[]): { time: number[]; rate: Values } => ({ time: points.map((point) => seconds(point.at)), rate: points.map((point) => point.rate ?? null) });

export function watchedSummary(points: WatchPoint[]): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return 'nothing has been judged yet';
  return `from ${clockTime(first.at)} to ${clockTime(last.at)}, at the end ${last.rate == null ? 'unknown' : percentOf(last.rate)}`;
}

export const watchEvidenceSummary = (points: WatchPoint[], logLimit: number): string => evidenceWords(points, logLimit, 'nothing has been judged yet');

/** What a version that has all traffic is held against. */
export function heldAgainst({ stableUnits, stableBad, stableUpper, littleKnown }: Pick<WatchHistory, 'stableUnits' | 'stableBad' | 'stableUpper' | 'littleKnown'>, stable: string, unit: string): string {
  if (stableUnits === 0) return `Nothing is known of ${stable} before, so it is held against ${percentOf(stableUpper)}, twice what is acceptable.`;
  const was = `${percent(stableBad, stableUnits)} of ${count(stableUnits)} ${unit}s`;
  return littleKnown
    ? `Of ${stable} before only ${was} is known, too little to say what it was at most: ${percentOf(stableUpper)} is assumed.`
    : `It is held against what ${stable} was before, ${was} (at most ${percentOf(stableUpper)}), which may no longer be so.`;
}

export function measuredSummary(measurements: Measurement[]): string {
  const count = (outcome: Measurement['outcome']): number => measurements.filter((each) => each.outcome === outcome).length;
  return `${measurements.length} times: ${count('passed')} passed, ${count('failed')} failed, ${count('inconclusive')} inconclusive, ${count('error')} without an answer`;
}

/** At most so many of them, the last of each stretch with the sums of all in it. */
export const thinned = (points: CheckPoint[], rows: number): CheckPoint[] => inStretches(points, rows, (last, total) => (
  { ...last, canaryUnits: total((p) => p.canaryUnits), canaryBad: total((p) => p.canaryBad), stableUnits: total((p) => p.stableUnits), stableBad: total((p) => p.stableBad) }));

export const watchedThinned = (points: WatchPoint[], rows: number): WatchPoint[] => inStretches(points, rows, (last, total) => ({ ...last, units: total((p) => p.units), bad: total((p) => p.bad) }));

function inStretches<T>(points: T[], rows: number, sum: (last: T, total: (of: (point: T) => number) => number) => T): T[] {
  const each = Math.ceil(points.length / rows);
  const thin: T[] = [];
  for (let from = 0; from < points.length; from += each) {
    const group = points.slice(from, from + each);
    const last = group.at(-1);
    if (last === undefined) break;
    thin.push(sum(last, (of) => group.reduce((all, point) => all + of(point), 0)));
  }
  return thin;
}

/** The new version has all of the traffic, and the check has nothing of both beside each other: all that it says is by what was known of the old one before. */
export const neverBeside = ({ kind, points }: CheckHistory, fullAt: string | null | undefined): boolean => fullAt != null && points.length === 0 && (kind === 'errors' || kind === 'latency');

/** What it means that a check is guaranteed or estimated, by what it rests on. */
export function guaranteeWords({ guarantee, kind }: Pick<CheckHistory, 'guarantee' | 'kind'>, unit: string): string {
  if (guarantee === 'guaranteed') {
    return `Guaranteed: the router itself drew which version each ${unit} went to. So a version that is no worse is blamed no more often than the rollout’s falseAlarmRate says, however often one looks.`;
  }
  if (kind === 'threshold') return 'Estimated: a condition on a number promises nothing of how often it fails a version that is no worse.';
  if (kind === 'mannWhitney') return 'Estimated: each look is a test made for one look. The more looks, the more often a version that is no worse is blamed.';
  if (kind === 'counts') return 'Estimated: another system counted, and who was sent to which version was not Slipway’s draw. How often a version that is no worse is blamed is not promised.';
  return 'Estimated: more than the router’s own draw enters, such as trouble of one instance alone. How often a version that is no worse is blamed is not promised.';
}

/** As {@link guaranteeWords} where a check has nothing of both versions beside each other. */
export const besideWords = 'Estimated: this check has not seen both versions at the same time. The new one is held against what was known of the old one before, which may no longer be so.';

/** By what a check of numbers passes or fails. */
export function conditionWords({ passIf, failIf, passScore, marginalScore }: CheckHistory): string | null {
  if (passIf && failIf) return `passes if ${passIf}, fails if ${failIf}`;
  if (passIf) return `passes if ${passIf}`;
  if (failIf) return `fails if ${failIf}`;
  return passScore != null && marginalScore != null ? `passes with a score of ${passScore}, and fails below ${marginalScore}` : null;
}

/** The number that a plain condition speaks of, to draw a line at; null where it says more than that. */
export function limitIn(condition: string | null | undefined): number | null {
  const plain = /^value\s*[<>]=?\s*(-?\d+(?:\.\d+)?)$/.exec(condition?.trim() ?? '');
  return plain ? Number(plain[1]) : null;
}
