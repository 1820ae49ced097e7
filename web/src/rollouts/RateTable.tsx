import type { AnalysisPoint } from '../api/types';
import { count, milliseconds, percent } from '../words/numbers';
import { sentence } from '../words/sentence';
import { clockTime } from '../words/time';
import classes from './RateTable.module.css';
import { summed } from './series';

const mostRows = 40;

/** What the lines show, for those who listen or want the numbers. */
export function RateTable({ points, arms, unit }: { points: AnalysisPoint[]; arms: { canary: string; stable: string }; unit: string }) {
  const rows = summed(points, mostRows);
  return (
    <div className={classes.frame} tabIndex={0} role="group" aria-label="Rates of both versions as a table">
      <table className={classes.table}>
        <caption className="sr">{`${sentence(unit)}s, failed ${unit}s and 95th percentile of both versions over time, newest first`}</caption>
        <thead>
          <tr><th rowSpan={2}>From</th><th rowSpan={2}>Weight</th><th colSpan={3}>{arms.canary}</th><th colSpan={3}>{arms.stable}</th></tr>
          <tr><th>{unit}s</th><th>failed</th><th>p95</th><th>{unit}s</th><th>failed</th><th>p95</th></tr>
        </thead>
        <tbody>
          {rows.reverse().map((row) => (
            <tr key={row.at}>
              <th scope="row">{clockTime(row.at)}</th>
              <td>{row.canaryWeight} %</td>
              <td>{count(row.canaryRequests)}</td><td>{percent(row.canaryErrors, row.canaryRequests) ?? '–'}</td><td>{row.canaryP95 == null ? '–' : milliseconds(row.canaryP95)}</td>
              <td>{count(row.stableRequests)}</td><td>{percent(row.stableErrors, row.stableRequests) ?? '–'}</td><td>{row.stableP95 == null ? '–' : milliseconds(row.stableP95)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
