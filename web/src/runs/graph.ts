import type { RunJobView } from '../api/types';

export interface Placed { job: RunJobView; column: number; row: number }
export interface Edge { from: Placed; to: Placed }
export interface Graph { placed: Placed[]; edges: Edge[]; columns: number; rows: number }

/** The jobs of a run that a need means: of a matrix all of them, since each of them has its combination behind the name. */
export const meantBy = (need: string, jobs: RunJobView[]): RunJobView[] =>
  jobs.filter(({ name }) => name === need || name.startsWith(`${need} (`));

/** A job's column is behind those of all jobs that it needs; within a column jobs stand beside what they need, else in the order written. */
export function graphOf(jobs: RunJobView[]): Graph {
  const needed = new Map(jobs.map((job) => [job.name, job.needs.flatMap((need) => meantBy(need, jobs)).filter((each) => each !== job)]));
  const depths = new Map<string, number>();
  const depthOf = (job: RunJobView, below: ReadonlySet<string>): number => {
    const known = depths.get(job.name);
    if (known !== undefined) return known;
    // The server refuses circles; should one come all the same, the page must still be drawn.
    const before = (needed.get(job.name) ?? []).filter((each) => !below.has(each.name));
    const depth = before.length === 0 ? 0 : 1 + Math.max(...before.map((each) => depthOf(each, new Set(below).add(job.name))));
    depths.set(job.name, depth);
    return depth;
  };
  const columns: RunJobView[][] = [];
  for (const job of jobs) (columns[depthOf(job, new Set([job.name]))] ??= []).push(job);
  const placed = new Map<string, Placed>();
  const middle = (job: RunJobView): number => {
    const rows = (needed.get(job.name) ?? []).map((each) => placed.get(each.name)?.row ?? 0);
    return rows.length === 0 ? 0 : rows.reduce((sum, row) => sum + row, 0) / rows.length;
  };
  columns.forEach((column, index) => {
    const order = [...column].map((job) => ({ job, at: middle(job) })).sort((a, b) => a.at - b.at);
    order.forEach(({ job }, row) => placed.set(job.name, { job, column: index, row }));
  });
  const edges = [...placed.values()].flatMap((to) =>
    (needed.get(to.job.name) ?? []).flatMap((each) => {
      const from = placed.get(each.name);
      return from && from.column < to.column ? [{ from, to }] : [];
    }));
  return { placed: [...placed.values()], edges, columns: columns.length, rows: Math.max(0, ...columns.map((column) => column.length)) };
}

/** The job that a page shows: the one asked for, else what a person would look at first. */
export function chosenJob(jobs: RunJobView[], asked: string | null): RunJobView | undefined {
  const ofState = (state: RunJobView['state']): RunJobView | undefined => jobs.find((job) => job.state === state);
  const cutShort = jobs.find((job) => job.state === 'cancelled' && job.startedAt);
  return jobs.find((job) => job.name === asked) ?? ofState('failed') ?? cutShort ?? ofState('cancelled') ?? ofState('running') ?? ofState('queued')
    ?? jobs.filter((job) => job.startedAt).at(-1) ?? jobs[0];
}
