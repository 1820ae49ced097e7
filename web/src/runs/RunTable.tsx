import { Link } from 'react-router';
import type { RunView } from '../api/types';
import { StateText } from '../parts/Mark';
import table from '../parts/Table.module.css';
import { When } from '../parts/When';
import { ReleaseLink } from '../releases/ReleaseLink';
import { oneOrTwoLines } from '../words/brief';
import { useNow } from '../words/clock';
import { shortCommit } from '../words/numbers';
import { runIsOver, runState } from '../words/states';
import { who } from '../words/who';
import { runNumber } from './address';
import { reasonOf } from './reason';
import classes from './RunTable.module.css';
import { span, took } from './took';

/** Runs, newest first; of several services with the name of each. */
export function RunTable({ runs, withService }: { runs: RunView[]; withService: boolean }) {
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th>Run</th>{withService ? <th>Service</th> : null}<th>State</th><th>Commit</th><th>Asked for</th><th className={table.number}>Took</th><th>Release</th>
        </tr>
      </thead>
      <tbody>{runs.map((run) => <Row key={run.id} run={run} withService={withService} />)}</tbody>
    </table>
  );
}

function Row({ run, withService }: { run: RunView; withService: boolean }) {
  const now = useNow(!runIsOver(run.state));
  const lasted = span(run.startedAt, run.endedAt, now);
  return (
    <tr>
      <td className={table.tight}><Link to={`/runs/${run.id}`} className={table.main} aria-label={`Run ${runNumber(run.id)} of ${run.service}`}>#{runNumber(run.id)}</Link></td>
      {withService ? <td data-label="Service"><Link to={`/services/${run.service}`}>{run.service}</Link></td> : null}
      <td data-label="State" title={reasonOf(run)}>
        <span>
          <StateText state={runState[run.state]} />
          {run.state === 'failed' || run.state === 'queued' ? <span className={classes.reason}>{reasonOf(run, oneOrTwoLines)}</span> : null}
        </span>
      </td>
      <td data-label="Commit"><span><code title={run.commit}>{shortCommit(run.commit)}</code> {run.subject}{run.tag ? <span className={table.under}> {run.tag}</span> : null}</span></td>
      <td data-label="Asked for"><span><When at={run.requestedAt} focusable /> <span className={classes.by}>by {who(run.requestedBy)}</span></span></td>
      <td data-label="Took" className={table.number}>{lasted === null ? '–' : took(lasted)}</td>
      <td data-label="Release" className={table.version}>{run.release ? <ReleaseLink service={run.service} version={run.release} /> : '–'}</td>
    </tr>
  );
}
