import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import classes from './Chart.module.css';
import { historyColours, type HistoryColours } from './historyOptions';

interface HistoryChartProps {
  title: string;
  /** What it shows, in words. */
  summary: string;
  aside?: React.ReactNode;
  data: uPlot.AlignedData;
  options: (size: { width: number; height: number }, colours: HistoryColours) => uPlot.Options;
  /** Says in its place why there is nothing to draw. */
  empty?: string | null;
}

const height = 132;

/** One chart of a check's history. Only a picture: its label and the table below say the same. */
export function HistoryChart({ title, summary, aside, data, options, empty = null }: HistoryChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme('light');

  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const plot = new uPlot(options({ width: element.clientWidth, height }, historyColours()), data, element);
    const watcher = new ResizeObserver(() => {
      if (element.clientWidth > 0 && element.clientWidth !== plot.width) plot.setSize({ width: element.clientWidth, height });
    });
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      plot.destroy();
    };
  }, [scheme, options, data]);

  return (
    <figure className={classes.chart} aria-label={`${title}: ${summary}`}>
      <figcaption className={classes.caption}>
        <span className={classes.title}>{title}</span>
        {aside ? <span className={classes.legend}>{aside}</span> : null}
      </figcaption>
      <div className={classes.ground}>
        <div ref={place} className={classes.place} aria-hidden="true" />
        {empty ? <p className={classes.empty}><span>{empty}</span></p> : null}
      </div>
    </figure>
  );
}
