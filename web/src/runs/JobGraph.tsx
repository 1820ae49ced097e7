import { useMemo } from 'react';
import { Link, useLocation } from 'react-router';
import type { RunJobView } from '../api/types';
import { Mark } from '../parts/Mark';
import { jobNow } from '../words/states';
import { useNow } from '../words/clock';
import { type Edge, graphOf, type Placed } from './graph';
import classes from './JobGraph.module.css';
import { jobAddress } from './address';
import { span, took } from './took';

const width = 220;
const height = 50;
const gapAcross = 44;
const gapDown = 12;

const across = (column: number): number => column * (width + gapAcross);
const down = (row: number): number => row * (height + gapDown);

interface JobGraphProps { jobs: RunJobView[]; chosen: string | undefined }

/** The jobs, each behind those that it needs; where that finds no room, a list in the same order. */
export function JobGraph({ jobs, chosen }: JobGraphProps) {
  const graph = useMemo(() => graphOf(jobs), [jobs]);
  const [wide, high] = [across(graph.columns) - gapAcross, down(graph.rows) - gapDown];
  return (
    <div className={classes.graph}>
      <svg className={classes.lines} width={wide} height={high} viewBox={`0 0 ${wide} ${high}`} aria-hidden="true" focusable="false">
        {graph.edges.map((edge) => (
          <path key={`${edge.from.job.name} ${edge.to.job.name}`} d={curve(edge)} data-leads={edge.to.job.name === chosen || edge.from.job.name === chosen || undefined} />
        ))}
      </svg>
      <ol
        className={classes.jobs}
        style={{ gridTemplateColumns: `repeat(${graph.columns}, ${width}px)`, gridAutoRows: height, columnGap: gapAcross, rowGap: gapDown }}
      >
        {graph.placed.map((placed) => <Job key={placed.job.name} placed={placed} isChosen={placed.job.name === chosen} />)}
      </ol>
    </div>
  );
}

function curve({ from, to }: Edge): string {
  const [x, y] = [across(from.column) + width, down(from.row) + height / 2];
  const [endX, endY] = [across(to.column), down(to.row) + height / 2];
  const half = gapAcross / 2;
  return `M${x} ${y}C${x + half} ${y} ${endX - half} ${endY} ${endX} ${endY}`;
}

function Job({ placed: { job, column, row }, isChosen }: { placed: Placed; isChosen: boolean }) {
  const { search } = useLocation();
  const words = jobNow(job.state, job.outcome);
  const now = useNow(job.state === 'running' || job.state === 'queued');
  const lasted = job.state === 'queued' ? span(job.queuedAt, null, now) : span(job.startedAt, job.endedAt, now);
  return (
    <li className={classes.place} style={{ gridColumn: column + 1, gridRow: row + 1 }}>
      <Link
        to={jobAddress(search, job.name)} replace preventScrollReset className={classes.job} data-tone={words.tone} data-quiet={job.state === 'waiting' || job.state === 'skipped' || undefined}
        aria-current={isChosen ? 'true' : undefined}
      >
        <Mark tone={words.tone} />
        <span className={classes.words}>
          <span className={classes.name} title={job.name}>{job.name}</span>
          <span className={classes.state}>
            {words.word}{lasted !== null && job.state !== 'waiting' && job.state !== 'skipped' ? ` · ${took(lasted)}` : ''}{job.attempt > 1 ? ` · attempt ${job.attempt}` : ''}
          </span>
          {job.needs.length > 0 ? <span className={classes.needs}>after {job.needs.join(', ')}</span> : null}
        </span>
      </Link>
    </li>
  );
}
