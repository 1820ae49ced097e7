/** The address of a job within a run's page; a line of another job's log does not belong to it. */
export function jobAddress(search: string, job: string, attempt?: number): { search: string; hash: string } {
  const asked = new URLSearchParams(search);
  asked.set('job', job);
  asked.delete('attempt');
  if (attempt !== undefined) asked.set('attempt', String(attempt));
  return { search: asked.toString(), hash: '' };
}

/** The attempt asked for, where there was such a one; else the last. */
export function chosenAttempt(asked: string | null, last: number): number {
  const number = Number(asked);
  return Number.isInteger(number) && number >= 1 && number <= last ? number : last;
}

/** `storefront-run-7` is run 7 of its service. */
export const runNumber = (id: string): string => /-run-(\d+)$/.exec(id)?.[1] ?? id;
