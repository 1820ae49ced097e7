import { expect, test } from 'vitest';
import type { RunCacheView } from '../api/types';
import { cacheLines } from './cache';

const cache = (fields: Partial<RunCacheView>): RunCacheView => ({ name: 'npm', hit: false, from: null, bytes: null, seconds: null, why: null, saved: null, whyNotSaved: null, ...fields });

test('a hit says whose it was, how much, and how long it took', () => {
  expect(cacheLines(cache({ hit: true, from: 'main', bytes: 12_300_000, seconds: 0.42, saved: false }))).toEqual(['Restored 12.3 MB of main in 0.42 s']);
});

test('a miss says why, and then what was saved or why nothing was', () => {
  const why = 'nothing is kept yet for what package-lock.json says now';
  expect(cacheLines(cache({ why }))).toEqual(['Nothing is kept yet for what package-lock.json says now']);
  expect(cacheLines(cache({ why, saved: true, bytes: 4200 }))[1]).toBe('Saved 4.2 kB');
  expect(cacheLines(cache({ why, saved: false, whyNotSaved: 'only a job that ends well saves' }))[1]).toBe('Not saved: only a job that ends well saves');
});
