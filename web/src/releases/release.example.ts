import type { ReleaseView } from '../api/types';

/** A release that runs nowhere, for tests to start from. */
export const release = (version: string, fields: Partial<ReleaseView> = {}): ReleaseView => ({
  service: 's', version, artifactDigest: '', artifactBytes: 1, createdAt: '2026-11-21T12:00:00Z', createdBy: 'ci', runsIn: [], ...fields,
});
