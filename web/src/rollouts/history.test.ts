import type uPlot from 'uplot';
import { describe, expect, it } from 'vitest';
import type { CheckHistory, CheckPoint, Measurement } from '../api/types';
import { conditionWords, evidenceOver, heldAgainst, neverBeside, guaranteeWords, limitIn, measuredOver, noRatio, ratioEnd, ratiosOver, ratioText, thinned, watchedOver, watchedSummary, watchedThinned, watchEvidenceSummary } from './history';
import { evidenceOptions, ratioOptions, rangeOf, watchedOptions } from './historyOptions';
import { check } from './rollout.example';

const point = (second: number, fields: Partial<CheckPoint> = {}): CheckPoint => ({
  at: new Date(second * 1000).toISOString(), canaryUnits: 10, canaryBad: 1, stableUnits: 40, stableBad: 2, canaryRate: 0.1, stableRate: 0.05, logEvidence: 0.5, ratio: 2, ratioLow: 0.5, ratioHigh: 5, ...fields,
});
const history = (fields: Partial<CheckHistory> = {}): CheckHistory => ({ ...check(), kind: 'errors', points: [], measurements: [], ...fields });

describe('the ratio over time', () => {
  it('is drawn as logarithms, to the edge where it has no bound', () => {
    const { low, high, ratio } = ratiosOver([point(1), point(2, { ratioLow: 0, ratioHigh: null }), point(3, { ratio: null, ratioLow: 0, ratioHigh: null })], 10);
    expect(ratio).toEqual([Math.log10(2), Math.log10(2), null]);
    expect(low).toEqual([Math.log10(0.5), -1, null]);
    expect(high).toEqual([Math.log10(5), 1, null]);
  });

  it('has an axis that is as long up as down, and has an end', () => {
    expect(ratioEnd([point(1)], 0.1)).toBe(12);
    expect(ratioEnd([point(1, { ratio: 40 })], 0.1)).toBe(48);
    expect(ratioEnd([point(1, { ratio: 0.0001 })], 0.1)).toBe(100);
  });

  it('is written with the ends that it has', () => {
    expect(ratioText(point(1))).toBe('2.00 (0.5–5.0)');
    expect(ratioText(point(1, { ratioHigh: null }))).toBe('2.00 (at least 0.5)');
    expect(ratioText(point(1, { ratio: null, ratioLow: 0 }))).toBe('– (at most 5.0)');
  });
});

describe('a ratio that is not known', () => {
  const unknown = { ratio: null, ratioLow: 0, ratioHigh: null };

  it('is for want of bad requests, or for too few of them', () => {
    expect(noRatio(history({ canaryBad: 0, stableBad: 0, points: [point(1, { ...unknown, canaryBad: 0, stableBad: 0 })] }), 'request')).toBe('No bad request yet: no ratio is known.');
    expect(noRatio(history({ canaryBad: 2, stableBad: 0, points: [point(1, { ...unknown, canaryBad: 2, stableBad: 0 })] }), 'request')).toBe('2 bad requests: too few to know a ratio.');
    expect(noRatio(history({ canaryBad: 1, stableBad: 0, points: [point(1, { ...unknown, canaryBad: 0, stableBad: 0 })] }), 'session')).toBe('1 bad session: too few to know a ratio.');
    expect(noRatio(history({ points: [point(1), point(2, unknown)] }), 'request')).toBeNull();
  });
});

describe('a value alone', () => {
  const ground = { width: 300, height: 100, levels: [], decidedAt: null };
  const colours = { canary: '#1', band: '#2', line: '#3', text: '#4', surface: '#5', good: '#6', bad: '#7', attention: '#8' };

  it.each([
    ['ratio', ratioOptions(ground, 10, colours)], ['evidence', evidenceOptions(ground, 2, 1, colours)], ['rate', watchedOptions(ground, colours)],
  ] as [string, uPlot.Options][])('is a dot where no line can be: %s', (_, options) => {
    const at = options.series.length - 1;
    const { points } = options.series[at]!;
    expect(points?.show).toBe(true);
    const drawn = (values: (number | null)[]): unknown => typeof points?.filter === 'function' && points.filter({ data: [...Array.from({ length: at }, () => values), values] } as unknown as uPlot, at, true, null);
    expect(drawn([0.3])).toEqual([0]);
    expect(drawn([null, 0.3, null])).toEqual([1]);
    expect(drawn([])).toEqual([]);
  });
});

it('draws evidence that speaks for a version no lower than a tenth', () => {
  expect(evidenceOver([point(1, { logEvidence: -7 }), point(2)]).evidence).toEqual([-1, 0.5]);
});

