import { describe, expect, it } from 'vitest';
import type { EnvironmentView, LaneView, ReleaseView } from '../api/types';
import { hold, lane } from '../lanes/lane.example';
import { release } from '../releases/release.example';
import { heldBefore, releaseToPromote, versionToGoBackTo } from './choice';

const releases = [release('2.1.0'), release('2.0.0'), release('1.9.0'), release('1.8.0')];

const place = (name: string, ...after: string[]): EnvironmentView => ({ name, after, promote: 'manual', traffic: 'none', approvals: 0, frozen: null });
const places = [place('dev'), place('staging', 'dev'), place('prod', 'staging')];
const toProd = (from: ReleaseView[], ...lanes: LaneView[]): string | null => releaseToPromote(from, 'prod', places, lanes);

describe('the release to promote', () => {
  it('is the newest', () => expect(toProd(releases, lane())).toBe('2.1.0'));
  it('is none that is held', () => expect(toProd(releases, lane({ holds: [hold('2.1.0')] }))).toBe('2.0.0'));
  it('is none that is vetoed', () => expect(toProd([release('2.1.0', { veto: { by: 'b', at: '2026-11-21T12:00:00Z', why: 'y' } }), ...releases.slice(1)], lane())).toBe('2.0.0'));
  it('is never older than what runs', () => expect(toProd(releases.slice(1), lane({ holds: [hold('2.0.0')] }))).toBeNull());
  it('is the newest although all are held: that says nothing of one of them', () => expect(toProd(releases, lane({ holds: [hold(null)] }))).toBe('2.1.0'));
  it('is none that is held in an environment before', () => expect(toProd(releases, lane(), lane({ environment: 'dev', holds: [hold('2.1.0')] }))).toBe('2.0.0'));
  it('may be one that is held in an environment behind', () => expect(releaseToPromote(releases, 'staging', places, [lane({ holds: [hold('2.1.0')] })])).toBe('2.1.0'));
  it('is the newest where nothing runs', () => expect(toProd(releases, lane({ version: null }))).toBe('2.1.0'));
});

describe('a hold on the way', () => {
  it('is the first one', () => expect(heldBefore('2.1.0', 'prod', places, ['staging', 'dev'].map((environment) => lane({ environment, holds: [hold('2.1.0')] })))?.environment).toBe('dev'));
  it('is none on every release, nor one of another', () => expect(heldBefore('2.1.0', 'prod', places, [lane({ environment: 'dev', holds: [hold(null), hold('2.0.0')] })])).toBeUndefined());
});

describe('the version to go back to', () => {
  const never = (): boolean => false;
  it('is the newest that was well', () => expect(versionToGoBackTo(lane(), never)).toBe('2.0.0'));
  it('is not the one that was just taken back', () => expect(versionToGoBackTo(lane({ holds: [hold('2.0.0')] }), never)).toBe('1.8.0'));
  it('is a held one where there is no other', () => expect(versionToGoBackTo(lane({ rollbackTo: ['2.0.0'], holds: [hold('2.0.0')] }), never)).toBe('2.0.0'));
  it('is never a vetoed one', () => expect(versionToGoBackTo(lane({ rollbackTo: ['2.0.0'] }), (version) => version === '2.0.0')).toBeUndefined());
});
