import type { InstanceView, LaneView, MovingView, ReleaseView } from '../api/types';
import { placeOf } from '../freezes/held';
import { promotionState, rolloutNow, type Tone } from '../words/states';

/** Where a release is, or is kept from being. */
export interface ReleasePlace {
  environment: string;
  /** What it does there; null: it runs. */
  word: string | null;
  tone: Tone;
  held?: boolean;
  to?: string;
}

function onItsWay({ environment, moving, waiting }: LaneView, version: string): ReleasePlace[] {
  const all = [moving, ...waiting].filter((each): each is MovingView => each != null && each.version === version);
  const move = all[0];
  if (!move) return [];
  const rolling = move.state === 'rollingOut' && move.rollout;
  const { word, tone } = rolling ? rolloutNow(rolling, move.until) : promotionState[move.state];
  return [{ environment, word: word.toLowerCase(), tone, to: `/${rolling ? 'rollouts' : 'promotions'}/${move.id}` }];
}

/** All places of a release, lane by lane: where it runs, is on its way, is kept warm for a rollback, is held. */
export function placesOf({ version, runsIn }: ReleaseView, lanes: LaneView[], instances: InstanceView[]): ReleasePlace[] {
  return lanes.flatMap((lane): ReleasePlace[] => {
    const { environment } = lane;
    const runs = runsIn.includes(environment);
    const warm = instances.some((each) => each.environment === environment && each.version === version && each.arm === 'warm');
    return [
      ...(runs ? [{ environment, word: null, tone: 'good' as const }] : []),
      ...onItsWay(lane, version),
      ...(warm && !runs ? [{ environment, word: 'kept warm', tone: 'quiet' as const }] : []),
      ...lane.holds.filter((hold) => hold.version === version).map((hold) => ({ environment, word: 'held', tone: 'attention' as const, held: true, to: placeOf(hold) })),
    ];
  });
}
