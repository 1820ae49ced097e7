import { describe, expect, it } from 'vitest';
import type { EnvironmentView, LaneView, Passage, PromotionView, ReleaseJourney } from '../api/types';
import { hold, lane } from '../lanes/lane.example';
import { nextOf, type Stop, stopsOf } from './journey';
import { release } from './release.example';

const environment = (name: string, promote: string, ...after: string[]): EnvironmentView => ({ name, after, promote, traffic: 'expected', approvals: 0 });
const environments = [environment('dev', 'auto'), environment('staging', 'auto', 'dev'), environment('prod', 'manual', 'staging')];

const passage = (where: string, state: PromotionView['state'], rollout: NonNullable<Passage['rollout']>['state'] | null = null): Passage => ({
  promotion: {
    id: `s-${where}-1`, service: 's', environment: where, version: '2.1.0', kind: 'promotion', state, requestedBy: 'maren', requestedAt: '2026-11-21T12:00:00Z', gates: [], approvals: [], inputsHash: 'h', actions: [],
  },
  rollout: rollout && { state: rollout, strategy: 'canary', reason: 'x', weight: 20, startedAt: '2026-11-21T12:00:00Z' },
});
const lanes = (dev: string | null, staging: string | null, prod: Partial<LaneView> = {}): LaneView[] =>
  [lane({ environment: 'dev', version: dev }), lane({ environment: 'staging', version: staging }), lane(prod)];
const journey = (passages: Passage[], fields: Parameters<typeof release>[1] = {}): ReleaseJourney => ({ release: release('2.1.0', { service: 's', ...fields }), artifactAvailable: true, passages });

const told = (made: ReleaseJourney, there: LaneView[]): { words: string[]; next: string; stops: Stop[] } => {
  const stops = stopsOf(made, environments, there);
  return { words: stops.map(({ state }) => state.word), next: nextOf(made, stops), stops };
};

describe('a release on its way', () => {
  const came = [passage('staging', 'succeeded', 'succeeded'), passage('dev', 'succeeded', 'succeeded')];

  it('is followed by what a person may do next', () => {
    const { words, next, stops } = told(journey(came), lanes('2.1.0', '2.1.0'));
    expect(words).toEqual(['Runs here', 'Runs here', 'Not here yet']);
    expect(next).toBe('Next: prod, on request.');
    expect(stops.map(({ offer }) => offer)).toEqual([null, null, 'promote']);
  });

  it('cannot be asked for where it lacks the environment before', () => {
    const { stops, next } = told(journey([]), lanes(null, null));
    expect(stops.map(({ missing, offer }) => [missing.join(), offer])).toEqual([['', 'promote'], ['dev', null], ['staging', null]]);
    expect(next).toBe('Next: dev, by itself.');
  });

  it('has been well where a newer one runs now', () => {
    const { words, stops, next } = told(journey(came), lanes('2.2.0', '2.2.0'));
    expect(words).toEqual(['Was here', 'Was here', 'Not here yet']);
    expect(stops[2]?.missing).toEqual([]);
    expect(next).toBe('Next: prod, on request.');
    const all = [passage('prod', 'succeeded', 'succeeded'), ...came];
    expect(told(journey(all), lanes('2.2.0', '2.2.0', { version: '2.2.0' })).next).toBe('Another release took its place.');
  });

  it('waits, rolls out, is watched, and has arrived', () => {
    const waiting = told(journey([passage('prod', 'waiting'), ...came]), lanes('2.1.0', '2.1.0'));
    expect([waiting.words[2], waiting.next]).toEqual(['Waiting', 'It waits before prod.']);
    const rolling = told(journey([passage('prod', 'rollingOut', 'paused'), ...came]), lanes('2.1.0', '2.1.0'));
    expect([rolling.words[2], rolling.next]).toEqual(['Paused', 'It is rolling out to prod.']);
    const watched = told(journey([passage('prod', 'rollingOut', 'watching'), ...came]), lanes('2.1.0', '2.1.0', { version: '2.1.0' }));
    expect([watched.words[2], watched.next]).toEqual(['Watching', 'It has all traffic in prod, and is watched.']);
    const arrived = told(journey([passage('prod', 'succeeded', 'succeeded'), ...came]), lanes('2.1.0', '2.1.0', { version: '2.1.0' }));
    expect([arrived.words[2], arrived.next]).toEqual(['Runs here', 'It has come to the end of its way.']);
  });

  it('that was taken back is held, and not offered', () => {
    const { words, next, stops } = told(journey([passage('prod', 'rolledBack', 'rolledBack'), ...came]), lanes('2.1.0', '2.1.0', { holds: [hold('2.1.0')] }));
    expect([words[2], stops[2]?.offer, stops[2]?.hold?.id, next]).toEqual(['Rolled back', null, 'hold-2.1.0', 'It is held in prod.']);
  });

  it('can be gone back to where it was well once', () => {
    const { stops, next } = told(journey([passage('prod', 'succeeded', 'succeeded'), ...came]), lanes('2.1.0', '2.1.0', { version: '2.2.0', rollbackTo: ['2.1.0'] }));
    expect([stops[2]?.offer, next]).toEqual(['rollback', 'A rollback can bring it back to prod.']);
  });

  it('goes nowhere any more once it is vetoed', () => {
    const { stops, next } = told(journey(came, { veto: { by: 'jonas', at: '2026-11-21T12:00:00Z', why: 'y' } }), lanes('2.1.0', null));
    expect(stops.every(({ offer }) => offer === null)).toBe(true);
    expect(next).toContain('vetoed');
  });

  it('keeps what was before its newest try', () => {
    const { stops } = told(journey([passage('prod', 'succeeded', 'succeeded'), passage('prod', 'rolledBack', 'rolledBack'), passage('prod', 'rejected')]), lanes('2.1.0', '2.1.0', { version: '2.1.0' }));
    expect(stops[2]?.earlier.map(({ promotion }) => promotion.state)).toEqual(['rolledBack', 'rejected']);
  });
});
