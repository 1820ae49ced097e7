import type { AnalysisView, CheckHistory, RolloutView } from '../api/types';
import { StateText } from '../parts/Mark';
import { threshold } from '../words/numbers';
import { sentence } from '../words/sentence';
import { verdict } from '../words/states';
import { clockTime } from '../words/time';
import { besideWords, conditionWords, guaranteeWords, neverBeside } from './history';
import { needsNoVerdict, otherArm, unasked } from './evidence';
import classes from './Histories.module.css';
import { CountsHistory } from './CountsHistory';
import { MeasuredHistory } from './MeasuredHistory';
import { WatchHistory } from './WatchHistory';

/** Each check over time: how its ratio narrowed, how its evidence grew, and when that decided. */
export function Histories({ rollout, analysis }: { rollout: RolloutView; analysis: AnalysisView }) {
  return (
    <ul className={classes.checks}>
      {analysis.checks.map((check, index) => (
        <History key={check.name} check={check} rollout={rollout} unit={analysis.unit} fullAt={analysis.fullAt} needless={needsNoVerdict(rollout, analysis.latest)} isFirst={analysis.checks.findIndex((each) => meaningOf(each, analysis) === meaningOf(check, analysis)) === index} />
      ))}
    </ul>
  );
}

const unitOf = (check: CheckHistory, unit: string): string => (check.kind === 'counts' ? 'unit' : unit);
const meaningOf = (check: CheckHistory, { unit, fullAt }: Pick<AnalysisView, 'unit' | 'fullAt'>): string => (neverBeside(check, fullAt) ? besideWords : guaranteeWords(check, unitOf(check, unit)));

/** @param isFirst No check before it rests on the same: what that means is said once. */
function History({ check, rollout, unit, fullAt, needless, isFirst }: { check: CheckHistory; rollout: RolloutView; unit: string; fullAt: AnalysisView['fullAt']; needless: boolean; isFirst: boolean }) {
  const alone = neverBeside(check, fullAt);
  const found = alone && check.watch ? check.watch.verdict : check.verdict;
  const guarantee = alone ? 'estimated' : check.guarantee;
  const counted = unitOf(check, unit);
  const arms = { canary: rollout.version, stable: otherArm(check, rollout) };
  const condition = conditionWords(check);
  const told = [
    isFirst ? meaningOf(check, { unit, fullAt }) : null,
    condition ? `It ${condition}.` : null,
    check.decidedAt ? `Decided at ${clockTime(check.decidedAt)}.` : null,
    check.dryRun ? 'It is shown only: it neither fails nor holds up the rollout.' : null,
  ].filter((each) => each !== null);
  return (
    <li className={classes.check}>
      <div className={classes.head}>
        <h3>{sentence(check.name)}{check.thresholdMillis != null ? <span className={classes.over}> longer than {threshold(check.thresholdMillis)}</span> : null}</h3>
        <span className={classes.marks}>
          <span className={classes.mark} data-guaranteed={guarantee === 'guaranteed' || undefined}>{guarantee}</span>
          {check.dryRun ? <span className={classes.mark}>decides nothing</span> : null}
          <StateText state={needless && found === 'inconclusive' ? unasked : verdict[found]} />
        </span>
      </div>
      {told.length > 0 ? <p className={classes.words}>{told.join(' ')}</p> : null}
      {check.kind === 'threshold' || check.kind === 'mannWhitney' ? <MeasuredHistory check={check} /> : alone ? <Alone check={check} stable={arms.stable} /> : <CountsHistory check={check} arms={arms} unit={counted} />}
      {check.watch ? <WatchHistory check={check} watch={check.watch} arms={arms} unit={counted} /> : null}
    </li>
  );
}

/** There was nothing to draw of the two beside each other; what came after the switch has its own part, where something was known of the old one. */
function Alone({ check, stable }: { check: CheckHistory; stable: string }) {
  return check.watch ? null : <p className={classes.words}>Nothing was known of {stable} by this check before the switch, so there is nothing to hold the new version against.</p>;
}
