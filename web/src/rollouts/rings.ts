import type { RingShare, RingView, RolloutView } from '../api/types';
import { plural } from '../words/numbers';

/** How much of the traffic a version has: "30 %", or "1 of 3 rings, middle 30 %" while that is not the same in all rings; null where it has none there. */
export function shareWords({ weight, rings }: { weight?: number | null; rings?: RingShare[] }): string | null {
  if (weight != null) return `${weight} %`;
  const all = rings ?? [];
  const whole = all.filter((ring) => ring.weight === 100).length;
  const parts = [whole > 0 ? `${whole} of ${plural(all.length, 'ring')}` : '', ...all.filter((ring) => ring.weight > 0 && ring.weight < 100).map((ring) => `${ring.name} ${ring.weight} %`)];
  return parts.filter((part) => part !== '').join(', ') || null;
}

const named = (rings: RingView[]): string => rings.map((ring) => ring.name).join(' and ');

/** The ring that failed and was given back while those before it stay as they are; undefined where nothing is held so. */
export const heldRing = ({ state, rings }: RolloutView): RingView | undefined => (state === 'paused' ? rings?.find((ring) => ring.state === 'returned') : undefined);

/** Which version each ring has while one of them is held. */
export function heldWords({ rings, version, fromVersion }: RolloutView, held: RingView): string {
  const others = (rings ?? []).filter((ring) => ring !== held && ring.weight === 100);
  return `${held.name} is back on ${fromVersion ?? 'what it had'}${others.length > 0 ? `, and ${named(others)} ${others.length === 1 ? 'keeps' : 'keep'} ${version}` : ''}.`;
}
