import { expect, it } from 'vitest';
import { ratioWords } from './ratio';
import { check } from './rollout.example';

it.each([
  [{ ratio: 0.961, ratioLow: 0.6, ratioHigh: 1.5 }, { times: '0.96', bounds: 'at least 0.6 × and at most 1.5 ×' }],
  [{ ratio: 146.8, ratioLow: 31.4, ratioHigh: null }, { times: '146.80', bounds: 'at least 31.4 ×' }],
  [{ ratio: 1.34, ratioLow: 0, ratioHigh: null }, { times: '1.34', bounds: '' }],
  [{ ratio: 0, ratioLow: 0, ratioHigh: 1.5 }, { times: 'At most 1.5' }],
  [{ ratio: null, ratioLow: 2.3, ratioHigh: null }, { times: 'At least 2.3' }],
])('writes the ratio as the judge does, without bounds that say nothing: %o', (fields, words) => {
  expect(ratioWords(check(fields))).toEqual(words);
});

it.each([{ ratio: 0, ratioLow: 0, ratioHigh: null }, { ratio: null, ratioLow: 0.01, ratioHigh: null }, { ratio: 2, canaryUnits: 0 }])(
  'says nothing where nothing is known: %o', (fields) => { expect(ratioWords(check(fields))).toBeNull(); });
