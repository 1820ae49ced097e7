import { useEffect, useRef } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { isNotFound } from '../api/problem';
import type { RunView } from '../api/types';
import { announce } from '../live/announce';
import { Asked } from '../parts/Asked';
import { Facts } from '../parts/Facts';
import { StateChip } from '../parts/Mark';
import { Page } from '../parts/Page';
import { Panel } from '../parts/Panel';
import { Problem } from '../parts/Problem';
import { When } from '../parts/When';
import { ReleaseLink } from '../releases/ReleaseLink';
import { NotFound } from '../shell/NotFound';
import { TestPanel } from '../tests/TestPanel';
import { plural, shortCommit } from '../words/numbers';
import { runIsOver, runState } from '../words/states';
import { useNow } from '../words/clock';
import { who } from '../words/who';
import { runNumber } from './address';
import { chosenJob } from './graph';
import { JobGraph } from './JobGraph';
import { JobPanel } from './JobPanel';
import { useRerun, useRun } from './queries';
import { reasonOf } from './reason';
import { RunActions } from './RunActions';
import classes from './RunPage.module.css';
import { TemplateUses } from './TemplateUses';
import { span, took } from './took';
import { WaterfallView } from './WaterfallView';

export function RunPage() {
  const { id = '' } = useParams();
  const run = useRun(id);
  if (isNotFound(run.error) && !run.data) {
    return <NotFound what="There is no such run"><p>Its address may be cut short. <Link to="/runs">All runs</Link> shows the newest.</p></NotFound>;
  }
  return <Asked query={run} lines={10}>{(data) => <Run run={data} />}</Asked>;
}

function Run({ run }: { run: RunView }) {
  const { id, service, state } = run;
  const [search] = useSearchParams();
  const rerun = useRerun(id);
  const job = chosenJob(run.jobs, search.get('job'));
  useAnnouncedState(run);
  return (
    <Page
      title={`${service} run ${runNumber(id)}: ${runState[state].word.toLowerCase()}`}
      heading={<>{service} <span className={classes.number}>run {runNumber(id)}</span></>}
      above={<><Link to="/">Board</Link><span aria-hidden="true">/</span><Link to={`/services/${service}`}>{service}</Link><span aria-hidden="true">/</span><Link to="/runs">runs</Link></>}
      below={<><StateChip state={runState[state]} large /><span>{reasonOf(run)}</span></>}
      actions={<RunActions run={run} rerun={rerun} />}
    >
      {rerun.error ? <Problem error={rerun.error} /> : null}
      <div className={classes.columns}>
        <div className={classes.column}>
          <Panel title="Jobs" aside={plural(run.jobs.length, 'job')}><JobGraph jobs={run.jobs} chosen={job?.name} /></Panel>
          <Panel title="Time"><WaterfallView run={run} /></Panel>
        </div>
        <ThisRun run={run} />
      </div>
      <TestPanel key={id} run={run} />
      {job ? <JobPanel run={run} job={job} /> : null}
    </Page>
  );
}

function ThisRun({ run }: { run: RunView }) {
  const now = useNow(!runIsOver(run.state));
  const lasted = span(run.startedAt, run.endedAt, now);
  return (
    <Panel title="This run">
      <Facts facts={[
        ['Commit', <code title={run.commit}>{shortCommit(run.commit)}</code>],
        ['Message', run.subject],
        ['Author', run.author],
        ['Branch', <>{run.branch || (run.tag ? null : 'none: a commit by itself')}{run.tag ? <>, tagged {run.tag}</> : null}</>],
        ['Version', run.version],
        ['Template', run.templates?.length ? <TemplateUses uses={run.templates} /> : null],
        ['Release', run.release ? <ReleaseLink service={run.service} version={run.release}>{run.service}@{run.release}</ReleaseLink> : runIsOver(run.state) ? 'none' : null],
        ['Asked for', <><When at={run.requestedAt} focusable /> by {who(run.requestedBy)}</>],
        ['Why', run.why],
        ['Began', run.startedAt ? <When at={run.startedAt} focusable /> : null],
        [runIsOver(run.state) ? 'Took' : 'Runs for', lasted === null ? null : took(lasted)],
      ]}
      />
    </Panel>
  );
}

function useAnnouncedState(run: RunView): void {
  const { state } = run;
  const last = useRef(state);
  useEffect(() => {
    if (last.current === state) return;
    last.current = state;
    announce(`${runState[state].word}. ${reasonOf(run)}`);
  }, [state, run]);
}
