import { describe, expect, it } from 'vitest';
import { distinct, keys, staleAfter } from './keys';
import type { LedgerEntry } from './types';

const entry = (fields: Partial<LedgerEntry>): LedgerEntry => ({
  index: 1, at: '2026-11-21T12:00:00Z', type: 'releaseCreated', actor: 'anna', leafHash: '00', text: 'x', ...fields,
});

describe('what is read again after a ledger entry', () => {
  it('is the board after every entry', () => {
    expect(staleAfter(entry({ type: 'somethingNew' }))).toContainEqual(keys.status);
  });

  it('is the promotion, its rollout and its analysis when it names one', () => {
    const stale = staleAfter(entry({ type: 'rolloutStepDone', service: 's', environment: 'prod', promotion: 'p1' }));
    for (const key of [keys.promotion('p1'), keys.rollout('p1'), keys.analysis('p1'), keys.releases('s'), keys.ledgerOfService('s')]) {
      expect(stale).toContainEqual(key);
    }
    expect(stale).not.toContainEqual(keys.freezes);
  });

  it('is every promotion after a freeze, since gates of any may have changed', () => {
    const stale = staleAfter(entry({ type: 'freezeAdded', environment: 'prod' }));
    expect(stale).toContainEqual(keys.freezes);
    expect(stale).toContainEqual(['promotion']);
  });

  it('is the holds after a rollback', () => {
    expect(staleAfter(entry({ type: 'rolloutRolledBack', service: 's' }))).toContainEqual(keys.holds);
  });

  it('is the run that it is about, and the lists with it', () => {
    const stale = staleAfter(entry({ type: 'run.jobEnded', service: 's', body: { run: 's-run-3' } as unknown as LedgerEntry['body'] }));
    for (const key of [keys.run('s-run-3'), keys.runsOf('s'), keys.runsOf(null), keys.source('s')]) expect(stale).toContainEqual(key);
    expect(staleAfter(entry({ type: 'source.commitRefused', service: 's', body: { why: 'no slipway.yaml' } as unknown as LedgerEntry['body'] }))).toContainEqual(keys.source('s'));
    expect(staleAfter(entry({ type: 'freezeAdded', service: 's' }))).not.toContainEqual(keys.runsOf('s'));
  });

  it('is the templates after one changed, and after a run that may use one began', () => {
    for (const type of ['template.changed', 'run.requested']) expect(staleAfter(entry({ type }))).toContainEqual(keys.templates);
    expect(staleAfter(entry({ type: 'run.ended' }))).not.toContainEqual(keys.templates);
  });

  it('is asked for once each after a burst', () => {
    const burst = [entry({ promotion: 'p' }), entry({ promotion: 'p', index: 2 })].flatMap(staleAfter);
    const once = distinct(burst);
    expect(once).toHaveLength(new Set(once.map((key) => JSON.stringify(key))).size);
    expect(once.length).toBeLessThan(burst.length);
  });
});
