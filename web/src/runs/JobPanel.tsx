import { Link, useLocation, useSearchParams } from 'react-router';
import type { RunJobView, RunStepView, RunView } from '../api/types';
import { Empty } from '../parts/Empty';
import { Facts } from '../parts/Facts';
import { Mark, StateText } from '../parts/Mark';
import { Notice } from '../parts/Notice';
import { Panel } from '../parts/Panel';
import { When } from '../parts/When';
import { useNow } from '../words/clock';
import { sentence } from '../words/sentence';
import { jobNow, outcomeWord, runIsOver, runStepState } from '../words/states';
import { chosenAttempt, jobAddress } from './address';
import { Caches } from './Caches';
import classes from './JobPanel.module.css';
import { LogView } from './LogView';
import { reasonOfJob, statusOf } from './reason';
import { span, took } from './took';

/** One job of a run: how it stands, its steps, and what they wrote. */
export function JobPanel({ run, job }: { run: RunView; job: RunJobView }) {
  const [search] = useSearchParams();
  const attempt = chosenAttempt(search.get('attempt'), job.attempt);
  return (
    <div className={classes.columns}>
      <Panel title={job.name} aside={<StateText state={jobNow(job.state, job.outcome)} />}>
        <div className={classes.about}>
          <Why job={job} reason={reasonOfJob(job, run)} />
          <JobFacts job={job} />
          {job.caches.length > 0 ? <Caches caches={job.caches} /> : null}
          {job.steps.length > 0 ? <Steps steps={job.steps} /> : null}
        </div>
      </Panel>
      <Panel title="Log" aside={job.attempt > 1 ? <Attempts job={job} chosen={attempt} /> : null}>
        {job.attempt === 0 ? <Empty title={job.state === 'waiting' ? 'It has not begun.' : 'It never began.'} /> : (
          <LogView key={`${job.name} ${attempt}`} run={run.id} job={job} attempt={attempt} goesOn={attempt === job.attempt && (job.state === 'running' || job.state === 'queued') && !runIsOver(run.state)} />
        )}
      </Panel>
    </div>
  );
}

/** Why it waits, or why it ended as it did. */
function Why({ job, reason }: { job: RunJobView; reason: string }) {
  if (job.state === 'waiting') {
    return <Notice tone="quiet" title={job.needs.length > 0 ? `It waits for ${job.needs.join(', ')}.` : 'It waits for the turn of its run.'}>{reason ? <p>The attempt before: {reason}</p> : null}</Notice>;
  }
  if (job.state === 'queued') return <Notice tone="waiting" title="It waits for an agent.">{reason ? <p>{reason}</p> : null}</Notice>;
  if (!reason) return null;
  // It succeeded, with something to say of it: failures that were forgiven.
  if (job.state === 'succeeded') return <Notice tone="attention" title={reason} />;
  return <Notice tone={jobNow(job.state, job.outcome).tone} title={reason} />;
}

function JobFacts({ job }: { job: RunJobView }) {
  const now = useNow(job.state === 'running' || job.state === 'queued');
  const [waited, ran] = [span(job.queuedAt, job.startedAt ?? job.endedAt, now), span(job.startedAt, job.endedAt, now)];
  return (
    <Facts facts={[
      ['Outcome', outcomeWord(job.outcome)],
      ['Agent', job.agent],
      ['Attempt', job.attempt > 0 ? job.attempt : null],
      ['Needs', job.needs.join(', ')],
      ['Began', job.startedAt ? <When at={job.startedAt} focusable /> : null],
      ['Waited', waited === null ? null : took(waited)],
      [job.state === 'running' ? 'Runs for' : 'Ran', ran === null ? null : took(ran)],
    ]}
    />
  );
}

function Steps({ steps }: { steps: RunStepView[] }) {
  return (
    <section aria-label="Steps">
      <ol className={classes.steps}>{steps.map((step, index) => <Step key={index} step={step} />)}</ol>
    </section>
  );
}

function Step({ step }: { step: RunStepView }) {
  const { word, tone } = runStepState[step.state];
  const now = useNow(step.state === 'running');
  const lasted = step.state === 'waiting' || step.state === 'skipped' ? null : span(step.startedAt, step.endedAt, now);
  const about = [
    step.state === 'succeeded' ? null : word, statusOf(step), step.tries > 1 ? `try ${step.tries}` : null,
  ].filter((each) => each !== null).join(', ');
  return (
    <li className={classes.step} data-state={step.state}>
      <span className={classes.mark} data-tone={tone}><Mark tone={tone} /></span>
      <div className={classes.words}>
        <p className={classes.name}>{step.name}{step.state === 'succeeded' ? <span className="sr"> succeeded</span> : null}</p>
        {about ? <p className={classes.note}>{sentence(about)}</p> : null}
        {step.note ? <p className={classes.note}>{sentence(step.note)}</p> : null}
      </div>
      <span className={classes.took}>{lasted === null ? '' : took(lasted)}</span>
    </li>
  );
}

function Attempts({ job, chosen }: { job: RunJobView; chosen: number }) {
  const { search } = useLocation();
  return (
    <nav aria-label="Attempts" className={classes.attempts}>
      attempt
      {Array.from({ length: job.attempt }, (_, index) => index + 1).map((attempt) => (
        <Link key={attempt} to={jobAddress(search, job.name, attempt)} replace preventScrollReset aria-current={attempt === chosen ? 'true' : undefined} aria-label={`Attempt ${attempt}`}>{attempt}</Link>
      ))}
    </nav>
  );
}
