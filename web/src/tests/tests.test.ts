import { describe, expect, it } from 'vitest';
import type { CoverageView } from '../api/types';
import { besides, coverageWords, historyWords, saidOf, standingOf, summary } from './words';

describe('how a test stands', () => {
  it('is said by what matters most of it', () => {
    expect(standingOf('newlyFailing', 'why', false)).toEqual({ word: 'Newly failing', tone: 'bad' });
    expect(standingOf('stillFailing', null, true)).toEqual({ word: 'In quarantine', tone: 'waiting' });
    expect(standingOf('passing', 'why', false)).toEqual({ word: 'Flaky', tone: 'attention' });
    expect(standingOf('fixed', null, false).tone).toBe('good');
  });
});

describe('the strip of runs, in words,', () => {
  it('counts each outcome and tells the newest', () => {
    expect(historyWords(['failed', 'passed', 'both', 'none', 'passed'])).toBe('Of the last 4 runs: failed in 1, failed and passed in 1, passed in 2. The newest: failed.');
    expect(historyWords(['none', 'passed'])).toBe('Of the last run: passed in 1. The newest: passed.');
    expect(historyWords(['none'])).toBe('It took part in none of the last runs.');
  });
});

describe('a summary', () => {
  it('leaves out what there is none of', () => {
    expect(summary({ passed: 1200, failed: 0, skipped: 0, newlyFailing: 0 })).toBe('1,200 passed');
    expect(summary({ passed: 0, failed: 0, skipped: 0, newlyFailing: 0 })).toBe('no tests');
    expect(summary({ passed: 3, failed: 2, skipped: 1, newlyFailing: 1 })).toBe('3 passed, 2 failed (1 newly), 1 skipped');
    expect(besides({ fixed: 1, flaky: 0, quarantined: 2 })).toBe('1 fixed, 2 in quarantine');
    expect(besides({ fixed: 0, flaky: 0, quarantined: 0 })).toBe('');
  });
});

describe('coverage', () => {
  const coverage = (fields: Partial<CoverageView>): CoverageView => ({ covered: 80, valid: 100, before: null, packages: [], packagesLeft: 0, ...fields });

  it('is compared with the run before, to a tenth of a point', () => {
    expect(coverageWords(coverage({}))).toEqual({ figure: '80.0 %', change: null, tone: 'quiet' });
    expect(coverageWords(coverage({ before: { run: 'shop-run-6', covered: 785, valid: 1000 } }))).toEqual({ figure: '80.0 %', change: '1.5 points more than in run 6', tone: 'good' });
    expect(coverageWords(coverage({ before: { run: 'shop-run-6', covered: 81, valid: 100 } }))).toEqual({ figure: '80.0 %', change: '1.0 points less than in run 6', tone: 'attention' });
    expect(coverageWords(coverage({ before: { run: 'shop-run-6', covered: 80_001, valid: 100_000 } })).change).toBe('as in run 6');
  });

  it('of no lines is none', () => {
    expect(coverageWords(coverage({ covered: 0, valid: 0 })).figure).toBe('0.0 %');
  });
});

describe('what a failure said', () => {
  it('is told once, whether or not the stack begins with the message', () => {
    expect(saidOf({ message: 'no\nreally', stack: 'Error: no\n  at here' })).toBe('Error: no\n  at here');
    expect(saidOf({ message: 'no', stack: 'at here' })).toBe('no\n\nat here');
    expect(saidOf({ message: 'no', stack: null })).toBe('no');
    expect(saidOf({ message: null, stack: null })).toBeNull();
  });
});
