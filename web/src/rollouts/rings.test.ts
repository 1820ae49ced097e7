import { describe, expect, it } from 'vitest';
import type { RingView, RolloutView } from '../api/types';
import { notJudged } from './evidence';
import { meaningOf } from './meaning';
import { wordOf } from './deeds';
import { shareWords } from './rings';
import { rollout } from './rollout.example';

const ring = (name: string, weight: number, state: RingView['state']): RingView => ({
  name, target: { ring: name }, instances: 1, state, weight,
  weights: [{ versionSet: 'a', version: '1.0.0', arm: 'stable', weight: 100 - weight }, { versionSet: 'b', version: '2.0.0', arm: 'canary', weight }],
});
const held = (fields: Partial<RolloutView> = {}): RolloutView => rollout({
  strategy: 'ring', state: 'paused', weights: [], actions: ['retry', 'abort'], rings: [ring('inner', 100, 'done'), ring('outer', 0, 'returned')], ...fields,
});

describe('the share of a version', () => {
  const share = (weight: number | null, ...weights: number[]): string | null => shareWords({ weight, rings: weights.map((each, index) => ({ name: `r${index}`, state: 'current', weight: each })) });

  it('is one number only where all rings have the same', () => {
    expect(shareWords({ weight: 30 })).toBe('30 %');
    expect(share(0, 0, 0)).toBe('0 %');
    expect(share(null, 100, 0)).toBe('1 of 2 rings');
    expect(share(null, 100, 5, 0)).toBe('1 of 3 rings, r1 5 %');
    expect(share(null, 30, 0)).toBe('r0 30 %');
  });

  it('is nothing without a rollout', () => {
    expect(shareWords({ weight: null, rings: [] })).toBeNull();
  });
});

describe('a ring that is held', () => {
  it('is told with what each ring has now, and not as a pause', () => {
    const meaning = meaningOf(held());
    expect(meaning?.title).toBe('It failed in outer, and its definition says to hold then.');
    expect(meaning?.body).toBe('outer is back on 1.0.0, and inner keeps 2.0.0. Retry begins outer anew; abort takes 2.0.0 back everywhere.');
  });

  it('is told alone where it was the first', () => {
    expect(meaningOf(held({ rings: [ring('inner', 0, 'returned'), ring('outer', 0, 'pending')] }))?.body).toBe('inner is back on 1.0.0. Retry begins inner anew; abort takes 2.0.0 back everywhere.');
  });

  it('is begun anew by name, and not as a step', () => {
    expect(wordOf('retry', held())).toBe('Retry the ring');
    expect(wordOf('retry', held({ rings: [ring('inner', 30, 'failed')] }))).toBe('Retry the step');
    expect(wordOf('abort', held())).toBe('Abort');
  });

  it('is a pause where the definition says to pause', () => {
    expect(meaningOf(held({ rings: [ring('inner', 100, 'done'), ring('outer', 30, 'failed')] }))?.title).toBe('It failed, and its definition says to pause then.');
  });
});

describe('no judgement in a ring', () => {
  it('names the ring, and says whether its turn will come', () => {
    expect(notJudged(held(), ring('outer', 0, 'returned'))).toEqual({ title: 'Nothing was judged in outer.', body: 'It ended before the judge had anything to look at.' });
    expect(notJudged(held(), ring('outer', 0, 'pending')).body).toBe('Its turn has not come.');
    expect(notJudged(held({ state: 'rolledBack' }), ring('outer', 0, 'pending')).body).toBe('Its turn never came.');
    expect(notJudged(held({ state: 'running' }), ring('outer', 0, 'current')).title).toBe('Nothing is judged in outer yet.');
  });
});
