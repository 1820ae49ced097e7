import { expect, it } from 'vitest';
import type { RolloutHook } from '../api/types';
import { hookState, pointWords, textOfLog, verificationState } from './asked';

const hook = (fields: Partial<RolloutHook>): RolloutHook => ({ point: 'beforeStep', name: 'budget', tries: 1, isTold: false, passedOver: false, ...fields });

it('says what became of a question, and never takes silence for a go', () => {
  expect(hookState(hook({})).word).toBe('Under way');
  expect(hookState(hook({ tries: 3 })).word).toBe('Under way, try 3');
  expect(hookState(hook({ againAt: '2026-11-21T12:00:00Z' })).word).toBe('Asked again soon');
  expect(hookState(hook({ decision: 'go' }))).toEqual({ word: 'Go', tone: 'good' });
  expect(hookState(hook({ decision: 'stop' }))).toEqual({ word: 'Stop', tone: 'bad' });
  expect(hookState(hook({ decision: 'failed' }))).toEqual({ word: 'Failed', tone: 'bad' });
  expect(hookState(hook({ decision: 'failed', passedOver: true })).tone).toBe('attention');
  expect(hookState(hook({ decision: 'unanswered' })).tone).toBe('quiet');
  expect(hookState(hook({ decision: 'someWordOfALaterServer' })).tone).toBe('bad');
});

it('says of who is told only whether they could be', () => {
  expect(hookState(hook({ isTold: true })).word).toBe('Being told');
  expect(hookState(hook({ isTold: true, decision: 'go' }))).toEqual({ word: 'Told', tone: 'good' });
  expect(hookState(hook({ isTold: true, decision: 'failed' })).tone).toBe('attention');
});

it('says where a hook is asked', () => {
  expect(pointWords(hook({ step: '25 %' }))).toBe('before 25\u00a0%');
  expect(pointWords(hook({ point: 'afterStep', step: 'analyze 2m' }))).toBe('after analyze 2m');
  expect(pointWords(hook({ point: 'confirmPromotion' }))).toBe('before all traffic');
  expect(pointWords(hook({ point: 'before' }))).toBe('before the start');
});

it('says of a verification that went unanswered that nothing is known', () => {
  expect(verificationState({ name: 'smoke', tries: 1 }).tone).toBe('active');
  expect(verificationState({ name: 'smoke', tries: 1, verdict: 'inconclusive' }).word).toBe('Inconclusive');
  expect(verificationState({ name: 'smoke', tries: 2, againAt: '2026-11-21T12:00:00Z' }).word).toBe('Asked again soon');
});

it('reads a log as text, without times, colours and orders to a terminal', () => {
  expect(textOfLog('1000 -1 ## begins\n2000 0 \u001b[32mgreen\u001b[0m \u001b]0;title\u0007done\n2001 0 10 %\r20 %\n')).toBe('## begins\ngreen done\n10 %20 %');
  expect(textOfLog('of another form')).toBe('of another form');
  expect(textOfLog('')).toBe('');
});
