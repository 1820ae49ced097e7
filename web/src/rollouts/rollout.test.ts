import { describe, expect, it } from 'vitest';
import { hold, lane } from '../lanes/lane.example';
import { namesStep, titleOf, whyNotApprovedBy, whyNotNow } from './deeds';
import { evidenceShare, needsNoVerdict, notJudged } from './evidence';
import { meaningOf, nextOf, sides } from './meaning';
import { check, rollout } from './rollout.example';

describe('what comes next', () => {
  it('is the first step that has not begun', () => {
    expect(nextOf(rollout())).toBe('100 %');
  });

  it.each(['rollingBack', 'rolledBack', 'succeeded', 'aborted', 'needsAttention'] as const)('is nothing when it is %s', (state) => {
    expect(nextOf(rollout({ state }))).toBeNull();
  });

  it('passes over a skipped step', () => {
    const steps = rollout().steps.map((step) => (step.kind === 'analyze' ? { ...step, state: 'skipped' as const } : step));
    expect(nextOf(rollout({ steps }))).toBe('100 %');
  });
});

describe('what is asked before a deed', () => {
  it('names the step that was seen', () => {
    expect(titleOf('skip', rollout(), 3)).toBe('Skip analyze 15s');
    expect(titleOf('retry', rollout(), 2)).toBe('Retry 25 %');
    expect(titleOf('skip', rollout(), null)).toBe('Skip this step');
    expect(titleOf('abort', rollout(), 3)).toBe('Abort the rollout');
  });

  it('is refused at another step where it is about a step', () => {
    expect((['skip', 'resume', 'retry', 'pause', 'abort', 'approve'] as const).filter(namesStep)).toEqual(['skip', 'resume', 'retry']);
  });
});

describe('a deed that is refused', () => {
  it('says why nobody may do it now', () => {
    expect(whyNotNow('skip', rollout())).toBe('');
    expect(whyNotNow('pause', rollout({ state: 'paused', actions: ['resume', 'skip', 'abort'] }))).toBe('It is paused already.');
    const approve = rollout({ state: 'paused', actions: ['approve', 'abort'], step: 3, steps: rollout().steps.map((step) => ({ ...step, kind: 'approve' })) });
    expect(whyNotNow('skip', approve)).toBe('What waits for approvals goes on with them alone.');
    expect(whyNotNow('skip', rollout({ state: 'paused', actions: ['retry', 'abort'], step: 3 }))).toContain('It has failed');
  });

  it('says whose approval is not wanted', () => {
    const approvals = { needed: 2, given: [{ by: 'ben', at: '2026-11-21T12:00:00Z' }], excluded: ['admin'] };
    expect(whyNotApprovedBy('admin', rollout({ approvals }))).toContain('asked for its promotion');
    expect(whyNotApprovedBy('ben', rollout({ approvals }))).toContain('already');
    expect(whyNotApprovedBy('eve', rollout({ approvals }))).toBe('');
  });
});

describe('the weights', () => {
  it('tell the new version from the one that it replaces', () => {
    expect(sides(rollout())).toMatchObject({ fresh: { weight: 25 }, old: { version: '1.0.0' } });
  });

  it('have one side in the first rollout of a lane', () => {
    const { fresh, old } = sides(rollout({ fromVersion: null, weights: [{ versionSet: 'b', version: '2.0.0', arm: 'stable', weight: 100 }] }));
    expect(fresh?.weight).toBe(100);
    expect(old).toBeUndefined();
  });

  it('tell two revisions of the same version apart', () => {
    const weights = [{ versionSet: 'a', version: '2.0.0', arm: 'stable', weight: 60 }, { versionSet: 'b', version: '2.0.0', arm: 'canary', weight: 40 }];
    expect(sides(rollout({ weights }))).toMatchObject({ fresh: { versionSet: 'b' }, old: { versionSet: 'a' } });
  });
});

