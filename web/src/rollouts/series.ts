import type { AnalysisPoint } from '../api/types';
import { count } from '../words/numbers';

export type Values = (number | null)[];

export interface RateSeries {
  /** Seconds since 1970, rising. */
  time: number[];
  weight: Values;
  canaryRate: Values;
  stableRate: Values;
  /** Shares of 1; null where there was no request. */
  canaryErrors: Values;
  stableErrors: Values;
  /** Milliseconds. */
  canaryP95: Values;
  stableP95: Values;
}

/** A silence longer than this many points is a gap in the lines: nothing is known of it. */
const gapPoints = 3;

const share = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

/**
 * Points as columns for drawing, with an empty column where the counting was silent. The first and the last point are left out as
 * long as there are others: their seconds were not counted from beginning to end, and would look like a drop.
 */
export function ratesOver(all: AnalysisPoint[]): RateSeries {
  const points = all.length > 3 ? all.slice(1, -1) : all;
  const series: RateSeries = {
    time: [], weight: [], canaryRate: [], stableRate: [], canaryErrors: [], stableErrors: [], canaryP95: [], stableP95: [],
  };
  let before: number | null = null;
  for (const point of points) {
    const at = new Date(point.at).getTime() / 1000;
    if (before !== null && at - before > gapPoints * point.seconds) add(series, before + point.seconds, null);
    add(series, at, point);
    before = at;
  }
  return series;
}

function add(series: RateSeries, at: number, point: AnalysisPoint | null): void {
  series.time.push(at);
  series.weight.push(point && point.canaryWeight);
  series.canaryRate.push(point && point.canaryRequests / point.seconds);
  series.stableRate.push(point && point.stableRequests / point.seconds);
  series.canaryErrors.push(point && share(point.canaryErrors, point.canaryRequests));
  series.stableErrors.push(point && share(point.stableErrors, point.stableRequests));
  series.canaryP95.push(point?.canaryP95 ?? null);
  series.stableP95.push(point?.stableP95 ?? null);
}

/**
 * What a graph of answered requests leaves out, in words; null: nothing. The newest point is passed over as it is in the lines: its requests had hardly time for an answer.
 */
export function unanswered(all: AnalysisPoint[], arms: { canary: string; stable: string }, isOver: boolean): string | null {
  const points = all.length > 3 ? all.slice(0, -1) : all;
  const total = (of: (point: AnalysisPoint) => number | undefined): number => points.reduce((sum, point) => sum + (of(point) ?? 0), 0);
  const told = [
    { open: total((p) => p.canaryOpen), requests: total((p) => p.canaryRequests), name: arms.canary },
    { open: total((p) => p.stableOpen), requests: total((p) => p.stableRequests), name: arms.stable },
  ].filter(({ open }) => open > 0).map(({ open, requests, name }) => `${count(open)} of ${count(requests)} to ${name}`);
  return told.length === 0 ? null : `Only answered requests are drawn in it: ${told.join(' and ')} ${isOver ? 'had no full answer when they were last counted' : 'have had no full answer yet'}.`;
}

/** At most so many rows, each the sum of neighbouring points: a table that can be read aloud. */
export function summed(points: AnalysisPoint[], rows: number): AnalysisPoint[] {
  const each = Math.ceil(points.length / rows);
  const sums: AnalysisPoint[] = [];
  for (let from = 0; from < points.length; from += each) {
    const group = points.slice(from, from + each);
    const first = group[0];
    if (!first) break;
    const total = (of: (point: AnalysisPoint) => number): number => group.reduce((sum, point) => sum + of(point), 0);
    const highest = (of: (point: AnalysisPoint) => number | null | undefined): number | null => {
      const known = group.map(of).filter((value) => value != null);
      return known.length === 0 ? null : Math.max(...known);
    };
    sums.push({
      at: first.at, seconds: total((p) => p.seconds), canaryWeight: highest((p) => p.canaryWeight) ?? 0,
      canaryRequests: total((p) => p.canaryRequests), canaryErrors: total((p) => p.canaryErrors),
      stableRequests: total((p) => p.stableRequests), stableErrors: total((p) => p.stableErrors),
      canaryOpen: total((p) => p.canaryOpen ?? 0), stableOpen: total((p) => p.stableOpen ?? 0),
      canaryP95: highest((p) => p.canaryP95), stableP95: highest((p) => p.stableP95),
    });
  }
  return sums;
}

export const perSecond = (value: number): string => (value > 0 && value < 10 ? value.toFixed(1) : Math.round(value).toString());

/** A share on an axis or in a legend. */
export const percentTick = (share: number): string => {
  const value = share * 100;
  return `${value === 0 ? '0' : value < 10 ? Number(value.toFixed(1)) : Math.round(value)} %`;
};
