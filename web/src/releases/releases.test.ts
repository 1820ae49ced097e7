import { describe, expect, it } from 'vitest';
import type { EnvironmentView, InstanceView, MovingView } from '../api/types';
import { hold, lane } from '../lanes/lane.example';
import { offerOf } from './offer';
import { placesOf } from './places';
import { release } from './release.example';

const environment = (name: string, ...after: string[]): EnvironmentView => ({ name, after, promote: 'manual', traffic: 'expected', approvals: 0 });
const environments = [environment('dev'), environment('prod', 'dev')];
const dev = lane({ environment: 'dev', version: '2.1.0' });
const moving: MovingView = { id: 's-prod-4', version: '2.1.0', kind: 'promotion', state: 'rollingOut', rollout: 'running', weight: 20, reason: 'x' };
const warm: InstanceView = { id: 'i', service: 's', environment: 'prod', version: '1.8.0', versionSet: 'v', arm: 'warm', agent: 'a', state: 'healthy', restarts: 0 };

describe('where a release is', () => {
  const words = (...args: Parameters<typeof placesOf>): string[] => placesOf(...args).map((place) => `${place.environment} ${place.word ?? 'runs'}`);

  it('is where it runs, is on its way, is kept warm and is held', () => {
    expect(words(release('2.1.0', { runsIn: ['dev'] }), [dev, lane({ moving })], [])).toEqual(['dev runs', 'prod running']);
    expect(words(release('1.8.0'), [dev, lane()], [warm])).toEqual(['prod kept warm']);
    expect(words(release('2.0.0'), [dev, lane({ holds: [hold('2.0.0')] })], [warm])).toEqual(['prod held']);
    expect(words(release('1.0.0'), [dev, lane({ moving, holds: [hold('2.0.0')] })], [warm])).toEqual([]);
  });

  it('leads to what moves it and to what holds it', () => {
    expect(placesOf(release('2.1.0'), [lane({ moving })], [])[0]?.to).toBe('/rollouts/s-prod-4');
    expect(placesOf(release('2.1.0'), [lane({ moving: null, waiting: [{ ...moving, state: 'waiting', rollout: null }] })], [])[0]?.to).toBe('/promotions/s-prod-4');
    expect(placesOf(release('2.0.0'), [lane({ holds: [hold('2.0.0')] })], [])[0]?.to).toBe('/freezes#hold-2.0.0');
  });

  it('is nowhere warm where it runs', () => {
    expect(words(release('1.8.0', { runsIn: ['prod'] }), [lane({ version: '1.8.0' })], [warm])).toEqual(['prod runs']);
  });
});

describe('what the row of a release offers', () => {
  const kind = (version: string, prod: Parameters<typeof lane>[0] = {}, fields: Parameters<typeof release>[1] = {}) => offerOf(release(version, fields), environments, [dev, lane(prod)])?.kind ?? null;

  it('is to promote what has not come to the end of its way', () => {
    expect(kind('2.1.0', {}, { runsIn: ['dev'] })).toBe('promote');
    expect(offerOf(release('2.1.0'), environments, [dev, lane()])?.lane.environment).toBe('prod');
    expect(kind('2.1.0', { holds: [hold(null)] })).toBe('promote');
  });

  it('is to go back to what was well there', () => expect(kind('1.8.0')).toBe('rollback'));

  it.each([
    ['has arrived', '1.9.0', {}, { runsIn: ['prod'] }], ['is held', '2.1.0', { holds: [hold('2.1.0')] }, {}], ['is on its way', '2.1.0', { moving }, {}],
    ['is held, and was well once', '1.8.0', { holds: [hold('1.8.0')] }, {}], ['is vetoed', '2.1.0', {}, { veto: { by: 'b', at: '2026-11-21T12:00:00Z', why: 'y' } }],
  ])('is nothing where it %s', (_, version, prod, fields) => expect(kind(version, prod, fields)).toBeNull());

  it('is to promote to the one of several ends that it has not reached', () => {
    const ends = [environment('dev'), environment('prod-eu', 'dev'), environment('prod-us', 'dev')];
    const lanes = [dev, lane({ environment: 'prod-eu', version: '2.1.0' }), lane({ environment: 'prod-us' })];
    expect(offerOf(release('2.1.0', { runsIn: ['dev', 'prod-eu'] }), ends, lanes)).toMatchObject({ kind: 'promote', lane: { environment: 'prod-us' } });
  });
});
