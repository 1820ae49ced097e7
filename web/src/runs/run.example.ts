import type { RunJobView, RunView } from '../api/types';

/** A job that ended well ten seconds after it began, for tests to start from. */
export const job = (name: string, fields: Partial<RunJobView> = {}): RunJobView => ({
  name, state: 'succeeded', outcome: 'succeeded', reason: null, attempt: 1, agent: 'harbour-1', needs: [],
  queuedAt: '2026-11-21T12:00:00Z', startedAt: '2026-11-21T12:00:02Z', endedAt: '2026-11-21T12:00:12Z', steps: [], caches: [], ...fields,
});

export const run = (fields: Partial<RunView> = {}): RunView => ({
  id: 'storefront-run-7', service: 'storefront', state: 'running', reason: 'runs test', commit: '4f1c2a9be07d663399aa0b1c2d3e4f5061728394', branch: 'main', tag: null,
  subject: 'Wish lists', version: '2.1.0', release: null, requestedBy: 'slipway', requestedAt: '2026-11-21T12:00:00Z', why: null,
  startedAt: '2026-11-21T12:00:01Z', endedAt: null, jobs: [], ...fields,
});
