import { Link } from 'react-router';
import type { RunTestView } from '../api/types';
import { Icon } from '../parts/Icon';
import { StateText } from '../parts/Mark';
import { runNumber } from '../runs/address';
import { milliseconds } from '../words/numbers';
import { sentence } from '../words/sentence';
import classes from './Tests.module.css';
import { saidOf, standingOf } from './words';

interface TestRowProps {
  test: RunTestView;
  /** The run has several jobs: it matters in which of them. */
  withJobs: boolean;
  open: boolean;
  onOpen: (open: boolean) => void;
  onQuarantine: (() => void) | null;
}

/** One test of a run; what its failure said unfolds below it. */
export function TestRow({ test, withJobs, open, onOpen, onQuarantine }: TestRowProps) {
  const said = saidOf(test);
  const about = [
    test.outcome === 'failed' && test.flaky ? 'flaky' : null, test.flaky, test.quarantined ? 'its failure did not fail the step' : null,
    withJobs && test.outcome === 'failed' ? `in ${test.jobs.join(', ')}` : null,
  ].filter((each) => each !== null && each !== undefined).join('; ');
  const unfolds = said !== null || onQuarantine !== null;
  return (
    <div className={classes.test}>
      <div className={classes.line}>
        <span className={classes.standing}><StateText state={standingOf(test.standing, test.flaky, test.quarantined)} /></span>
        <div className={classes.words}>
          {unfolds ? (
            <button type="button" className={classes.name} aria-expanded={open} onClick={() => onOpen(!open)}>
              <span className={classes.fold} data-open={open || undefined}><Icon name="fold" size={12} /></span>{test.name}
            </button>
          ) : <span className={classes.name}>{test.name}</span>}
          {about || test.standing === 'stillFailing' ? (
            <p className={classes.about}>
              {test.standing === 'stillFailing' && test.failingSince ? <>Since <Link to={`/runs/${test.failingSince}`}>run {runNumber(test.failingSince)}</Link>{about ? '; ' : ''}</> : null}
              {test.standing === 'stillFailing' ? about : sentence(about)}
            </p>
          ) : null}
        </div>
        <span className={classes.took}>{test.outcome === 'skipped' ? '' : milliseconds(test.milliseconds)}</span>
      </div>
      {open ? (
        <div className={classes.said}>
          {said ? <pre tabIndex={0} aria-label={`What the failure of ${test.name} said`}>{said}</pre> : null}
          {onQuarantine ? <button type="button" className={classes.tool} onClick={onQuarantine}>Quarantine…</button> : null}
        </div>
      ) : null}
    </div>
  );
}
