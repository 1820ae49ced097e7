import type { RunCacheView } from '../api/types';
import { bytes } from '../words/numbers';
import { sentence } from '../words/sentence';

/** What became of a cache, in a line or two: where it came from, or why not, and what was saved. */
export function cacheLines(cache: RunCacheView): string[] {
  const size = cache.bytes === null || cache.bytes === undefined ? null : bytes(cache.bytes);
  if (cache.hit) return [`Restored${size === null ? '' : ` ${size}`} of ${cache.from ?? 'an earlier run'}${cache.seconds === null || cache.seconds === undefined ? '' : ` in ${cache.seconds} s`}`];
  return [
    cache.why ? sentence(cache.why) : null,
    cache.saved ? `Saved${size === null ? '' : ` ${size}`}` : cache.whyNotSaved ? `Not saved: ${cache.whyNotSaved}` : null,
  ].filter((line) => line !== null);
}
