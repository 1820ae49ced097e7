import type { AnalysisView, CheckHistory, RolloutView } from '../api/types';
import { StateText } from '../parts/Mark';
import { threshold } from '../words/numbers';
import { sentence } from '../words/sentence';
import { verdict } from '../words/states';
import { clockTime } from '../words/time';
import { conditionWords, guaranteeWords } from './history';
import classes from './Histories.module.css';
import { CountsHistory } from './CountsHistory';
import { MeasuredHistory } from './MeasuredHistory';
import { WatchHistory } from './WatchHistory';

/** Each check over time: how its ratio narrowed, how its evidence grew, and when that decided. */
export function Histories({ rollout, analysis }: { rollout: RolloutView; analysis: AnalysisView }) {
  return (
    <ul className={classes.checks}>
      {analysis.checks.map((check, index) => (
        <History key={check.name} check={check} rollout={rollout} unit={analysis.unit} isFirst={analysis.checks.findIndex((each) => meaningOf(each, analysis.unit) === meaningOf(check, analysis.unit)) === index} />
      ))}
    </ul>
  );
}

const unitOf = (check: CheckHistory, unit: string): string => (check.kind === 'counts' ? 'unit' : unit);
const meaningOf = (check: CheckHistory, unit: string): string => guaranteeWords(check, unitOf(check, unit));

/** @param isFirst No check before it rests on the same: what that means is said once. */
function History({ check, rollout, unit, isFirst }: { check: CheckHistory; rollout: RolloutView; unit: string; isFirst: boolean }) {
  const counted = unitOf(check, unit);
  const arms = { canary: rollout.version, stable: rollout.fromVersion ?? 'stable' };
  const condition = conditionWords(check);
  const told = [
    isFirst ? meaningOf(check, unit) : null,
    condition ? `It ${condition}.` : null,
    check.decidedAt ? `Decided at ${clockTime(check.decidedAt)}.` : null,
    check.dryRun ? 'It is shown only: it neither fails nor holds up the rollout.' : null,
  ].filter((each) => each !== null);
  return (
    <li className={classes.check}>
      <div className={classes.head}>
        <h3>{sentence(check.name)}{check.thresholdMillis != null ? <span className={classes.over}> slower than {threshold(check.thresholdMillis)}</span> : null}</h3>
        <span className={classes.marks}>
          <span className={classes.mark} data-guaranteed={check.guarantee === 'guaranteed' || undefined}>{check.guarantee}</span>
          {check.dryRun ? <span className={classes.mark}>decides nothing</span> : null}
          <StateText state={verdict[check.verdict]} />
        </span>
      </div>
      {told.length > 0 ? <p className={classes.words}>{told.join(' ')}</p> : null}
      {check.kind === 'threshold' || check.kind === 'mannWhitney' ? <MeasuredHistory check={check} /> : <CountsHistory check={check} arms={arms} unit={counted} />}
      {check.watch ? <WatchHistory check={check} watch={check.watch} arms={arms} unit={counted} /> : null}
    </li>
  );
}
