import type { RunJobView } from '../api/types';
import { jobNow, runIsOver } from '../words/states';
import type { RunView } from '../api/types';
import { useNow } from '../words/clock';
import { type Bar, type Stretch, waterfallOf } from './waterfall';
import classes from './Waterfall.module.css';
import { took } from './took';

/** When each job waited for an agent and when it ran, one below the other. */
export function WaterfallView({ run }: { run: RunView }) {
  const now = useNow(!runIsOver(run.state));
  const { bars, cuts } = waterfallOf(run.jobs, now);
  if (bars.length === 0) return <p className="quiet">No job has been queued yet.</p>;
  return (
    <>
      <ol className={classes.bars}>
        {bars.map((bar) => <Row key={bar.job.name} bar={bar} cuts={cuts} />)}
      </ol>
      <p className={classes.key}>
        <span className={classes.swatch} data-kind="waited" aria-hidden="true" />waited for an agent <span className={classes.swatch} data-kind="ran" aria-hidden="true" />ran
        {cuts.length > 0 ? <span>· dotted: time between two attempts, cut short</span> : null}
      </p>
    </>
  );
}

function Row({ bar: { job, waited, ran, waitedFor, ranFor }, cuts }: { bar: Bar; cuts: number[] }) {
  return (
    <li className={classes.row}>
      <span className={classes.name} title={job.name}>{job.name}</span>
      <span className={classes.track} aria-hidden="true">
        {cuts.map((cut) => <span key={cut} className={classes.cut} style={{ left: percent(cut) }} />)}
        {waited ? <span className={classes.waited} style={place(waited)} /> : null}
        {ran ? <span className={classes.ran} style={place(ran)} data-tone={toneOf(job)} /> : null}
      </span>
      <span className={classes.times}>{timesOf(job, waitedFor, ranFor)}</span>
    </li>
  );
}

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;
const place = ({ from, to }: Stretch): React.CSSProperties => ({ left: percent(from), width: percent(to - from) });
const toneOf = (job: RunJobView): string => jobNow(job.state, job.outcome).tone;

function timesOf(job: RunJobView, waitedFor: number | null, ranFor: number | null): string {
  const waits = waitedFor === null ? null : job.state === 'queued' ? `waits ${took(waitedFor)}` : `waited ${took(waitedFor)}`;
  const runs = ranFor === null ? null : job.state === 'running' ? `runs ${took(ranFor)}` : `ran ${took(ranFor)}`;
  return [waits, runs].filter((each) => each !== null).join(', ');
}
