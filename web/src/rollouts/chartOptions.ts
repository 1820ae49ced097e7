import type uPlot from 'uplot';
import { clockTime } from '../words/time';
import { drawDecided } from './chartMarks';

export interface ChartColours { canary: string; stable: string; weights: string; line: string; text: string; surface: string }

/** The theme's colours as the page has them now; a canvas does not follow CSS by itself. */
export function coloursNow(): ChartColours {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    canary: read('--canary'), stable: read('--stable'), weights: read('--weights'), line: read('--line'), text: read('--ink-3'), surface: read('--surface'),
  };
}

interface ChartLook {
  width: number;
  height: number;
  colours: ChartColours;
  format: (value: number) => string;
  whole?: number;
  decidedAt: number | null;
  onAt: (at: number | null) => void;
}

/** So much room above the highest value; a line of zeros still gets a scale. */
const headroom = 1.15;
const leastSpanSeconds = 20;
/** Half of a time, which may stand below the very end. */
export const roomRight = 36;
/** With so few values a line alone would hardly be seen. */
const fewValues = 30;

export function optionsOf({ width, height, colours, format, whole, decidedAt, onAt }: ChartLook): uPlot.Options {
  const font = "11.5px 'Inter Variable', system-ui, sans-serif";
  const grid = { stroke: colours.line, width: 1 };
  return {
    width, height, padding: [6, roomRight, 4, 0],
    legend: { show: false },
    cursor: { sync: { key: 'slipway-rates' }, drag: { x: false, y: false }, y: false, points: { size: 7 } },
    scales: {
      x: { time: true, range: (plot, min, max) => spanOf(plot.data[0].length, min, max) },
      y: { range: (_, _min, max) => [0, scaleEnd(max, whole)] },
      weight: { range: [0, 100] },
    },
    axes: [
      { stroke: colours.text, font, grid: { show: false }, ticks: { show: false }, size: 22, gap: 4, space: 90, values: (_, splits) => splits.map((at) => clockTime(at * 1000)) },
      { stroke: colours.text, font, grid, ticks: { show: false }, size: 58, gap: 6, space: 32, values: (_, splits) => splits.map(format) },
    ],
    series: [
      {},
      { scale: 'weight', stroke: 'transparent', fill: colours.weights, width: 0, points: { show: false } },
      { scale: 'y', stroke: colours.stable, width: 1.5, dash: [5, 4], points: dots(colours.stable, colours.surface) },
      { scale: 'y', stroke: colours.canary, width: 2, points: dots(colours.canary, colours.surface) },
    ],
    hooks: {
      draw: [(plot) => drawDecided(plot, decidedAt, colours)],
      setCursor: [(plot) => {
        const index = plot.cursor.idx;
        onAt(index == null ? null : (plot.data[0]?.[index] ?? null));
      }],
    },
  };
}

/** Values that have no neighbour make no line; few of them make a short one. Those are dots. */
export function valuesAsDots(values: readonly (number | null | undefined)[]): number[] {
  const known = values.flatMap((value, index) => (value == null ? [] : [index]));
  return known.length <= fewValues ? known : known.filter((index) => values[index - 1] == null && values[index + 1] == null);
}

export const dots = (colour: string, surface: string): uPlot.Series.Points => ({
  show: true, size: 5, width: 1.5, stroke: colour, fill: surface, filter: (plot, series) => valuesAsDots([...(plot.data[series] ?? [])]),
});

/** Short times begin at the left and leave room. uPlot itself makes a whole day of a single value. */
export const spanOf = (values: number, min: number, max: number): [number, number] => [min, values < 2 ? min + leastSpanSeconds : Math.max(max, min + leastSpanSeconds)];

/** Where the axis ends. Shares of a whole never reach beyond it; no value yet gives a plain scale from 0 to 1. */
export function scaleEnd(max: number | null, whole?: number): number {
  if (max === null || !Number.isFinite(max) || max <= 0) return whole === undefined ? 1 : whole / 20;
  return whole === undefined ? max * headroom : Math.min(whole, Math.max(whole / 20, max * headroom));
}
