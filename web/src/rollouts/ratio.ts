import type { CheckView } from '../api/types';
import { ratio, ratioBound } from '../words/numbers';

interface RatioWords {
  /** Such as "2.05", or "At least 2.3" where only a bound is known. */
  times: string;
  bounds?: string;
}

/** Below these a ratio and its lower bound are written as zero. */
const leastRatio = 0.005;
const leastBound = 0.05;

/** How many times the stable version's rate the new one's is; bounds that say nothing are left out, and null is left where nothing is. */
export function ratioWords({ canaryUnits, ratio: value, ratioLow, ratioHigh }: CheckView): RatioWords | null {
  if (canaryUnits === 0) return null;
  const bounds = [
    ratioLow != null && ratioLow >= leastBound ? `at least ${ratioBound(ratioLow)}` : null,
    ratioHigh != null ? `at most ${ratioBound(ratioHigh)}` : null,
  ].filter((each) => each !== null);
  if (value != null && value >= leastRatio) return { times: ratio(value), bounds: bounds.map((each) => `${each} ×`).join(' and ') };
  if (bounds.length === 0) return null;
  const words = bounds.join(' and ');
  return { times: `${words.charAt(0).toUpperCase()}${words.slice(1)}` };
}
