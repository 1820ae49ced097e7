import { Button } from '@mantine/core';
import { Link } from 'react-router';
import type { ReleaseJourney, RunView } from '../api/types';
import { Icon } from '../parts/Icon';
import { Mark } from '../parts/Mark';
import { When } from '../parts/When';
import { jobAddress, runNumber } from '../runs/address';
import { span, took } from '../runs/took';
import { besides, coverageWords, summary } from '../tests/words';
import { useNow } from '../words/clock';
import { bytes, plural, shortCommit, shortHash } from '../words/numbers';
import { jobNow, runIsOver, runState } from '../words/states';
import { who } from '../words/who';
import classes from './Journey.module.css';
import { Vetoed } from './Veto';
import { WayStop } from './WayStop';

/** What the release was made from. */
export function CommitStop({ journey: { release, run } }: { journey: ReleaseJourney }) {
  const commit = release.commit ?? run?.commit;
  if (!commit) {
    return <WayStop icon="code" title="Commit" state={{ word: 'None given', tone: 'quiet' }}><p className={classes.line}>The artifact came without the name of a commit.</p></WayStop>;
  }
  return (
    <WayStop icon="code" title={run?.subject || 'Commit'}>
      <p className={classes.line}>
        <span>commit <code title={commit}>{shortCommit(commit)}</code></span>
        {run?.author ? <span>by {run.author}</span> : null}
        {run?.branch ? <span>branch <strong>{run.branch}</strong></span> : null}
        {run?.tag ? <span>tag <strong>{run.tag}</strong></span> : null}
      </p>
    </WayStop>
  );
}

/** The run that made it. */
export function RunStop({ journey: { release, run, tests } }: { journey: ReleaseJourney }) {
  if (!run) {
    return <WayStop icon="run" title="Run" state={{ word: 'None known', tone: 'quiet' }}><p className={classes.line}>No run of a pipeline made it: {release.createdBy} brought the artifact, or the run is not kept any more.</p></WayStop>;
  }
  return (
    <WayStop icon="run" title={<Link to={`/runs/${run.id}`}>Run {runNumber(run.id)}</Link>} state={runState[run.state]}>
      <p className={classes.line}>
        <RunTime run={run} />
        {tests ? <span><Link to={`/runs/${run.id}`}>{summary(tests)}</Link>{besides(tests) ? <span className="quiet"> · {besides(tests)}</span> : null}</span> : <span>no test was reported</span>}
        {tests?.coverage ? <span>{coverageWords(tests.coverage).figure} of the lines covered</span> : null}
        {run.startedAt ? <When at={run.startedAt} focusable /> : null}
      </p>
      <ul className={classes.jobs} aria-label="Jobs">
        {run.jobs.map((job) => {
          const state = jobNow(job.state, job.outcome);
          return (
            <li key={job.name}>
              <Link to={{ pathname: `/runs/${run.id}`, ...jobAddress('', job.name) }} className={classes.job} data-tone={state.tone}>
                <Mark tone={state.tone} /><span>{job.name}</span><span className="sr">{state.word.toLowerCase()}</span>
              </Link>
            </li>
          );
        })}
      </ul>
    </WayStop>
  );
}

function RunTime({ run }: { run: RunView }) {
  const now = useNow(!runIsOver(run.state));
  const lasted = span(run.startedAt, run.endedAt, now);
  return <span>{plural(run.jobs.length, 'job')}{lasted === null ? '' : ` in ${took(lasted)}`}</span>;
}

/** What is promoted: the artifact by its digest, and how it is to be run. */
export function ReleaseStop({ journey: { release, artifactAvailable, artifactCollectedAt } }: { journey: ReleaseJourney }) {
  return (
    <WayStop icon="box" title={`Release ${release.version}`} state={release.veto ? { word: 'Vetoed', tone: 'bad' } : undefined}>
      {release.veto ? <Vetoed veto={release.veto} /> : null}
      {release.notes ? <p className={classes.notes}>{release.notes}</p> : null}
      <p className={classes.line}>
        <span>made <When at={release.createdAt} focusable /> by {who(release.createdBy)}</span>
        <span>artifact <code title={release.artifactDigest}>{shortHash(release.artifactDigest)}</code>, {bytes(release.artifactBytes)}</span>
      </p>
      {artifactAvailable ? null : (
        <p className={classes.note} data-tone="attention">
          <Icon name="warning" size={14} /><span>The artifact is not there any more{artifactCollectedAt ? <>: it was removed <When at={artifactCollectedAt} focusable />, since nothing needed it</> : null}.</span>
        </p>
      )}
      <div className={classes.foot}>
        {artifactAvailable ? (
          <Button component="a" size="xs" variant="default" href={`/api/v1/artifacts/${encodeURIComponent(release.artifactDigest)}/content`} download leftSection={<Icon name="download" size={14} />}>Download the artifact</Button>
        ) : null}
      </div>
      {release.definition ? (
        <details className={classes.definition}>
          <summary>Its definition</summary>
          <pre tabIndex={0} role="region" aria-label={`slipway.yaml of ${release.version}`}>{release.definition}</pre>
        </details>
      ) : null}
    </WayStop>
  );
}
