import { describe, expect, it } from 'vitest';
import { hold } from '../lanes/lane.example';
import { becauseOf } from './held';

describe('why a version is held', () => {
  it.each([
    ['2.0.0 failed here: the program listens but was not healthy within 30s: GET /healthz answered 503. Make the health path answer 200. Its output: slipway instance logs shop-5', 'failed here: the program listens but was not healthy within 30s …'],
    ['2.0.0 failed here: errors: canary 19.8 % vs stable 0.13 % (since 4 s into it canary 22.1 % vs stable 0.13 %), ratio 146.80 (at least 31.4)', 'failed here: errors: canary 19.8 % vs stable 0.13 %, ratio 146.80'],
    ['rolled back to 1.9.0: the title is wrong', 'rolled back to 1.9.0: the title is wrong'],
  ])('says what failed: %s', (why, says) => {
    expect(becauseOf({ ...hold('2.0.0'), why })).toBe(says);
  });
});
