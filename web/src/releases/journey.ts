import type { EnvironmentView, HoldView, LaneView, Passage, ReleaseJourney } from '../api/types';
import { holdOn } from '../freezes/held';
import { promotionIsOver, promotionState, rolloutNow, type StateWords } from '../words/states';
import { inLane } from './offer';

export const isUnderWay = ({ promotion, rollout }: Passage): boolean => !promotionIsOver(promotion.state) || rollout?.state === 'watching';

/** A release in one environment: how it stands there, how it came to that, and what can be done about it. */
export interface Stop {
  environment: string;
  rules: EnvironmentView;
  lane: LaneView | undefined;
  state: StateWords;
  isHere: boolean;
  /** The newest one; null: it was never asked for. */
  passage: Passage | null;
  earlier: Passage[];
  hold: HoldView | undefined;
  /** Environments before this one that it has not been well in. */
  missing: string[];
  offer: 'promote' | 'rollback' | null;
}

const wasHere: StateWords = { word: 'Was here', tone: 'quiet' };

const runsIn = (lane: LaneView | undefined, version: string): boolean => lane?.version === version;

function stateOf(passage: Passage | null, isHere: boolean): StateWords {
  if (passage && isUnderWay(passage)) {
    const { promotion, rollout } = passage;
    return rollout ? rolloutNow(rollout.state, rollout.until) : promotionState[promotion.state];
  }
  if (isHere) return { word: 'Runs here', tone: 'good' };
  if (!passage) return { word: 'Not here yet', tone: 'quiet' };
  return passage.promotion.state === 'succeeded' ? wasHere : promotionState[passage.promotion.state];
}

/** The environments in the order in which a release comes through them. */
export function stopsOf({ release, passages }: ReleaseJourney, environments: EnvironmentView[], lanes: LaneView[]): Stop[] {
  const of = (environment: string): Passage[] => passages.filter((each) => each.promotion.environment === environment);
  const laneOf = (environment: string): LaneView | undefined => lanes.find((each) => each.environment === environment);
  const wasIn = (environment: string): boolean => runsIn(laneOf(environment), release.version) || of(environment).some((each) => each.promotion.state === 'succeeded');
  return environments.map((rules): Stop => {
    const lane = laneOf(rules.name);
    const [passage = null, ...earlier] = of(rules.name);
    const isHere = runsIn(lane, release.version);
    const missing = rules.after.filter((each) => !wasIn(each));
    const deed = release.veto || !lane ? null : inLane(release, lane);
    return {
      environment: rules.name, rules, lane, isHere, passage, earlier, missing, state: stateOf(passage, isHere), hold: isHere ? undefined : holdOn(lane, release.version),
      offer: deed === 'promote' && missing.length > 0 ? null : deed,
    };
  });
}

/** The next environment that it can come to, or is held before; undefined: there is none. Where it was already, a newer one took its place. */
export const nextStop = (stops: Stop[]): Stop | undefined => stops.slice(stops.findLastIndex(({ isHere }) => isHere) + 1)
  .find(({ hold, offer, passage }) => hold?.version || offer === 'rollback' || (offer === 'promote' && passage?.promotion.state !== 'succeeded'));

/** What comes next, in a sentence: of what is under way the furthest, else the next environment that it can come to. */
export function nextOf({ release }: ReleaseJourney, stops: Stop[]): string {
  if (release.veto) return 'It is vetoed: nothing brings it anywhere again.';
  const moving = stops.findLast(({ passage }) => passage !== null && isUnderWay(passage));
  if (moving?.passage) {
    const { environment, passage: { promotion, rollout } } = moving;
    if (rollout?.state === 'watching') return `It has all traffic in ${environment}, and is watched.`;
    if (promotion.state === 'rollingOut') return `It is rolling out to ${environment}.`;
    return `It waits before ${environment}.`;
  }
  const next = nextStop(stops);
  if (next?.hold?.version) return `It is held in ${next.environment}.`;
  if (next?.offer === 'rollback') return `A rollback can bring it back to ${next.environment}.`;
  if (next) return next.rules.promote === 'auto' && !next.passage ? `Next: ${next.environment}, by itself.` : `Next: ${next.environment}, on request.`;
  if (stops.at(-1)?.isHere) return 'It has come to the end of its way.';
  return stops.some(({ state }) => state.word === wasHere.word) ? 'Another release took its place.' : 'Nothing brings it further by itself.';
}
