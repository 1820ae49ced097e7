import type { AnalysisSummary, CheckView, RingView, RolloutView } from '../api/types';
import { Empty } from '../parts/Empty';
import { StateText } from '../parts/Mark';
import { Panel } from '../parts/Panel';
import { When } from '../parts/When';
import { count, fromLog10, percent, threshold } from '../words/numbers';
import { sentence } from '../words/sentence';
import { rolloutIsOver, verdict } from '../words/states';
import { evidenceShare, needsNoVerdict, notJudged, otherArm, unasked } from './evidence';
import classes from './Judgement.module.css';
import { ratioWords } from './ratio';

/** What the judge knows against the new version, beside what it would need to fail it. */
export function Judgement({ rollout, analysis, ring }: { rollout: RolloutView; analysis: AnalysisSummary | null | undefined; ring: RingView | undefined }) {
  const where = analysis?.ring ?? ring?.name;
  return (
    <Panel title={where ? `The judge, in ${where}` : 'The judge'} aside={analysis ? <>{needsNoVerdict(rollout, analysis) ? 'no step asked for a verdict' : analysis.guarantee} · looked <When at={analysis.at} /></> : null}>
      {analysis ? <Checks analysis={analysis} rollout={rollout} /> : <Nothing rollout={rollout} ring={ring} />}
    </Panel>
  );
}

function Nothing({ rollout, ring }: { rollout: RolloutView; ring: RingView | undefined }) {
  const why = notJudged(rollout, ring);
  return <div className={classes.nothing}><Empty title={why.title}><p>{why.body}</p></Empty></div>;
}

function Checks({ analysis, rollout }: { analysis: AnalysisSummary; rollout: RolloutView }) {
  return (
    <ul className={classes.checks}>
      {analysis.checks.map((check) => <Check key={check.name} check={check} rollout={rollout} unit={isBuiltIn(check) ? analysis.unit : 'unit'} needless={needsNoVerdict(rollout, analysis)} />)}
    </ul>
  );
}

/** Where hosts are why nothing came, the text says what helps. */
const saysNoMore = ({ text }: CheckView): boolean => text.endsWith('counted yet');

/** The routers' own counts; others are of what a metric source counts. */
const isBuiltIn = ({ name }: CheckView): boolean => name === 'errors' || name.startsWith('latency');

function Check({ check, rollout, unit, needless }: { check: CheckView; rollout: RolloutView; unit: string; needless: boolean }) {
  // A threshold or a comparison of ranks has no evidence to reach a limit: a word on what it measured is all.
  const measured = check.logLimit <= 0;
  const quiet = check.canaryUnits === 0 && !measured;
  const waiting = check.noTraffic && isBuiltIn(check) ? { word: rolloutIsOver(rollout.state) ? 'No traffic' : 'No traffic yet', tone: 'waiting' as const } : needless && check.verdict === 'inconclusive' ? unasked : verdict[check.verdict];
  return (
    <li className={classes.check}>
      <div className={classes.head}>
        <h3>{sentence(check.name)}{check.thresholdMillis != null ? <span className={classes.over}> longer than {threshold(check.thresholdMillis)}</span> : null}</h3>
        <span className={classes.marks}>{check.dryRun ? <span className={classes.dry}>decides nothing</span> : null}<StateText state={waiting} /></span>
      </div>
      <p className={classes.text}>{check.noTraffic && isBuiltIn(check) && saysNoMore(check) ? `No ${unit} reached ${rollout.version}, so nothing can be said about it. That is not “well”.` : sentence(check.text.replace(`${check.name}: `, ''))}</p>
      {quiet || measured ? null : <Bar check={check} />}
      {measured || (quiet && !check.noTraffic) ? null : <Arms check={check} rollout={rollout} unit={unit} />}
      <Ratio check={check} />
    </li>
  );
}

function Arms({ check, rollout, unit }: { check: CheckView; rollout: RolloutView; unit: string }) {
  return (
    <table className={classes.numbers}>
      <thead><tr><th><span className="sr">Version</span></th><th>{sentence(unit)}s</th><th>Bad</th><th>Share</th></tr></thead>
      <tbody>
        <tr><th scope="row"><span className={classes.swatch} data-arm="canary" aria-hidden="true" />{rollout.version}</th><td>{count(check.canaryUnits)}</td><td>{count(check.canaryBad)}</td><td>{percent(check.canaryBad, check.canaryUnits) ?? '–'}</td></tr>
        <tr><th scope="row"><span className={classes.swatch} data-arm="stable" aria-hidden="true" />{otherArm(check, rollout)}</th><td>{count(check.stableUnits)}</td><td>{count(check.stableBad)}</td><td>{percent(check.stableBad, check.stableUnits) ?? '–'}</td></tr>
      </tbody>
    </table>
  );
}

function Bar({ check }: { check: CheckView }) {
  const share = evidenceShare(check);
  const evidence = fromLog10(check.logEvidence);
  const limit = fromLog10(check.logLimit);
  return (
    <div className={classes.evidence}>
      <svg className={classes.bar} viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={`Evidence against it: ${evidence}; it fails at ${limit}`} data-full={share >= 1 || undefined}>
        <rect width="100" height="6" className={classes.rest} />
        <rect width={share * 100} height="6" className={classes.part} />
      </svg>
      <p className={classes.scale} aria-hidden="true">
        <span>evidence against it <strong>{evidence}</strong></span>
        <span>fails at <strong>{limit}</strong></span>
      </p>
    </div>
  );
}

function Ratio({ check }: { check: CheckView }) {
  const words = ratioWords(check);
  if (words === null) return null;
  return (
    <p className={classes.ratio}>
      <strong>{words.times} ×</strong> the rate of the {check.against === 'baseline' ? 'baseline' : 'stable version'}
      {words.bounds ? <span className="quiet">, {words.bounds}</span> : null}
    </p>
  );
}
