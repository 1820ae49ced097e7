import type { Maybe } from '../api/types';
import { duration } from '../words/time';

/** How long something took, also where that is less than people wait for: "140 ms", "2.4 s", "1 min 20 s". */
export function took(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.max(0, Math.round(milliseconds))} ms`;
  return milliseconds < 9950 ? `${(milliseconds / 1000).toFixed(1)} s` : duration(milliseconds);
}

/** From then until its end, or until now; null where it never began. */
export function span(from: Maybe<string>, to: Maybe<string>, now: number): number | null {
  if (!from) return null;
  return Math.max(0, (to ? new Date(to).getTime() : now) - new Date(from).getTime());
}
