import { useCallback, useMemo } from 'react';
import type { CheckHistory } from '../api/types';
import { count, fromLog10, percent, percentOf } from '../words/numbers';
import { sentence } from '../words/sentence';
import { clockTime } from '../words/time';
import classes from './Histories.module.css';
import { HistoryChart } from './HistoryChart';
import { evidenceOver, evidenceSummary, noRatio, ratioEnd, ratioSummary, ratiosOver, ratioText, thinned } from './history';
import { evidenceOptions, ratioOptions, type HistoryColours, type Level } from './historyOptions';
import table from './RateTable.module.css';

const mostRows = 40;

/** A test of counts: the ratio with its interval, and the evidence on its way to the limit. */
export function CountsHistory({ check, arms, unit }: { check: CheckHistory; arms: { canary: string; stable: string }; unit: string }) {
  const { points, tolerate, logLimit, decidedAt } = check;
  const decided = decidedAt ? new Date(decidedAt).getTime() / 1000 : null;
  const end = ratioEnd(points, tolerate ?? 0);
  const ratios = useMemo(() => {
    const columns = ratiosOver(points, end);
    return [columns.time, columns.low, columns.high, columns.ratio] as [number[], ...(number | null)[][]];
  }, [points, end]);
  const evidence = useMemo(() => {
    const columns = evidenceOver(points);
    return [columns.time, columns.evidence] as [number[], (number | null)[]];
  }, [points]);
  const most = Math.max(0, ...points.map((point) => point.logEvidence));
  const ratioLook = useCallback((size: { width: number; height: number }, colours: HistoryColours) => {
    const levels: Level[] = [{ at: 1, word: tolerate ? '' : 'alike', colour: 'text' }];
    if (tolerate) levels.push({ at: 1 + tolerate, word: `tolerated up to ${Number((1 + tolerate).toFixed(2))} ×`, colour: 'bad', dashed: true, below: true });
    return ratioOptions({ ...size, levels, decidedAt: decided }, end, colours);
  }, [tolerate, decided, end]);
  const evidenceLook = useCallback(
    (size: { width: number; height: number }, colours: HistoryColours) => evidenceOptions({ ...size, levels: [{ at: logLimit, word: `fails at ${fromLog10(logLimit)}`, colour: 'bad', dashed: true }], decidedAt: decided }, logLimit, most, colours),
    [logLimit, decided, most]);
  const none = points.length === 0 ? 'Nothing has been compared yet.' : null;
  const unknown = none ?? noRatio(check, unit);
  return (
    <>
      <div className={classes.charts}>
        <HistoryChart title="Ratio of the bad rates" summary={ratioSummary(points, decidedAt)} aside={points.length > 0 ? ratioText(points[points.length - 1]!) : null} data={ratios} options={ratioLook} empty={unknown} />
        <HistoryChart title="Evidence against it" summary={evidenceSummary(points, logLimit)} aside={points.length > 0 ? fromLog10(points[points.length - 1]!.logEvidence) : null} data={evidence} options={evidenceLook} empty={none} />
      </div>
      {points.length > 0 ? (
        <details className={classes.details}>
          <summary>{sentence(check.name)} as a table</summary>
          <PointTable check={check} arms={arms} unit={unit} />
        </details>
      ) : null}
    </>
  );
}

function PointTable({ check, arms, unit }: { check: CheckHistory; arms: { canary: string; stable: string }; unit: string }) {
  return (
    <div className={table.frame} tabIndex={0} role="group" aria-label={`${sentence(check.name)} over time as a table`}>
      <table className={table.table}>
        <caption className="sr">{`Both versions’ ${unit}s, their rates up to then, the ratio and the evidence of ${check.name}, newest first`}</caption>
        <thead>
          <tr><th rowSpan={2}>Until</th><th colSpan={3}>{arms.canary}</th><th colSpan={3}>{arms.stable}</th><th rowSpan={2}>Ratio</th><th rowSpan={2}>Evidence</th></tr>
          <tr><th>{unit}s</th><th>bad</th><th>rate so far</th><th>{unit}s</th><th>bad</th><th>rate so far</th></tr>
        </thead>
        <tbody>
          {thinned(check.points, mostRows).reverse().map((point) => (
            <tr key={point.at}>
              <th scope="row">{clockTime(point.at)}</th>
              <td>{count(point.canaryUnits)}</td><td>{count(point.canaryBad)}</td><td>{point.canaryRate == null ? '–' : percentOf(point.canaryRate)}</td>
              <td>{count(point.stableUnits)}</td><td>{count(point.stableBad)}</td><td>{point.stableRate == null ? '–' : percentOf(point.stableRate)}</td>
              <td>{ratioText(point)}</td><td>{fromLog10(point.logEvidence)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr><th scope="row">In all</th>
            <td>{count(check.canaryUnits)}</td><td>{count(check.canaryBad)}</td><td>{percent(check.canaryBad, check.canaryUnits) ?? '–'}</td>
            <td>{count(check.stableUnits)}</td><td>{count(check.stableBad)}</td><td>{percent(check.stableBad, check.stableUnits) ?? '–'}</td><td /><td />
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
