import { Link } from 'react-router';
import { isNotFound } from '../api/problem';
import type { SourceView } from '../api/types';
import { Asked } from '../parts/Asked';
import { Command } from '../parts/Command';
import { Empty } from '../parts/Empty';
import { FirstOf } from '../parts/FirstOf';
import { Notice } from '../parts/Notice';
import { Panel } from '../parts/Panel';
import { When } from '../parts/When';
import { shortCommit } from '../words/numbers';
import { runNumber } from './address';
import { mostRuns, useRuns, useSource } from './queries';
import { RunTable } from './RunTable';
import classes from './SourcePanel.module.css';

const firstShown = 5;

/**
 * A service's repository and its newest runs.
 * @param repository Null: it has none; undefined: that is not known yet.
 */
export function SourcePanel({ service, repository }: { service: string; repository: string | null | undefined }) {
  const source = useSource(service, repository != null);
  const runs = useRuns(service);
  if ((repository === null || isNotFound(source.error)) && !source.data && runs.data?.length === 0) return <NoRepository service={service} />;
  return (
    <Panel title="Runs" aside={<><Link to={`/services/${service}/tests`}>their tests</Link> · <Link to={`/runs?service=${service}`}>{runs.data?.length === mostRuns ? `the last ${mostRuns}` : 'all of them'}</Link></>} flush>
      {source.data ? <Source source={source.data} /> : null}
      {source.error && !source.data && !isNotFound(source.error) ? <Asked query={source}>{() => null}</Asked> : null}
      <Asked query={runs}>
        {(data) => (data.length === 0 ? (
          <Empty title="No run yet.">
            <p>{source.data ? `The next commit on ${source.data.branch} makes one; or ask for one now:` : 'This asks for one:'}</p>
            <Command line={`slipway run start ${service} --watch`} />
          </Empty>
        ) : (
          <FirstOf items={data} first={firstShown} more={(count) => `Show ${count} older`}>
            {(shown) => <RunTable runs={shown} withService={false} />}
          </FirstOf>
        ))}
      </Asked>
    </Panel>
  );
}

function NoRepository({ service }: { service: string }) {
  return (
    <Panel title="Runs" flush>
      <Empty title="No repository: its releases are made by hand.">
        <p>With one, every commit on a branch goes through its pipeline and becomes a release by itself:</p>
        <Command line={`slipway service source set ${service} https://git.example.org/team/${service}.git`} />
      </Empty>
    </Panel>
  );
}

function Source({ source }: { source: SourceView }) {
  return (
    <div className={classes.source}>
      <p className={classes.line}>
        <span><code>{source.repository}</code></span>
        <span>branch <strong>{source.branch}</strong></span>
        {source.path ? <span>folder <code>{source.path}</code></span> : null}
        {source.hook ? <span>{source.hook.toldAt ? <>told by webhook, last <When at={source.hook.toldAt} focusable /></> : 'the webhook has told of no push yet'}</span> : null}
        <span>{source.head ? <>newest commit <code title={source.head}>{shortCommit(source.head)}</code></> : 'no commit seen yet'}</span>
        {source.waiting.length > 0 ? <span>waiting for their turn: {source.waiting.map((run, index) => <span key={run}>{index > 0 ? ', ' : ''}<Link to={`/runs/${run}`}>#{runNumber(run)}</Link></span>)}</span> : null}
      </p>
      {source.away ? (
        <Notice tone="attention" title="The repository cannot be looked at now; it is tried again by itself."><p className={classes.problem}>{source.away}</p></Notice>
      ) : null}
      {source.problem ? (
        <Notice tone="attention" title={<>{source.problemCommit ? <><code>{shortCommit(source.problemCommit)}</code> made no run.</> : 'The newest commit made no run.'}</>}><p className={classes.problem}>{source.problem}</p></Notice>
      ) : null}
    </div>
  );
}
