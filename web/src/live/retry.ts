/** A connection that comes back within this time was never worth a word. */
export const patienceMilliseconds = 2500;
const firstRetryMilliseconds = 1000;
const longestRetryMilliseconds = 10_000;

export function retryDelay(attempt: number): number {
  return Math.min(longestRetryMilliseconds, firstRetryMilliseconds * 2 ** Math.min(attempt, 10));
}