describe('what a state means', () => {
  it('needs no words while it goes well or ended well', () => {
    expect(meaningOf(rollout())).toBeNull();
    expect(meaningOf(rollout({ state: 'succeeded' }))).toBeNull();
  });

  it('asks for a person only when none of its steps will end the pause', () => {
    const steps = [{ kind: 'pause', title: 'pause 10s', state: 'current' as const }];
    expect(meaningOf(rollout({ state: 'paused', steps, until: '2026-11-21T12:01:00Z', actions: ['resume', 'skip', 'abort'] }))).toBeNull();
    expect(meaningOf(rollout({ state: 'paused', steps, until: null, actions: ['resume', 'skip', 'abort'] }))?.tone).toBe('waiting');
  });

  it('says of a failed pause that it failed', () => {
    expect(meaningOf(rollout({ state: 'paused', actions: ['retry', 'abort'] }))?.tone).toBe('bad');
  });

  it('never says that traffic is on a version that there was not', () => {
    expect(meaningOf(rollout({ state: 'rolledBack', fromVersion: null }))?.body).toContain('serves nothing');
    expect(meaningOf(rollout({ state: 'rolledBack' }))?.body).toContain('is on 1.0.0');
    expect(meaningOf(rollout({ state: 'rolledBack', worker: true }))?.body).toContain('All instances in prod are of 1.0.0.');
    expect(meaningOf(rollout({ state: 'rollingBack', worker: true }))?.title).toBe('The instances are on their way back to 1.0.0.');
  });

  it('speaks of a worker’s instances, and of no traffic', () => {
    const worker = { worker: true };
    const told = [
      meaningOf(rollout({ ...worker, state: 'paused', actions: ['retry', 'abort'] })), meaningOf(rollout({ ...worker, state: 'paused', reason: 'inconclusive after 1m', actions: ['resume', 'skip', 'abort'] })),
      meaningOf(rollout({ ...worker, state: 'paused', actions: ['resume'] })), meaningOf(rollout({ ...worker, state: 'rolledBack' })),
    ].map((each) => `${each?.title} ${each?.body}`);
    for (const text of [...told, notJudged(rollout(worker)).body, notJudged(rollout({ ...worker, fromVersion: null })).body]) {
      expect(text).not.toMatch(/traffic|request|weight/i);
      expect(text).not.toContain('undefined');
    }
    expect(told[0]).toContain('Both versions keep their instances.');
  });

  it('speaks of a hold on what was aborted where it had failed before', () => {
    const aborted = rollout({ state: 'aborted', reason: 'aborted by ada' });
    expect(meaningOf(aborted, lane({ holds: [hold('2.0.0')] }))).toMatchObject({ title: 'A person ended it.', body: expect.stringContaining('A hold keeps 2.0.0 out of prod'), link: { to: '/freezes#hold-2.0.0' } });
    expect(meaningOf(aborted, lane({ holds: [] }))?.body).not.toContain('hold');
  });

  it('says what runs by now where something newer has come since', () => {
    expect(meaningOf(rollout({ state: 'rolledBack' }), lane({ version: '3.0.0' }))?.body).toContain('prod went back to 1.0.0, and runs 3.0.0 by now.');
    expect(meaningOf(rollout({ state: 'rolledBack' }), lane({ version: '1.0.0' }))?.body).toContain('All traffic in prod is on 1.0.0.');
  });

  it('speaks of a hold on what was taken back only while there is one', () => {
    const taken = rollout({ state: 'rolledBack' });
    expect(meaningOf(taken, lane({ holds: [hold('2.0.0')] }))).toMatchObject({ body: expect.stringContaining('A hold keeps 2.0.0 out of prod'), link: { to: '/freezes#hold-2.0.0' } });
    expect(meaningOf(taken, lane({ holds: [hold('3.0.0')] }))?.body).toContain('No hold keeps 2.0.0 out of prod now.');
    expect(meaningOf(taken)?.body).not.toContain('2.0.0 out of');
  });
});

describe('the evidence', () => {
  it.each([[-3, 0], [0, 0], [1, 0.5], [2, 1], [9, 1]])('of 10^%d against a limit of 100 fills %d of the bar', (logEvidence, share) => {
    expect(evidenceShare(check({ logEvidence }))).toBe(share);
  });
});

describe('a verdict that nobody asked for', () => {
  const steps = [{ kind: 'batch', title: '4 of 4', state: 'done' as const }];

  it('is missed in no rollout that came through', () => {
    expect(needsNoVerdict(rollout({ state: 'succeeded', steps }), { verdict: 'inconclusive' })).toBe(true);
    expect(needsNoVerdict(rollout({ state: 'succeeded' }), { verdict: 'inconclusive' })).toBe(false);
    expect(needsNoVerdict(rollout({ state: 'running', steps }), { verdict: 'inconclusive' })).toBe(false);
    expect(needsNoVerdict(rollout({ state: 'succeeded', steps }), { verdict: 'passed' })).toBe(false);
  });
});

describe('no judgement', () => {
  it('has a reason, and none of them is that all is well', () => {
    expect(notJudged(rollout()).title).toBe('Nothing is judged yet.');
    expect(notJudged(rollout({ kind: 'rollback' })).title).toContain('rollback');
    expect(notJudged(rollout({ fromVersion: null })).title).toBe('Nothing to compare with.');
    expect(notJudged(rollout({ state: 'aborted' })).title).toBe('It was never judged.');
  });
});
