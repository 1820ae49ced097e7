import { describe, expect, it } from 'vitest';
import type { LaneView, StatusView } from '../api/types';
import { filterServices, summary } from './summary';

const lane = (fields: Partial<LaneView>): LaneView => ({
  service: 's', environment: 'prod', health: 'healthy', healthyInstances: 1, wantedInstances: 1, waiting: [], holds: [], rollbackTo: [], ...fields,
});
const status = (...lanes: LaneView[]): StatusView => ({
  environments: [{ name: 'prod', after: [], promote: 'manual', traffic: 'expected', approvals: 1 }],
  services: lanes.map((each) => ({ service: each.service, owner: 'team-web', lanes: [each] })), ledgerIndex: 1,
});

describe('the board in a sentence', () => {
  it('says that nothing moves', () => {
    expect(summary(status(lane({})))).toBe('1 service in 1 environment. Nothing moves.');
  });

  it('counts what rolls out, what waits and what needs somebody', () => {
    const moving = { id: 'p', version: '2', kind: 'promotion', reason: '' } as const;
    expect(summary(status(
      lane({ moving: { ...moving, state: 'rollingOut', rollout: 'running' } }), lane({ moving: { ...moving, state: 'rollingOut', rollout: 'paused', until: '2026-01-01T00:00:00Z' } }),
      lane({ moving: { ...moving, state: 'rollingOut', rollout: 'paused' } }), lane({ moving: { ...moving, state: 'waiting' } }),
      lane({ health: 'unknown' }), lane({ needsAttention: 'x' }),
    ))).toBe('6 services in 1 environment. 2 rolling out, 1 paused, 1 waiting at a gate, 2 need attention.');
  });
});

describe('the filter', () => {
  const all = status(lane({ service: 'storefront', version: '1.2.0' }), lane({ service: 'basket', version: '3.0.0' }));
  it.each([['', 2], ['STORE', 1], ['3.0', 1], ['team-web', 2], ['nothing', 0]])('"%s" leaves %d', (typed, n) => {
    expect(filterServices(all, typed)).toHaveLength(n);
  });
});
