import type { HoldView, LaneView } from '../api/types';

/** A lane where 1.9.0 is well, for tests to start from. */
export const lane = (fields: Partial<LaneView> = {}): LaneView => ({
  service: 's', environment: 'prod', version: '1.9.0', health: 'healthy', healthyInstances: 1, wantedInstances: 1, waiting: [], holds: [], rollbackTo: ['2.0.0', '1.8.0'], ...fields,
});

export const hold = (version: string | null, fields: Partial<HoldView> = {}): HoldView => ({
  id: `hold-${version}`, service: 's', environment: 'prod', version, why: 'x', by: 'slipway', at: '2026-11-21T12:00:00Z', ...fields,
});
