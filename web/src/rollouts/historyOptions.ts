import type uPlot from 'uplot';
import { fromLog10, percentOf } from '../words/numbers';
import { clockTime } from '../words/time';
import { decidedX, drawDecided, drawn, letters, line, word } from './chartMarks';
import { coloursNow, dots, roomRight, spanOf } from './chartOptions';
import { leastEvidence } from './history';

export interface HistoryColours { canary: string; band: string; line: string; text: string; surface: string; good: string; bad: string; attention: string }

export function historyColours(): HistoryColours {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  const { canary, weights, line, text, surface } = coloursNow();
  return { canary, band: weights, line, text, surface, good: read('--good'), bad: read('--bad'), attention: read('--attention') };
}

/** A line across the chart, with a word. */
export interface Level { at: number; word: string; colour: keyof HistoryColours; dashed?: boolean; below?: boolean }

/** Where the words of levels stand: where the lines seldom are. */
type Place = 'left' | 'center';

interface Ground { width: number; height: number; levels: Level[]; decidedAt: number | null }

const font = "11.5px 'Inter Variable', system-ui, sans-serif";
const axisWidth = 58;

/** A word below its line stands clear of the line at 1 too. */
const roomBelow = 6;

const grounds = ({ width, height, levels, decidedAt }: Ground, colours: HistoryColours, words: Place) => ({
  width, height, padding: [8, roomRight, 4, 0] as uPlot.Padding,
  legend: { show: false },
  cursor: { sync: { key: 'slipway-history' }, drag: { x: false, y: false }, y: false, points: { size: 7 } },
  hooks: { draw: [(plot: uPlot) => drawLines(plot, levels, decidedAt, colours, words)] },
});

const times = (colours: HistoryColours): uPlot.Axis => ({
  stroke: colours.text, font, grid: { show: false }, ticks: { show: false }, size: 22, gap: 4, space: 90, values: (_, splits) => splits.map((at) => clockTime(at * 1000)),
});

const values = (colours: HistoryColours, format: (value: number) => string, splits?: number[]): uPlot.Axis => ({
  stroke: colours.text, font, grid: { stroke: colours.line, width: 1 }, ticks: { show: false }, size: axisWidth, gap: 6, space: 32,
  values: (_, at) => at.map(format), ...(splits ? { splits: () => splits } : {}),
});

const timeScale: uPlot.Scale = { time: true, range: (plot, min, max) => spanOf(plot.data[0].length, min, max) };

/** Time, and the logarithms of low, high and ratio; the band lies between low and high. */
export function ratioOptions(ground: Ground, end: number, colours: HistoryColours): uPlot.Options {
  const marks = [1 / 100, 1 / 10, 1 / 3, 1, 3, 10, 100].filter((mark) => mark >= 1 / end && mark <= end);
  const edge: uPlot.Series = { scale: 'y', stroke: colours.canary, width: 0.5, points: { show: false }, spanGaps: false };
  return {
    ...grounds({ ...ground, levels: ground.levels.map((level) => ({ ...level, at: Math.log10(level.at) })) }, colours, 'left'),
    scales: { x: timeScale, y: { range: [-Math.log10(end), Math.log10(end)] } },
    axes: [times(colours), values(colours, (log) => ratioTick(10 ** log), marks.map(Math.log10))],
    series: [{}, edge, edge, { scale: 'y', stroke: colours.canary, width: 2, points: dots(colours.canary, colours.surface) }],
    bands: [{ series: [2, 1], fill: colours.band }],
  };
}

const ratioTick = (value: number): string => `${value < 0.95 ? Number(value.toFixed(2)) : Math.round(value)} ×`;

/** Time, log10 E. */
export function evidenceOptions(ground: Ground, logLimit: number, most: number, colours: HistoryColours): uPlot.Options {
  const end = Math.max(logLimit * 1.2, most * 1.1);
  const each = Math.max(1, Math.ceil(end / 4));
  const marks = Array.from({ length: Math.floor(end / each) + 1 }, (_, index) => index * each);
  return {
    ...grounds(ground, colours, 'left'),
    scales: { x: timeScale, y: { range: [leastEvidence, end] } },
    axes: [times(colours), values(colours, (value) => shortEvidence(value), marks)],
    series: [{}, { scale: 'y', stroke: colours.attention, width: 2, points: dots(colours.attention, colours.surface) }],
  };
}

/** Time, the bad rate. What it is held against is always in sight. */
export function watchedOptions(ground: Ground, colours: HistoryColours): uPlot.Options {
  const levels = Math.max(0.001, ...ground.levels.map((level) => level.at));
  return {
    ...grounds(ground, colours, 'left'),
    scales: { x: timeScale, y: { range: (_, _min, max) => [0, Math.min(1, Math.max(levels * 1.4, (max ?? 0) * 1.15))] } },
    axes: [times(colours), values(colours, percentOf)],
    series: [{}, { scale: 'y', stroke: colours.canary, width: 2, points: dots(colours.canary, colours.surface) }],
  };
}

/** Time, passed, failed, inconclusive. */
export function measuredOptions(ground: Ground, scores: boolean, colours: HistoryColours): uPlot.Options {
  const outcome = (colour: string): uPlot.Series => ({ scale: 'y', stroke: colour, width: 0, points: { show: true, size: 7, width: 2, stroke: colour, fill: colours.surface }, paths: () => null });
  return {
    ...grounds(ground, colours, 'center'),
    scales: { x: timeScale, y: { range: (_, min, max) => (scores ? [0, 105] : rangeOf(min, max)) } },
    axes: [times(colours), values(colours, (value) => Number(value.toPrecision(4)).toString())],
    series: [{}, outcome(colours.good), outcome(colours.bad), outcome(colours.attention)],
  };
}

/** From zero to above the highest value; below zero only where values are. */
export function rangeOf(min: number | null, max: number | null): [number, number] {
  const [low, high] = [Math.min(0, min ?? 0), Math.max(0, max ?? 1)];
  const room = (high - low || 1) * 0.15;
  return [low < 0 ? low - room : 0, high + room];
}

const shortEvidence = (log: number): string => (log >= 5 ? `10^${Math.round(log)}` : fromLog10(log));

function drawLines(plot: uPlot, levels: Level[], decidedAt: number | null, colours: HistoryColours, words: Place): void {
  const { ctx, bbox } = plot;
  const ratio = window.devicePixelRatio || 1;
  const decided = decidedX(plot, decidedAt);
  // The word at the mark of the decision has its side of the chart for itself.
  const side = words === 'left' && decided !== null && decided <= bbox.left + bbox.width / 2 ? 'right' : words;
  drawn(ctx, ratio, () => {
    for (const level of levels) {
      const y = Math.round(plot.valToPos(level.at, 'y', true));
      if (y < bbox.top || y > bbox.top + bbox.height) continue;
      line(ctx, colours[level.colour], level.dashed ? [4 * ratio, 4 * ratio] : [], [bbox.left, y, bbox.left + bbox.width, y]);
      const x = side === 'left' ? bbox.left + 2 * ratio : side === 'right' ? bbox.left + bbox.width - 2 * ratio : bbox.left + bbox.width / 2;
      const fitsBelow = y + (roomBelow + letters) * ratio <= bbox.top + bbox.height;
      word(ctx, colours, level.word, colours[level.colour], side, [x, level.below && fitsBelow ? y + roomBelow * ratio : y - (2 + letters) * ratio], ratio);
    }
  });
  drawDecided(plot, decidedAt, colours);
}
