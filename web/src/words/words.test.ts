import { describe, expect, it } from 'vitest';
import { bytes, fromLog10, milliseconds, percent, percentOf, plural, ratio, ratioBound, shortCommit, shortHash, threshold } from './numbers';
import { gateNow, instanceState, promotionIsOver, rolloutIsOver } from './states';
import { countdown, duration, relativeTime } from './time';

const now = Date.parse('2026-11-21T12:00:00Z');
const before = (seconds: number): string => new Date(now - seconds * 1000).toISOString();

describe('time', () => {
  it.each([
    [0, 'just now'], [4, 'just now'], [-3, 'just now'], [7, '5 s ago'], [59, '55 s ago'], [60, '1 min ago'], [3599, '59 min ago'],
    [3600, '1 h ago'], [86_400, '1 day ago'], [3 * 86_400, '3 days ago'], [-90, 'in 1 min 30 s'], [-7200, 'in 2 h'],
  ])('%d seconds back is "%s"', (seconds, words) => {
    expect(relativeTime(before(seconds), now)).toBe(words);
  });

  it('gives the date when it is more than a month away', () => {
    expect(relativeTime(before(40 * 86_400), now)).toBe('12 Oct 2026');
  });

  it.each([[0, '0 s'], [45_000, '45 s'], [160_000, '2 min 40 s'], [3_600_000, '1 h'], [90_000_000, '1 day 1 h'], [-5, '0 s']])(
    '%d ms lasts "%s"', (value, words) => { expect(duration(value)).toBe(words); });

  it('counts down and then has nothing left to say', () => {
    expect(countdown(before(-80), now)).toBe('1 min 20 s');
    expect(countdown(before(0), now)).toBeNull();
  });
});

describe('numbers', () => {
  it('shows small rates with enough digits and no rate without requests', () => {
    expect(percent(1, 20_000)).toBe('0.0050 %');
    expect(percent(41, 1000)).toBe('4.1 %');
    expect(percent(0, 10)).toBe('0 %');
    expect(percentOf(0.242)).toBe('24.2 %');
    expect(percent(3, 1655)).toBe('0.18 %');
    expect(percent(0, 0)).toBeNull();
  });

  it.each([[-2, 'less than 1'], [0, '1'], [2.1, '126'], [3.6021, '4,000'], [6.4, '2.5 million'], [20, 'more than 100 trillion']])(
    'ten to the power of %d is "%s"', (log, words) => { expect(fromLog10(log)).toBe(words); });

  it('writes sizes, times, ratios and hashes short', () => {
    expect(bytes(1_234_567)).toBe('1.2 MB');
    expect(bytes(12)).toBe('12 B');
    expect(milliseconds(3.14)).toBe('3.1 ms');
    expect(milliseconds(12_345)).toBe('12.3 s');
    expect(threshold(44.13)).toBe('44.1 ms');
    expect(threshold(42)).toBe('42 ms');
    expect(ratio(2.0512)).toBe('2.05');
    expect(ratioBound(1.66)).toBe('1.7');
    expect(plural(1, 'service')).toBe('1 service');
    expect(plural(2, 'service')).toBe('2 services');
    expect(shortCommit('0123456789abcdef0123')).toBe('01234567');
    expect(shortCommit('v1-local')).toBe('v1-local');
    expect(shortHash('sha256:0123456789abcdef')).toBe('0123456789ab');
  });
});

describe('states', () => {
  it('never shows an unknown instance state as good', () => {
    expect(instanceState('levitating')).toEqual({ word: 'levitating', tone: 'attention' });
  });

  it('lets nobody wait at a gate of a promotion that has ended', () => {
    expect(gateNow('waiting', false).word).toBe('Waiting');
    expect(gateNow('waiting', true)).toEqual({ word: 'Never opened', tone: 'quiet' });
    expect(gateNow('closed', true).word).toBe('Closed');
  });

  it('knows which states move no more', () => {
    expect(rolloutIsOver('needsAttention')).toBe(false);
    expect(rolloutIsOver('rolledBack')).toBe(true);
    expect(promotionIsOver('approved')).toBe(false);
    expect(promotionIsOver('superseded')).toBe(true);
  });
});
