import { useCallback, useMemo } from 'react';
import type { CheckHistory, WatchHistory as Watch } from '../api/types';
import { StateText } from '../parts/Mark';
import { count, fromLog10, percentOf } from '../words/numbers';
import { sentence } from '../words/sentence';
import { verdict } from '../words/states';
import { clockTime } from '../words/time';
import classes from './Histories.module.css';
import { HistoryChart } from './HistoryChart';
import { evidenceOver, heldAgainst, watchedOver, watchedSummary, watchedThinned, watchEvidenceSummary } from './history';
import { evidenceOptions, type HistoryColours, type Level, watchedOptions } from './historyOptions';
import table from './RateTable.module.css';

const mostRows = 40;

/** What came after 100 %: the new version's own rate beside what was known of the other one, and the evidence against it. */
export function WatchHistory({ check, watch, arms, unit }: { check: CheckHistory; watch: Watch; arms: { canary: string; stable: string }; unit: string }) {
  const { points, tolerated, stableUnits, stableBad, logLimit, decidedAt } = watch;
  const decided = decidedAt ? new Date(decidedAt).getTime() / 1000 : null;
  const rates = useMemo(() => {
    const columns = watchedOver(points);
    return [columns.time, columns.rate] as [number[], (number | null)[]];
  }, [points]);
  const evidence = useMemo(() => {
    const columns = evidenceOver(points);
    return [columns.time, columns.evidence] as [number[], (number | null)[]];
  }, [points]);
  const most = Math.max(0, ...points.map((point) => point.logEvidence));
  const before = stableUnits > 0 ? stableBad / stableUnits : null;
  const rateLook = useCallback((size: { width: number; height: number }, colours: HistoryColours) => {
    const levels: Level[] = [{ at: tolerated, word: `tolerated up to ${percentOf(tolerated)}`, colour: 'bad', dashed: true }];
    if (before !== null) levels.unshift({ at: before, word: `${arms.stable} before`, colour: 'text', below: true });
    return watchedOptions({ ...size, levels, decidedAt: decided }, colours);
  }, [before, tolerated, arms.stable, decided]);
  const evidenceLook = useCallback(
    (size: { width: number; height: number }, colours: HistoryColours) => evidenceOptions({ ...size, levels: [{ at: logLimit, word: `fails at ${fromLog10(logLimit)}`, colour: 'bad', dashed: true }], decidedAt: decided }, logLimit, most, colours),
    [logLimit, decided, most]);
  const last = points.at(-1);
  const none = last ? null : `No ${unit} has been judged yet.`;
  return (
    <section className={classes.watch} aria-label={`${sentence(check.name)} after 100 %`}>
      <div className={classes.head}>
        <h4>After 100 %</h4>
        <span className={classes.marks}><span className={classes.mark}>estimated</span><StateText state={verdict[watch.verdict]} /></span>
      </div>
      <p className={classes.words}>
        {`There is no ${arms.stable} beside ${arms.canary} any more. ${heldAgainst(watch, arms.stable, unit)}`}
        {decidedAt ? ` Decided at ${clockTime(decidedAt)}.` : ''}
      </p>
      <div className={classes.charts}>
        <HistoryChart title="Bad rate since then" summary={watchedSummary(points)} aside={last?.rate == null ? null : percentOf(last.rate)} data={rates} options={rateLook} empty={none} />
        <HistoryChart title="Evidence against it since then" summary={watchEvidenceSummary(points, logLimit)} aside={last ? fromLog10(last.logEvidence) : null} data={evidence} options={evidenceLook} empty={none} />
      </div>
      {last ? (
        <details className={classes.details}>
          <summary>{sentence(check.name)} after 100 % as a table</summary>
          <div className={table.frame} tabIndex={0} role="group" aria-label={`${sentence(check.name)} after 100 % as a table`}>
            <table className={table.table}>
              <caption className="sr">{`${arms.canary}’s ${unit}s after 100 %, its rate up to then and the evidence of ${check.name}, newest first`}</caption>
              <thead><tr><th>Until</th><th>{unit}s</th><th>bad</th><th>rate so far</th><th>Evidence</th></tr></thead>
              <tbody>
                {watchedThinned(points, mostRows).reverse().map((point) => (
                  <tr key={point.at}>
                    <th scope="row">{clockTime(point.at)}</th><td>{count(point.units)}</td><td>{count(point.bad)}</td><td>{point.rate == null ? '–' : percentOf(point.rate)}</td><td>{fromLog10(point.logEvidence)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      ) : null}
    </section>
  );
}