it('keeps every unit when rows are put together', () => {
  const rows = thinned(Array.from({ length: 95 }, (_, second) => point(second)), 40);
  expect(rows.length).toBeLessThanOrEqual(40);
  expect(rows.reduce((all, row) => all + row.canaryUnits, 0)).toBe(950);
  expect(rows.at(-1)?.at).toBe(point(94).at);
});

describe('what was measured', () => {
  const measured = (outcome: Measurement['outcome'], value: number | null): Measurement => ({ at: point(1).at, outcome, value, text: '', metrics: [] });

  it('has a column for each outcome, and none for errors', () => {
    const { passed, failed, inconclusive } = measuredOver([measured('passed', 1), measured('failed', 2), measured('error', null), measured('inconclusive', null)]);
    expect([passed, failed, inconclusive]).toEqual([[1, null, null, null], [null, 2, null, null], [null, null, null, null]]);
  });

  it('has its axis from zero, unless it is below', () => {
    expect(rangeOf(20, 100)).toEqual([0, 115]);
    expect(rangeOf(-50, 50)).toEqual([-65, 65]);
    expect(rangeOf(null, null)).toEqual([0, 1.15]);
  });

  it.each([['value < 100', 100], ['value >= -0.5', -0.5], ['value < stable * 2', null], [null, null]])('has a line for a plain condition: %s', (condition, limit) => {
    expect(limitIn(condition)).toBe(limit);
  });
});

describe('what a check rests on', () => {
  it('is said of what was drawn', () => {
    expect(guaranteeWords(history(), 'session')).toContain('each session went to');
    expect(guaranteeWords(history({ guarantee: 'estimated' }), 'request')).toContain('is not promised');
  });

  it('is said of what is asked of others, by kind', () => {
    expect(new Set((['errors', 'counts', 'threshold', 'mannWhitney'] as const).map((kind) => guaranteeWords(history({ kind, guarantee: 'estimated' }), 'request'))).size).toBe(4);
  });

  it('has its condition in words', () => {
    expect(conditionWords(history({ passIf: 'value < 1', failIf: 'value > 2' }))).toBe('passes if value < 1, fails if value > 2');
    expect(conditionWords(history({ passScore: 95, marginalScore: 75 }))).toBe('passes with a score of 95, and fails below 75');
    expect(conditionWords(history())).toBeNull();
  });
});

describe('the watch after 100 %', () => {
  it('says what it holds the new version against, also where that is little or nothing', () => {
    expect(heldAgainst({ stableUnits: 10_000, stableBad: 100, stableUpper: 0.012, littleKnown: false }, '1.0.0', 'request')).toMatch(/^It is held against what 1\.0\.0 was before, 1(\.0)? % of 10,000 requests \(at most 1\.2 %\)/);
    expect(heldAgainst({ stableUnits: 17, stableBad: 0, stableUpper: 0.02, littleKnown: true }, '1.0.0', 'request')).toMatch(/^Of 1\.0\.0 before only 0(\.\d+)? % of 17 requests is known, .* 2(\.0)? % is assumed\.$/);
    expect(heldAgainst({ stableUnits: 0, stableBad: 0, stableUpper: 0.02, littleKnown: true }, '1.0.0', 'request')).toMatch(/^Nothing is known of 1\.0\.0 before, so it is held against 2(\.0)? %/);
  });

  const points = Array.from({ length: 10 }, (_, i) => ({ at: new Date(i * 1000).toISOString(), units: 10, bad: i % 2, rate: i === 0 ? null : 0.05, logEvidence: i / 10 }));

  it('has no rate where nothing was counted', () => {
    expect(watchedOver(points).rate.slice(0, 2)).toEqual([null, 0.05]);
    expect(watchedSummary(points)).toMatch(/ at the end 5(\.0)? %$/);
    expect(watchedSummary([])).toBe('nothing has been judged yet');
    expect(watchEvidenceSummary([], 2)).toBe('nothing has been judged yet');
    expect(watchEvidenceSummary(points, 2)).toContain('it fails at 100');
  });

  it('keeps all counts in fewer rows', () => {
    const thin = watchedThinned(points, 4);
    expect(thin.map((point) => point.units)).toEqual([30, 30, 30, 10]);
    expect(thin.reduce((sum, point) => sum + point.bad, 0)).toBe(5);
    expect(thin.at(-1)?.logEvidence).toBe(0.9);
  });
});

it('knows a check that has nothing of both versions beside each other only after the switch', () => {
  const fullAt = '2026-11-21T12:00:00Z';
  expect(neverBeside(history(), fullAt)).toBe(true);
  expect(neverBeside(history(), null)).toBe(false);
  expect(neverBeside(history({ points: [point(1)] }), fullAt)).toBe(false);
  expect(neverBeside(history({ kind: 'threshold' }), fullAt)).toBe(false);
});
