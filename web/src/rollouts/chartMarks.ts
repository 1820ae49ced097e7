import type uPlot from 'uplot';

export interface MarkColours { text: string; surface: string }

/** How high a word is. */
export const letters = 13;

/** The second that decided, as a dotted line with a word beside it. */
export function drawDecided(plot: uPlot, decidedAt: number | null, colours: MarkColours): void {
  const { ctx, bbox } = plot;
  const x = decidedX(plot, decidedAt);
  if (x === null) return;
  const ratio = window.devicePixelRatio || 1;
  const isEarly = x <= bbox.left + bbox.width / 2;
  drawn(ctx, ratio, () => {
    line(ctx, colours.text, [2 * ratio, 3 * ratio], [x, bbox.top, x, bbox.top + bbox.height]);
    word(ctx, colours, 'decided', colours.text, isEarly ? 'left' : 'right', [x + (isEarly ? 4 : -4) * ratio, bbox.top], ratio);
  });
}

/** Where it stands in the picture; null: outside of it. */
export function decidedX(plot: uPlot, decidedAt: number | null): number | null {
  if (decidedAt === null) return null;
  const x = Math.round(plot.valToPos(decidedAt, 'x', true));
  return x >= plot.bbox.left && x <= plot.bbox.left + plot.bbox.width ? x : null;
}

/** Draws with the charts' writing, and leaves the canvas as it was. */
export function drawn(ctx: CanvasRenderingContext2D, ratio: number, draw: () => void): void {
  ctx.save();
  ctx.font = `${11.5 * ratio}px 'Inter Variable', system-ui, sans-serif`;
  ctx.lineWidth = ratio;
  draw();
  ctx.restore();
}

/** With its ground, so that no line goes through it. */
export function word(ctx: CanvasRenderingContext2D, colours: MarkColours, text: string, colour: string, align: 'left' | 'center' | 'right', [x, top]: [number, number], ratio: number): void {
  if (text === '') return;
  const wide = ctx.measureText(text).width;
  const left = align === 'left' ? x : align === 'right' ? x - wide : x - wide / 2;
  ctx.fillStyle = colours.surface;
  ctx.globalAlpha = 0.8;
  ctx.fillRect(left - ratio, top, wide + 2 * ratio, letters * ratio);
  ctx.globalAlpha = 1;
  ctx.fillStyle = colour;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'top';
  ctx.fillText(text, left, top + ratio);
}

export function line(ctx: CanvasRenderingContext2D, colour: string, dash: number[], [fromX, fromY, toX, toY]: [number, number, number, number]): void {
  ctx.strokeStyle = colour;
  ctx.setLineDash(dash);
  ctx.beginPath();
  ctx.moveTo(fromX, fromY);
  ctx.lineTo(toX, toY);
  ctx.stroke();
}
