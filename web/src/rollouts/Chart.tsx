import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { clockTime } from '../words/time';
import classes from './Chart.module.css';
import { coloursNow, optionsOf } from './chartOptions';
import type { Values } from './series';

interface ChartProps {
  title: string;
  time: number[];
  weight: Values;
  canary: Values;
  stable: Values;
  arms: { canary: string; stable: string };
  format: (value: number) => string;
  /** The most that a value can be, where there is such an end: 1 for shares. */
  whole?: number;
  /** The second in which the version was found to fail; a version that waits for a person then goes on to serve. */
  decidedAt: number | null;
  /** The moment that the pointer is on, shared by all charts of the page. */
  at: number | null;
  onAt: (at: number | null) => void;
}

const height = 132;

/** Two lines over time. Only a picture: the table below it says the same. */
export function Chart({ title, time, weight, canary, stable, arms, format, whole, decidedAt, at, onAt }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef<uPlot.AlignedData>([[]]);
  latest.current = [time, weight, stable, canary];
  const scheme = useComputedColorScheme('light');

  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const made = new uPlot(optionsOf({ width: element.clientWidth, height, colours: coloursNow(), format, whole, decidedAt, onAt }), latest.current, element);
    plot.current = made;
    const watcher = new ResizeObserver(() => {
      if (element.clientWidth > 0 && element.clientWidth !== made.width) made.setSize({ width: element.clientWidth, height });
    });
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [scheme, format, whole, decidedAt, onAt]);

  useEffect(() => plot.current?.setData([time, weight, stable, canary]), [time, weight, stable, canary]);

  const index = at === null ? time.length - 1 : time.indexOf(at);
  const empty = canary.every((value) => value == null) && stable.every((value) => value == null);
  return (
    <figure className={classes.chart} aria-label={`${title}: ${arms.canary} and ${arms.stable}, ${stretchOf(time)}${decidedAt === null ? '' : `; decided at ${clockTime(decidedAt * 1000)}`}`}>
      <figcaption className={classes.caption}>
        <span className={classes.title}>{title}</span>
        <span className={classes.legend}>
          <Key arm="canary" name={arms.canary} value={canary[index]} format={format} />
          <Key arm="stable" name={arms.stable} value={stable[index]} format={format} />
          <span className={classes.clock}>{at === null ? null : clockTime(at * 1000)}</span>
        </span>
      </figcaption>
      <div className={classes.ground}>
        <div ref={place} className={classes.place} aria-hidden="true" />
        {empty ? <p className={classes.empty}><span>No request has finished yet.</span></p> : null}
      </div>
    </figure>
  );
}

function stretchOf(time: number[]): string {
  const [from, to] = [time[0], time.at(-1)];
  return from === undefined || to === undefined ? 'no time yet' : from === to ? `at ${clockTime(from * 1000)}` : `from ${clockTime(from * 1000)} to ${clockTime(to * 1000)}`;
}

function Key({ arm, name, value, format }: { arm: 'canary' | 'stable'; name: string; value: number | null | undefined; format: (value: number) => string }) {
  return (
    <span className={classes.key}>
      <svg className={classes.stroke} data-arm={arm} viewBox="0 0 18 4" width="18" height="4" aria-hidden="true"><path d="M0 2h18" /></svg>
      {name} <strong className={classes.value}>{value == null ? '–' : format(value)}</strong>
    </span>
  );
}
