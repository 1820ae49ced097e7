import { describe, expect, it } from 'vitest';
import { hold, lane } from '../lanes/lane.example';
import { release } from '../releases/release.example';
import { releaseToPromote, versionToGoBackTo } from './choice';

const releases = [release('2.1.0'), release('2.0.0'), release('1.9.0'), release('1.8.0')];

describe('the release to promote', () => {
  it('is the newest', () => expect(releaseToPromote(releases, lane())).toBe('2.1.0'));
  it('is none that is held', () => expect(releaseToPromote(releases, lane({ holds: [hold('2.1.0')] }))).toBe('2.0.0'));
  it('is none that is vetoed', () => expect(releaseToPromote([release('2.1.0', { veto: { by: 'b', at: '2026-11-21T12:00:00Z', why: 'y' } }), ...releases.slice(1)], lane())).toBe('2.0.0'));
  it('is never older than what runs', () => expect(releaseToPromote(releases.slice(1), lane({ holds: [hold('2.0.0')] }))).toBeNull());
  it('is the newest although all are held: that says nothing of one of them', () => expect(releaseToPromote(releases, lane({ holds: [hold(null)] }))).toBe('2.1.0'));
  it('is the newest where nothing runs', () => expect(releaseToPromote(releases, lane({ version: null }))).toBe('2.1.0'));
});

describe('the version to go back to', () => {
  const never = (): boolean => false;
  it('is the newest that was well', () => expect(versionToGoBackTo(lane(), never)).toBe('2.0.0'));
  it('is not the one that was just taken back', () => expect(versionToGoBackTo(lane({ holds: [hold('2.0.0')] }), never)).toBe('1.8.0'));
  it('is a held one where there is no other', () => expect(versionToGoBackTo(lane({ rollbackTo: ['2.0.0'], holds: [hold('2.0.0')] }), never)).toBe('2.0.0'));
  it('is never a vetoed one', () => expect(versionToGoBackTo(lane({ rollbackTo: ['2.0.0'] }), (version) => version === '2.0.0')).toBeUndefined());
});
