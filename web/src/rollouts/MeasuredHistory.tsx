import { useCallback, useMemo } from 'react';
import type { CheckHistory, Measurement } from '../api/types';
import { sentence } from '../words/sentence';
import { clockTime } from '../words/time';
import classes from './Histories.module.css';
import { HistoryChart } from './HistoryChart';
import { limitIn, measuredOver, measuredSummary } from './history';
import { measuredOptions, type HistoryColours, type Level } from './historyOptions';
import table from './RateTable.module.css';

const outcomes: [Measurement['outcome'], string, string][] = [['passed', 'passed', 'good'], ['failed', 'failed', 'bad'], ['inconclusive', 'inconclusive', 'attention'], ['error', 'no answer', 'quiet']];

/** A threshold or a comparison by ranks: its number at each look. */
export function MeasuredHistory({ check }: { check: CheckHistory }) {
  const { measurements, kind, passScore, marginalScore, decidedAt, passIf, failIf } = check;
  const scores = kind === 'mannWhitney';
  const data = useMemo(() => {
    const { time, passed, failed, inconclusive } = measuredOver(measurements);
    return [time, passed, failed, inconclusive] as [number[], ...(number | null)[][]];
  }, [measurements]);
  const look = useCallback((size: { width: number; height: number }, colours: HistoryColours) => {
    const levels: Level[] = [];
    if (passScore != null) levels.push({ at: passScore, word: `passes at ${passScore}`, colour: 'good', dashed: true });
    if (marginalScore != null) levels.push({ at: marginalScore, word: `fails below ${marginalScore}`, colour: 'bad', dashed: true });
    const [passLimit, failLimit] = [limitIn(passIf), limitIn(failIf)];
    if (passLimit !== null) levels.push({ at: passLimit, word: `passes if ${passIf}`, colour: 'good', dashed: true });
    if (failLimit !== null) levels.push({ at: failLimit, word: `fails if ${failIf}`, colour: 'bad', dashed: true });
    return measuredOptions({ ...size, levels, decidedAt: decidedAt ? new Date(decidedAt).getTime() / 1000 : null }, scores, colours);
  }, [passScore, marginalScore, passIf, failIf, decidedAt, scores]);
  const seen = outcomes.filter(([outcome]) => measurements.some((each) => each.outcome === outcome));
  const last = measurements.at(-1);
  return (
    <>
      <HistoryChart
        title={scores ? 'Score of each comparison' : 'Value at each measurement'} summary={measuredSummary(measurements)} data={data} options={look}
        aside={seen.map(([outcome, word, tone]) => <span key={outcome} data-tone={tone}><span className={classes.swatch} aria-hidden="true" />{word}</span>)}
        empty={measurements.length === 0 ? 'Nothing has been measured yet.' : measurements.every((each) => each.value == null) ? 'No measurement had a value.' : null}
      />
      {last && last.metrics.length > 0 ? (
        <ul className={classes.metrics} aria-label="What each metric showed in the last comparison">
          {last.metrics.map((metric) => <li key={metric.name}><strong>{metric.name}</strong> {metric.classification}: {metric.text}</li>)}
        </ul>
      ) : null}
      {measurements.length > 0 ? (
        <details className={classes.details}>
          <summary>{sentence(check.name)} as a table</summary>
          <div className={table.frame} tabIndex={0} role="group" aria-label={`${sentence(check.name)} over time as a table`}>
            <table className={table.table}>
              <caption className="sr">{`The measurements of ${check.name}, newest first`}</caption>
              <thead><tr><th>At</th><th>{scores ? 'Score' : 'Value'}</th><th>Outcome</th><th className={classes.text}>In words</th></tr></thead>
              <tbody>
                {[...measurements].reverse().map((each) => (
                  <tr key={each.at}>
                    <th scope="row">{clockTime(each.at)}</th><td>{each.value == null ? '–' : Number(each.value.toPrecision(5))}</td>
                    <td>{outcomes.find(([outcome]) => outcome === each.outcome)?.[1]}</td><td className={classes.text}>{each.text}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      ) : null}
    </>
  );
}
