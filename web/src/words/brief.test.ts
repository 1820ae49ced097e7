import { expect, it } from 'vitest';
import { brief, briefIn, oneOrTwoLines } from './brief';

const failure = 'errors: canary 19.8 % vs stable 0.13 % (since 4 s into it canary 22.1 % vs stable 0.13 %), ratio 146.80 (at least 31.4), by estimate beyond 1 in 100 after 14 s';

it.each([
  ['waits for 1 instance to become healthy (0 of 1)', 'waits for 1 instance to become healthy (0 of 1)'],
  [failure, 'errors: canary 19.8 % vs stable 0.13 %, ratio 146.80 …'],
  [`2.0.0 failed here: ${failure}`, '2.0.0 failed here: errors: canary 19.8 % vs stable 0.13 % …'],
  ['analyzes at 20 %: errors: not enough evidence yet: canary 0.24 % of 412 (surely below 1.6 %) vs stable 0.18 % of 1655', 'analyzes at 20 %: errors: not enough evidence yet …'],
  ['2.0.0 failed here: latency p50: canary 28.8 % vs stable 0 % slower than 5.4 ms after 12 s', '2.0.0 failed here: latency p50: canary 28.8 % vs stable 0 % …'],
  ['waits for 4 instances to become healthy before it gets all of the traffic (2 of 4)', 'waits for 4 instances to become healthy before it gets all of the traffic'],
])('says the beginning of "%s"', (reason, said) => {
  expect(brief(reason)).toBe(said);
});

it('says more where there is more room', () => {
  expect(brief(failure, oneOrTwoLines)).toBe('errors: canary 19.8 % vs stable 0.13 %, ratio 146.80, by estimate beyond 1 in 100 after 14 s');
});

it('leaves whole what has no clauses', () => {
  const words = 'x'.repeat(200);
  expect(brief(words)).toBe(words);
});

it('shortens only what stands elsewhere', () => {
  expect(briefIn(`${failure}; the way back failed too: no instance of 1.9.0 is healthy`, [failure]))
    .toBe('errors: canary 19.8 % vs stable 0.13 %, ratio 146.80 …; the way back failed too: no instance of 1.9.0 is healthy');
});
