import { expect, it } from 'vitest';
import { nextOf, originWords, ruleOf } from './templateWords';

it('says what the next run of a service gets, and why it would get none', () => {
  expect(nextOf({ next: null, problem: null })).toBe('gets the same');
  expect(nextOf({ next: '2.0.0', problem: null })).toBe('gets 2.0.0');
  expect(nextOf({ next: null, problem: "There is no template 'make' any more." })).toBe("There is no template 'make' any more.");
});

it('says a rule in brackets, and where a template comes from', () => {
  expect([ruleOf({ rule: 'from 1 to 3' }), ruleOf({ rule: null })]).toEqual(['(from 1 to 3)', '']);
  expect(['slipway', 'platform', 'elsewhere'].map(originWords)).toEqual(['Slipway', 'the platform folder', 'elsewhere']);
});
