import { describe, expect, it } from 'vitest';
import type { SelfJudgedView } from '../api/types';
import { meaning, seen } from './judged';

const lane = (hours: number, alarms: number): SelfJudgedView => ({
  environment: 'prod', hours, windows: Math.floor(hours), brokenOff: 0, alarms, alarmsPerHour: hours > 0 ? alarms / hours : null, falseAlarmRate: 0.01,
  promised: 'at most 1 in 100 per rollout', lastAlarms: [],
});

describe('the judge against itself', () => {
  it('says how long it was watched and what was found', () => {
    expect(seen(lane(0, 0))).toBe('not watched yet');
    expect(seen(lane(1, 0))).toBe('1 hour watched, no alarm');
    expect(seen(lane(1.52, 1))).toBe('1.5 hours watched, 1 alarm');
    expect(seen(lane(1234.4, 3))).toBe('1,234 hours watched, 3 alarms');
  });

  it('has nothing to compare of a worker', () => {
    expect(seen({ ...lane(0, 0), worker: true })).toBe('not compared with itself');
    expect(meaning({ ...lane(0, 0), worker: true })).toContain('serves no requests');
  });

  it('tells chance from trouble', () => {
    expect(meaning(lane(0, 0))).toContain('two instances');
    expect(meaning(lane(40, 0))).toBe('The judge has blamed nothing that is no worse.');
    expect(meaning(lane(10, 1))).toBe('That is no more than chance alone makes.');
    expect(meaning(lane(400, 8))).toBe('That is no more than chance alone makes.');
    expect(meaning(lane(10, 3))).toContain('single instances have trouble of their own');
    expect(meaning(lane(400, 12))).toContain('more than chance makes');
  });
});
