import { describe, expect, it } from 'vitest';
import type { ReleaseView } from '../api/types';
import { hold, lane } from '../lanes/lane.example';
import { releaseToPromote, versionToGoBackTo } from './choice';

const release = (version: string, vetoed = false): ReleaseView => ({
  service: 's', version, artifactDigest: '', artifactBytes: 1, createdAt: '2026-11-21T12:00:00Z', createdBy: 'ci', runsIn: [], veto: vetoed ? { by: 'b', at: '2026-11-21T12:00:00Z', why: 'y' } : null,
});
const releases = [release('2.1.0'), release('2.0.0'), release('1.9.0'), release('1.8.0')];

describe('the release to promote', () => {
  it('is the newest', () => expect(releaseToPromote(releases, lane())).toBe('2.1.0'));
  it('is none that is held', () => expect(releaseToPromote(releases, lane({ holds: [hold('2.1.0')] }))).toBe('2.0.0'));
  it('is none that is vetoed', () => expect(releaseToPromote([release('2.1.0', true), ...releases.slice(1)], lane())).toBe('2.0.0'));
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
