import type { EnvironmentView, LaneView, ReleaseView } from '../api/types';

/** What a release's row lets a person do: bring it to a lane, or take a lane back to it. */
export interface Offer { kind: 'promote' | 'rollback'; lane: LaneView }

/** Environments that nothing comes after. */
const lastOnes = (environments: EnvironmentView[]): EnvironmentView[] =>
  environments.filter(({ name }) => !environments.some((each) => each.after.includes(name)));

/** What can be done with a release about one lane; null: nothing, for it is there, on its way or held. */
export function inLane({ version, runsIn }: ReleaseView, lane: LaneView): Offer['kind'] | null {
  if (runsIn.includes(lane.environment) || lane.version === version) return null;
  if (lane.holds.some((hold) => hold.version === version)) return null;
  if ([lane.moving, ...lane.waiting].some((each) => each?.version === version)) return null;
  return lane.rollbackTo.includes(version) ? 'rollback' : 'promote';
}

/**
 * What can be meant by a press on a release's row; null where it has arrived, is on its way, is held or is vetoed. It is about the lanes
 * at the end of the way: those before them are reached by themselves, or by the button of the lane.
 */
export function offerOf(release: ReleaseView, environments: EnvironmentView[], lanes: LaneView[]): Offer | null {
  if (release.veto) return null;
  const offers = lastOnes(environments).flatMap(({ name }) => {
    const lane = lanes.find((each) => each.environment === name);
    const kind = lane ? inLane(release, lane) : null;
    return lane && kind ? [{ kind, lane }] : [];
  });
  return offers.find(({ kind }) => kind === 'promote') ?? offers[0] ?? null;
}
