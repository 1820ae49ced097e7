import type { RunJobView, RunStepView, RunView } from '../api/types';
import { brief } from '../words/brief';
import { sentenceOf } from '../words/sentence';

/** Why a run is as it is. Reasons may begin with the name of a job, of another run, or of an agent. */
export const reasonOf = ({ reason, service, jobs }: RunView, most = Infinity): string =>
  sentenceOf(brief(reason, most), [service, ...jobs.flatMap((job) => [job.name, job.agent])]);

/** Why a job is as it is; "" where its state says it all. */
export const reasonOfJob = ({ reason, name, agent }: RunJobView, { jobs }: RunView): string =>
  sentenceOf(reason ?? '', [name, agent, ...jobs.flatMap((job) => [job.name, job.agent])]);

/** With what a step ended; null: well, or its note has the status in it, perhaps with what it means. */
export const statusOf = ({ exitCode, note }: Pick<RunStepView, 'exitCode' | 'note'>): string | null => {
  const status = exitCode ? `exit status ${exitCode}` : null;
  return status && note?.includes(status) ? null : status;
};
