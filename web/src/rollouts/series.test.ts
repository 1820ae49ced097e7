import { describe, expect, it } from 'vitest';
import type { AnalysisPoint } from '../api/types';
import { scaleEnd, spanOf, valuesAsDots } from './chartOptions';
import { percentTick, perSecond, ratesOver, summed, unanswered } from './series';

const point = (second: number, fields: Partial<AnalysisPoint> = {}): AnalysisPoint => ({
  at: new Date(second * 1000).toISOString(), seconds: 1, canaryWeight: 5, canaryRequests: 10, canaryErrors: 2, stableRequests: 190, stableErrors: 0,
  canaryP95: 12, stableP95: 8, ...fields,
});

describe('rates over time', () => {
  it('are per second however long a point is', () => {
    expect(ratesOver([point(100, { seconds: 4 })]).canaryRate).toEqual([2.5]);
  });

  it('have no error rate where there was no request', () => {
    const { canaryErrors, canaryRate } = ratesOver([point(100, { canaryRequests: 0, canaryErrors: 0 })]);
    expect(canaryErrors).toEqual([null]);
    expect(canaryRate).toEqual([0]);
  });

  it('leave out the seconds that were not counted whole', () => {
    expect(ratesOver([point(99, { stableRequests: 40 }), point(100), point(101), point(102, { stableRequests: 3 })]).stableRate).toEqual([190, 190]);
  });

  it('show a silence as a gap and not as a straight line', () => {
    const series = ratesOver([point(99), point(100), point(101), point(130), point(131)]);
    expect(series.time).toEqual([100, 101, 102, 130]);
    expect(series.stableRate).toEqual([190, 190, null, 190]);
  });
});

describe('the table', () => {
  it('keeps every request when it sums neighbours', () => {
    const rows = summed(Array.from({ length: 95 }, (_, index) => point(index)), 40);
    expect(rows.length).toBeLessThanOrEqual(40);
    expect(rows.reduce((sum, row) => sum + row.canaryRequests, 0)).toBe(950);
    expect(rows[0]).toMatchObject({ seconds: 3, canaryP95: 12 });
  });
});

describe('requests without an answer', () => {
  const arms = { canary: '1.1', stable: '1.0' };
  const hung = [point(99), point(100, { canaryOpen: 6 }), point(101, { canaryOpen: 4, stableOpen: 1 }), point(102, { canaryOpen: 10, stableOpen: 90 })];

  it('are told beside the graph that has only those with one', () => {
    expect(unanswered(hung, arms, false)).toBe('Only answered requests are drawn in it: 10 of 30 to 1.1 and 1 of 570 to 1.0 have had no full answer yet.');
    expect(unanswered(hung.slice(0, 2), arms, true)).toBe('Only answered requests are drawn in it: 6 of 20 to 1.1 had no full answer when they were last counted.');
  });

  it('are not spoken of where there are none', () => {
    expect(unanswered([point(99), point(100)], arms, false)).toBeNull();
    expect(unanswered([], arms, false)).toBeNull();
  });
});

describe('the dots', () => {
  it('are all values where there are few, and those without a neighbour where there are many', () => {
    expect(valuesAsDots([1, null, 2, 3])).toEqual([0, 2, 3]);
    expect(valuesAsDots([null, 7, null, ...Array.from({ length: 60 }, () => 1)])).toEqual([1]);
  });
});

describe('the axis', () => {
  it('ends above the highest value, and never beyond a whole', () => {
    expect(scaleEnd(200)).toBeCloseTo(230);
    expect(scaleEnd(0.2, 1)).toBeCloseTo(0.23);
    expect(scaleEnd(0.99, 1)).toBe(1);
  });

  it('spans the time that there is, and some seconds at least', () => {
    expect(spanOf(90, 1000, 1090)).toEqual([1000, 1090]);
    expect(spanOf(3, 1000, 1002)).toEqual([1000, 1020]);
    expect(spanOf(1, 1000, 1000 + 86_400)).toEqual([1000, 1020]);
  });

  it('has a scale for nothing at all', () => {
    expect(scaleEnd(null)).toBe(1);
    expect(scaleEnd(0, 1)).toBe(0.05);
  });

  it('writes its values short', () => {
    expect(perSecond(9.54)).toBe('9.5');
    expect(perSecond(199.6)).toBe('200');
    expect(percentTick(0.025)).toBe('2.5 %');
    expect(percentTick(0)).toBe('0 %');
    expect(percentTick(0.2)).toBe('20 %');
  });
});
